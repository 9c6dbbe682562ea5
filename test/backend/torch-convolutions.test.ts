/** Random convolutions and poolings against PyTorch: scripts/torch-convolution-fixtures.py made the values. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type Activation,
  allocate,
  type Backend,
  type ConvolutionShape,
  type Dtype,
  type Floats,
  type PooledConvolutionShape,
  type PoolingShape,
} from '../../src/backend/backend.js';
import { type ConvolutionMagnitudes, convolutionMagnitudes, visitWindows } from '../support/image-magnitudes.js';
import { decodeFloats, Stream } from '../support/lehmer.js';
import { assertWithin, gamma } from '../support/rounding.js';
import { runnableBackends } from '../support/runnable.js';

interface Common {
  readonly seed: number;
  readonly images: number;
  /** y, dx, dW and db if there are any, the winners if there are any; of a long array a sample and two projections. */
  readonly results: string;
}

type Case = Common &
  (
    | { readonly kind: 'convolution'; readonly shape: ConvolutionShape }
    | {
        readonly kind: 'convolutionMaxPooling';
        readonly shape: PooledConvolutionShape;
        readonly activation: Activation;
      }
    | { readonly kind: 'maxPooling'; readonly shape: PoolingShape; readonly levels?: number }
    | { readonly kind: 'averagePooling'; readonly shape: PoolingShape }
  );
type CaseOf<K extends Case['kind']> = Extract<Case, { kind: K }>;

const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL('../golden/torch-convolutions.json', import.meta.url), 'utf8'),
);
const casesOf = <K extends Case['kind']>(kind: K): readonly CaseOf<K>[] =>
  CASES.filter((one): one is CaseOf<K> => one.kind === kind);

/** As in the script: arrays of at most ALL elements are there as they are. */
const ALL = 24;
const SAMPLE = 12;
const PROJECTIONS = 2;

/** One result of a call, in the order of the file. */
interface Result {
  readonly name: string;
  readonly actual: ArrayLike<number>;
  /** The largest correct difference of each element; all 0 for what is a choice. */
  readonly bound: (i: number) => number;
}

/** Compares with the file; the stream goes on where the inputs ended. */
function compare({ results }: Common, stream: Stream, found: readonly Result[]): void {
  const expected = decodeFloats(results);
  let next = 0;
  for (const { name, actual, bound } of found) {
    if (actual.length <= ALL) {
      assertWithin(actual, expected.subarray(next, next + actual.length), bound, name);
      next += actual.length;
      continue;
    }
    const sample = Array.from({ length: SAMPLE }, () => stream.integer() % actual.length);
    const values = sample.map((i) => actual[i]!);
    assertWithin(values, expected.subarray(next, next + SAMPLE), (i) => bound(sample[i]!), `${name}, a sample`);
    next += SAMPLE;
    for (let k = 0; k < PROJECTIONS; k++) {
      let [sum, most, magnitude] = [0, 0, 0];
      for (let i = 0; i < actual.length; i++) {
        const r = stream.value();
        sum += r * actual[i]!;
        most += Math.abs(r) * bound(i);
        magnitude += Math.abs(r * actual[i]!);
      }
      // The sum itself is taken in float64 on both sides.
      const own = 2 * gamma(actual.length + 1, 'float64') * magnitude;
      assertWithin([sum], [expected[next]!], () => most + own, `${name}, a projection`);
      next++;
    }
  }
  expect(next).toBe(expected.length);
}

/** Numbers of the stream, the same in both types. */
function inputs(stream: Stream, dtype: Dtype, length: number): Floats {
  const data = allocate(dtype, length);
  stream.fill(data, Math.fround);
  return data;
}

function weights(stream: Stream, dtype: Dtype, { kernelHeight, kernelWidth, channels, filters }: ConvolutionShape) {
  const w = inputs(stream, dtype, kernelHeight * kernelWidth * channels * filters);
  return { w, b: inputs(stream, dtype, filters) };
}

const pixels = ({ height, width, channels }: ConvolutionShape | PoolingShape): number => height * width * channels;

/** An array that no call may leave as it is. */
const unwritten = (dtype: Dtype, length: number): Floats => allocate(dtype, length).fill(Number.NaN);

/** 2·γₖ times the magnitude: two correct sums of k terms. */
const within = (terms: number, dtype: Dtype, magnitudes: Float64Array) => {
  const factor = 2 * gamma(terms, dtype);
  return (i: number): number => factor * magnitudes[i]!;
};

/** Both types and all backends have the same inputs, and with them the same bounds but for a factor. */
const made = new Map<Case, ConvolutionMagnitudes>();
function once(one: Case, make: () => ConvolutionMagnitudes): ConvolutionMagnitudes {
  const magnitudes = made.get(one) ?? make();
  made.set(one, magnitudes);
  return magnitudes;
}

function checkConvolution(one: CaseOf<'convolution'>, backend: Backend, dtype: Dtype): void {
  const { images, shape } = one;
  const { channels, filters, kernelHeight, kernelWidth, outHeight, outWidth } = shape;
  const stream = new Stream(one.seed * 7919);
  const x = inputs(stream, dtype, images * pixels(shape));
  const { w, b } = weights(stream, dtype, shape);
  const places = images * outHeight * outWidth;
  const dz = inputs(stream, dtype, places * filters);
  const y = unwritten(dtype, dz.length);
  backend.convolution(y, x, w, b, images, shape, 'identity');
  const [dx, dw, db] = [x, w, b].map(({ length }) => unwritten(dtype, length)) as [Floats, Floats, Floats];
  backend.convolutionInputGradient(dx, dz, w, images, shape);
  backend.convolutionWeightGradient(dw, x, dz, images, shape);
  backend.biasActivationBackward(allocate(dtype, dz.length), db, dz, y, places, filters, 'identity');
  const magnitudes = once(one, () => convolutionMagnitudes({ x, w, b, dz }, images, shape));
  const cells = kernelHeight * kernelWidth;
  compare(one, stream, [
    { name: 'y', actual: y, bound: within(cells * channels + 1, dtype, magnitudes.y) },
    { name: 'dx', actual: dx, bound: within(cells * filters, dtype, magnitudes.dx) },
    { name: 'dW', actual: dw, bound: within(places, dtype, magnitudes.dw) },
    { name: 'db', actual: db, bound: within(places, dtype, magnitudes.db) },
  ]);
}

/** Roundings of f itself and of f′ from y, in units of u relative to f and to 1, as docs/numerics.md has them. */
const ROUNDINGS: Readonly<Record<Activation, number>> = { identity: 0, relu: 0, sigmoid: 10, tanh: 12 };

function checkPooledConvolution(one: CaseOf<'convolutionMaxPooling'>, backend: Backend, dtype: Dtype): void {
  const { images, shape, activation } = one;
  const { channels, filters, kernelHeight, kernelWidth, outHeight, outWidth, pooledHeight, pooledWidth } = shape;
  const stream = new Stream(one.seed * 7919);
  const x = inputs(stream, dtype, images * pixels(shape));
  const { w, b } = weights(stream, dtype, shape);
  const dy = inputs(stream, dtype, images * pooledHeight * pooledWidth * filters);
  const y = unwritten(dtype, dy.length);
  const winners = new Uint8Array(dy.length).fill(255);
  backend.convolutionMaxPooling(y, winners, x, w, b, images, shape, activation);
  const [dx, dw, db] = [x, w, b].map(({ length }) => unwritten(dtype, length)) as [Floats, Floats, Floats];
  backend.convolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, activation);
  // Without dx: another kernel may be faster, so the bits may differ.
  const [dwAlone, dbAlone] = [w, b].map(({ length }) => unwritten(dtype, length)) as [Floats, Floats];
  backend.convolutionMaxPoolingBackward(dwAlone, dbAlone, null, dy, y, winners, x, w, images, shape, activation);

  // The gradient behind the convolution has at most |f′| ≤ 1 times |dy| at each winner, and is off by the error of y.
  const places = images * outHeight * outWidth;
  const dz = allocate('float64', places * filters);
  const pooling = poolingOf(shape);
  const forward = once(one, () => convolutionMagnitudes({ x, w, b, dz }, images, shape)).y;
  const terms = kernelHeight * kernelWidth * channels + 1;
  const own = ROUNDINGS[activation] * gamma(1, dtype);
  const error = (z: number): number => 2 * gamma(terms, dtype) * forward[z]! + 2 * own;
  const wrong = allocate('float64', dz.length);
  const yError = new Float64Array(dy.length);
  visitWindows(images, pooling, (cell, z) => {
    yError[cell] = Math.max(yError[cell]!, error(z));
  });
  visitWinners(images, pooling, winners, (cell, z) => {
    dz[z]! += Math.abs(dy[cell]!);
    wrong[z]! += Math.abs(dy[cell]!) * (2 * error(z) + own);
  });
  const magnitudes = convolutionMagnitudes({ x, w, b, dz }, images, shape);
  const flat = activation === 'identity' || activation === 'relu';
  const off = flat ? undefined : convolutionMagnitudes({ x, w, b, dz: wrong }, images, shape);
  // A place may win several windows: their gradients are added first.
  const windows = shape.poolHeight * shape.poolWidth;
  const bound = (name: 'dx' | 'dw' | 'db', sums: number) => (i: number) =>
    2 * gamma(sums + windows, dtype) * magnitudes[name][i]! + 2 * (off?.[name][i] ?? 0);
  const dwBound = bound('dw', places * windows);
  const dbBound = bound('db', places * windows);
  assertWithin(dwAlone, dw, dwBound, 'dW without dx');
  assertWithin(dbAlone, db, dbBound, 'db without dx');
  compare(one, stream, [
    { name: 'y', actual: y, bound: (i) => yError[i]! },
    { name: 'dx', actual: dx, bound: bound('dx', kernelHeight * kernelWidth * filters * windows) },
    { name: 'dW', actual: dw, bound: dwBound },
    { name: 'db', actual: db, bound: dbBound },
    { name: 'winners', actual: winners, bound: () => 0 },
  ]);
}

function poolingOf(shape: PooledConvolutionShape): PoolingShape {
  return {
    height: shape.outHeight,
    width: shape.outWidth,
    channels: shape.filters,
    poolHeight: shape.poolHeight,
    poolWidth: shape.poolWidth,
    stride: shape.poolStride,
    padTop: 0,
    padLeft: 0,
    outHeight: shape.pooledHeight,
    outWidth: shape.pooledWidth,
  };
}

/** The index in y of every output, and that of its winner in x. */
function visitWinners(
  images: number,
  { height, width, channels, poolWidth, stride, padTop, padLeft, outHeight, outWidth }: PoolingShape,
  winners: Uint8Array,
  visit: (y: number, x: number) => void,
): void {
  for (let y = 0; y < images * outHeight * outWidth * channels; y++) {
    const [c, place] = [y % channels, Math.floor(y / channels)];
    const [ox, oy, n] = [
      place % outWidth,
      Math.floor(place / outWidth) % outHeight,
      Math.floor(place / outWidth / outHeight),
    ];
    const row = oy * stride - padTop + Math.floor(winners[y]! / poolWidth);
    const column = ox * stride - padLeft + (winners[y]! % poolWidth);
    visit(y, ((n * height + row) * width + column) * channels + c);
  }
}

function checkPooling(one: CaseOf<'maxPooling'> | CaseOf<'averagePooling'>, backend: Backend, dtype: Dtype): void {
  const { images, shape } = one;
  const { channels, poolHeight, poolWidth, outHeight, outWidth } = shape;
  const stream = new Stream(one.seed * 7919);
  const x = inputs(stream, dtype, images * pixels(shape));
  const levels = one.kind === 'maxPooling' ? one.levels : undefined;
  if (levels !== undefined) for (const [i, value] of x.entries()) x[i] = roundHalfToEven(levels * value) / levels;
  const y = unwritten(dtype, images * outHeight * outWidth * channels);
  const dx = unwritten(dtype, x.length);
  const dy = inputs(stream, dtype, y.length);
  const windows = poolHeight * poolWidth;
  const sums = { y: new Float64Array(y.length), dx: new Float64Array(x.length) };
  const largest = new Float64Array(x.length);
  visitWindows(images, shape, (to, from, inside) => {
    sums.y[to]! += Math.abs(x[from]!) / inside;
    sums.dx[from]! += Math.abs(dy[to]!) / inside;
    largest[from]! += Math.abs(dy[to]!);
  });
  if (one.kind === 'maxPooling') {
    const winners = new Uint8Array(y.length).fill(255);
    backend.maxPooling(y, winners, x, images, shape);
    backend.maxPoolingBackward(dx, dy, winners, images, shape);
    compare(one, stream, [
      { name: 'y', actual: y, bound: () => 0 },
      { name: 'dx', actual: dx, bound: within(windows, dtype, largest) },
      { name: 'winners', actual: winners, bound: () => 0 },
    ]);
    return;
  }
  backend.averagePooling(y, x, images, shape);
  backend.averagePoolingBackward(dx, dy, images, shape);
  compare(one, stream, [
    { name: 'y', actual: y, bound: within(windows + 1, dtype, sums.y) },
    { name: 'dx', actual: dx, bound: within(windows + 1, dtype, sums.dx) },
  ]);
}

/** As torch.round. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

const title = ({ kind, seed, images, shape }: Case): string => {
  const { height, width, channels, stride } = shape;
  const window =
    'filters' in shape
      ? `${shape.kernelHeight}×${shape.kernelWidth} → ${shape.filters}`
      : `${shape.poolHeight}×${shape.poolWidth}`;
  return `${kind} ${seed}: ${images} of ${height}×${width}×${channels}, ${window}, stride ${stride}`;
};

for (const backend of runnableBackends()) {
  for (const dtype of ['float32', 'float64'] as const) {
    describe(`PyTorch's results on ${backend.name}, ${dtype}`, () => {
      test.each(casesOf('convolution').map((one) => [title(one), one] as const))('%s', (_, one) =>
        checkConvolution(one, backend, dtype),
      );
      test.each(casesOf('convolutionMaxPooling').map((one) => [title(one), one] as const))('%s', (_, one) =>
        checkPooledConvolution(one, backend, dtype),
      );
      const poolings = [...casesOf('maxPooling'), ...casesOf('averagePooling')];
      test.each(poolings.map((one) => [title(one), one] as const))('%s', (_, one) => checkPooling(one, backend, dtype));
    });
  }
}

test('the cases are 300, and many of them padded, strided, or of a size that networks have', () => {
  expect(CASES).toHaveLength(300);
  const count = (holds: (shape: Case['shape']) => boolean): number => CASES.filter(({ shape }) => holds(shape)).length;
  expect(count(({ padTop, padLeft }) => padTop + padLeft > 0)).toBeGreaterThan(150);
  expect(count(({ stride }) => stride > 1)).toBeGreaterThan(80);
  expect(count((shape) => 'filters' in shape && shape.filters >= 16 && shape.height >= 6)).toBeGreaterThan(60);
});
