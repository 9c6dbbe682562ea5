"""Writes bench/tables/*.csv: five of scikit-learn's own data sets, with the folds by which the bench cuts them.

Run as `python3 scripts/sklearn-tables-fixtures.py` with scikit-learn 1.2; the files are committed, so nothing but this script
needs its loaders. A line is a row: its columns, the target, and for each seed the fold that the row is tested in.
bench/tables/README.md has sources and licences.
"""

import pathlib

import numpy as np
from sklearn import datasets
from sklearn.model_selection import KFold, StratifiedKFold

TABLES = pathlib.Path(__file__).resolve().parent.parent / "bench" / "tables"
SEEDS = range(5)
FOLDS = 10


def folds(x, y, kind, seed):
    """The fold in which each row is tested; the classes have their proportions in each fold."""
    split = KFold if kind == "regression" else StratifiedKFold
    fold = np.empty(len(x), int)
    for k, (_, test) in enumerate(split(FOLDS, shuffle=True, random_state=seed).split(x, y)):
        fold[test] = k
    return fold


def write(name, loaded, kind):
    x, y = loaded.data, loaded.target
    head = [f"x{j}" for j in range(x.shape[1])] + ["target"] + [f"fold of seed {seed}" for seed in SEEDS]
    columns = [*x.T, y, *(folds(x, y, kind, seed) for seed in SEEDS)]
    lines = [",".join(number(value) for value in row) for row in zip(*columns)]
    (TABLES / f"{name}.csv").write_text("\n".join([",".join(head), *lines]) + "\n", encoding="utf8")


def number(value):
    """The shortest decimal of a double; whole numbers without a point."""
    return str(int(value)) if value == int(value) else repr(float(value))


write("iris", datasets.load_iris(), "classification")
write("wine", datasets.load_wine(), "classification")
write("breast-cancer", datasets.load_breast_cancer(), "classification")
write("digits", datasets.load_digits(), "classification")
write("diabetes", datasets.load_diabetes(scaled=False), "regression")
