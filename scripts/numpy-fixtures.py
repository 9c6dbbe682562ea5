"""Writes test/golden/numpy-*.json: what NumPy answers, for the tensor tests to compare with.

Run as `python3 scripts/numpy-fixtures.py` with NumPy 2; the files are committed, so tests need no Python.
NaN and the infinities are written as strings, because JSON has no word for them.
"""

import itertools
import json
import math
import pathlib
import warnings

import numpy as np

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "test" / "golden"
DTYPES = ["float32", "float64"]
random = np.random.default_rng(20240607)
warnings.simplefilter("ignore")  # division by zero, logarithms of negative numbers and empty means are wanted here


def number(x):
    x = float(str(x))  # the shortest digits: of a float32 far fewer than its exact value has
    return x if math.isfinite(x) else str(x)


def array(a):
    a = np.asarray(a)
    return {"shape": list(a.shape), "data": [number(x) for x in a.ravel()]}


def write(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    text = f'{{ "numpy": "{np.__version__}", "cases": [\n{lines}\n] }}\n'
    (GOLDEN / f"numpy-{name}.json").write_text(text)


def eighths(shape, dtype):
    """Multiples of 1/8: sums and products of a few of them are exact in float32."""
    return (random.integers(-40, 41, shape) / 8).astype(dtype)


def reals(shape, dtype):
    return random.normal(0, 2, shape).astype(dtype)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.5, -3.0, np.inf, -np.inf, np.nan]

BINARY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "maximum": np.maximum,
    "minimum": np.minimum,
}
PAIRS = [
    ([2, 3], [2, 3]),
    ([2, 3], [3]),
    ([3], [2, 3]),
    ([2, 3], [2, 1]),
    ([2, 1], [1, 3]),
    ([4, 1, 3], [2, 1]),
    ([], [2, 2]),
    ([2, 2], []),
    ([], []),
    ([0, 3], [3]),
    ([0], [1]),
    ([2, 0, 3], [1, 3]),
]


def binary_cases():
    for (operation, f), dtype in itertools.product(BINARY.items(), DTYPES):
        for left, right in PAIRS:
            a, b = reals(left, dtype), reals(right, dtype)
            yield {"operation": operation, "dtype": dtype, "a": array(a), "b": array(b), "result": array(f(a, b))}
        a = np.array(SPECIAL, dtype).reshape(-1, 1)
        b = np.array(SPECIAL, dtype)
        yield {"operation": operation, "dtype": dtype, "a": array(a), "b": array(b), "result": array(f(a, b))}
        for scalar in [0.1, 2, 0]:
            a = reals([2, 3], dtype)
            yield {"operation": operation, "dtype": dtype, "a": array(a), "b": scalar, "result": array(f(a, scalar))}


UNARY = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs, "neg": np.negative}


def unary_cases():
    for (operation, f), dtype in itertools.product(UNARY.items(), DTYPES):
        for a in [np.array(SPECIAL + [1e-30, 88.5, -88.5], dtype), reals([3, 4], dtype), reals([0, 2], dtype), reals([], dtype)]:
            yield {"operation": operation, "dtype": dtype, "a": array(a), "result": array(f(a))}


REDUCTIONS = {"sum": np.sum, "mean": np.mean, "max": np.max, "min": np.min, "argMax": np.argmax}
SHAPES = [[5], [2, 3], [2, 3, 4], [], [0], [0, 3], [3, 0], [0, 0], [7], [8], [129], [2, 300]]


def reduction_cases():
    for dtype in DTYPES:
        samples = [reals(shape, dtype) for shape in SHAPES]
        ties = np.array([[1, 5, 5], [5, 2, 5], [0, 0, 0]], dtype)
        with_nan = np.array([[1, np.nan, 3], [np.nan, np.inf, np.nan], [-np.inf, 2, 2]], dtype)
        for a in [*samples, ties, with_nan]:
            yield {"dtype": dtype, "a": array(a), "reductions": list(reductions_of(a))}


def reductions_of(a):
    for (operation, f), axis, keep in itertools.product(REDUCTIONS.items(), [None, *range(-a.ndim, a.ndim)], [False, True]):
        if operation == "argMax" and keep:
            continue
        case = {"operation": operation, "axis": axis, "keepDims": keep}
        try:
            result = f(a, axis=axis, keepdims=True) if keep else f(a, axis=axis)
            yield {**case, "result": array(result)}
        except ValueError:
            yield {**case, "result": None}  # the maximum of nothing


PRODUCTS = [
    ([3], [3]),
    ([2], [2, 3]),
    ([2, 3], [3]),
    ([2, 3], [3, 4]),
    ([1, 1], [1, 1]),
    ([5, 16], [16, 7]),
    ([0, 3], [3, 2]),
    ([2, 3], [3, 0]),
    ([2, 0], [0, 3]),
    ([0], [0]),
    ([0], [0, 3]),
]


def product_cases():
    for (left, right), dtype in itertools.product(PRODUCTS, DTYPES):
        a, b = eighths(left, dtype), eighths(right, dtype)
        yield {"dtype": dtype, "a": array(a), "b": array(b), "result": array(a @ b)}


def shape_cases():
    for dtype in DTYPES:
        a = eighths([2, 3, 4], dtype)
        for shape in [[24], [4, 6], [-1], [2, -1], [-1, 4], [1, 24, 1], [3, -1, 2]]:
            yield {"operation": "reshape", "dtype": dtype, "a": array(a), "arguments": [shape], "result": array(a.reshape(shape))}
        for axes in [None, [0, 1, 2], [0, 2, 1], [1, 2, 0], [-1, 0, 1]]:
            yield {"operation": "transpose", "dtype": dtype, "a": array(a), "arguments": [axes] if axes else [], "result": array(a.transpose(axes))}
        for shape in [[3], [], [0, 2]]:
            b = eighths(shape, dtype)
            yield {"operation": "transpose", "dtype": dtype, "a": array(b), "arguments": [], "result": array(b.transpose())}
        for bounds in [[0, 1], [1, 2], [-1], [0, 99], [1, 1], [2, 1], [-99, -1]]:
            part = a[slice(bounds[0], bounds[1] if len(bounds) == 2 else None)]
            yield {"operation": "rows", "dtype": dtype, "a": array(a), "arguments": bounds, "result": array(part)}
        for index, arguments in [
            (np.s_[:], []),
            (np.s_[1], [1]),
            (np.s_[:, 1], [None, 1]),
            (np.s_[:, :, -1], [None, None, -1]),
            (np.s_[0, 2, 3], [0, 2, 3]),
            (np.s_[0:1, 1:3], [[0, 1], [1, 3]]),
            (np.s_[:, -2:, 1:-1], [None, [-2], [1, -1]]),
            (np.s_[:, 2:1], [None, [2, 1]]),
            (np.s_[:, :9, 3], [None, [0, 9], 3]),
        ]:
            yield {"operation": "slice", "dtype": dtype, "a": array(a), "arguments": arguments, "result": array(a[index])}


def creation_cases():
    for dtype in DTYPES:
        for n in [0, 1, 3]:
            yield {"operation": "eye", "dtype": dtype, "arguments": [n], "result": array(np.eye(n, dtype=dtype))}
        for bounds in [[5], [0], [-2], [2, 5], [5, 2], [2, 3, 0.25], [5, 0, -2], [0, 1, 2]]:
            yield {"operation": "arange", "dtype": dtype, "arguments": bounds, "result": array(np.arange(*bounds, dtype=dtype))}


def printed_cases():
    for dtype in DTYPES:
        for values in [
            5, 0.1, -0.0, 1e16, 1e15, 1.5e-7, 1e-4, np.nan, -np.inf, 1 / 3, 123456.789,
            [], [1, 2, 3], [1.5, -2, 0.25], [0.1, 0.2, 1 / 3], [6.00000000000378, 7.999999999999119],
            [-6.11110793e-10, 8.14814391e-10], [1e-5, 1], [1e8, 1], [99999999, 1000000], [1, 1001], [1, 1000],
            [np.nan, 1, -1], [np.inf, -np.inf, 0.5], [np.nan, np.nan], [-0.0, 0], [2**-9, 3 * 2**-9], [1.23456789012, 12345.6],
            [1e-300 if dtype == "float64" else 1e-30, 1], [1e100 if dtype == "float64" else 1e30, -1], [9.99954600e-01, 4.53978686e-05],
            [[0.24714299, 0.06257195, -0.30971495], [0.37071449, 0.09385793, -0.46457242]],
            [[[1, 2], [3, 4]], [[5, 6], [7, 8.5]]], [[[[1]]]], [[], []], list(range(40)), [[i + 0.5 for i in range(30)], [-i for i in range(30)]],
            [[x / 7 for x in range(12)], [x / 7e4 for x in range(12)]],
        ]:
            a = np.array(values, dtype)
            yield {"dtype": dtype, "a": array(a), "result": str(a)}
        for shape in [[1000], [1001], [2000, 2], [2, 2000], [60, 60], [3, 20, 20], [7, 150], [6, 200]]:
            yield {"dtype": dtype, "arange": shape, "result": str(np.arange(math.prod(shape), dtype=dtype).reshape(shape))}


write("binary", binary_cases())
write("unary", unary_cases())
write("reductions", reduction_cases())
write("products", product_cases())
write("shapes", shape_cases())
write("creation", creation_cases())
write("printed", printed_cases())
