import { describe, expect, test } from 'vitest';
import { costOf } from '../../bench/costs.js';
import { reportProfile } from '../../bench/profile.js';
import { recordingBackend, replay } from '../../bench/recording.js';
import { measureRoofline } from '../../bench/roofline.js';
import { createBackend } from '../../src/backend/choose/load.js';

const js = createBackend('js');

describe('recording', () => {
  test('notes the calls made while it records, and leaves the very functions of the original afterwards', () => {
    const { backend, record } = recordingBackend(js);
    const y = new Float32Array(2);
    const calls = record(() => backend.axpy(2, 3, Float32Array.of(1, 2), y));
    expect(calls.map(({ operation }) => operation)).toEqual(['axpy']);
    expect(backend).toEqual(js);
    expect(backend.axpy).toBe(js.axpy);
    replay(js, calls[0]!);
    expect(y).toEqual(Float32Array.of(6, 12));
  });

  test('stops when the work throws', () => {
    const { backend, record } = recordingBackend(js);
    expect(() =>
      record(() => {
        throw new Error('work failed');
      }),
    ).toThrow('work failed');
    expect(backend.gemm).toBe(js.gemm);
  });
});

describe('the cost of a call', () => {
  const a = new Float32Array(100 * 784);
  const b = new Float32Array(784 * 50);
  const c = new Float32Array(100 * 50);

  test('of gemm is two operations a product, and each matrix once; c twice when it is added to', () => {
    const args = (beta: number) => [false, false, 100, 50, 784, 1, a, 784, b, 50, beta, c, 50];
    expect(costOf({ operation: 'gemm', args: args(0) })).toEqual({
      label: 'gemm 100×784×50',
      flops: 7_840_000,
      bytes: 4 * (78_400 + 39_200 + 5_000),
    });
    expect(costOf({ operation: 'gemm', args: args(1) }).bytes).toBe(4 * (78_400 + 39_200 + 10_000));
  });

  test('of a gather counts the bytes of its source as bytes', () => {
    const args = [a, new Uint8Array(78_400), new Int32Array(100), 0, 100, 784, 1 / 255];
    expect(costOf({ operation: 'gatherRows', args }).bytes).toBe(5 * 78_400 + 400);
  });

  const shape = {
    ...{ height: 28, width: 28, channels: 1, filters: 30, kernelHeight: 5, kernelWidth: 5, stride: 1 },
    ...{ padTop: 0, padLeft: 0, outHeight: 24, outWidth: 24 },
  };
  const pooled = { ...shape, poolHeight: 2, poolWidth: 2, poolStride: 2, pooledHeight: 12, pooledWidth: 12 };
  const images = new Float32Array(2 * 784);
  const w = new Float32Array(25 * 30);
  const y = new Float32Array(2 * 144 * 30);

  test('of a convolution with pooling is that of all its outputs, of which only the pooled ones are written', () => {
    const args = [y, new Uint8Array(y.length), images, w, new Float32Array(30), 2, pooled, 'relu'];
    expect(costOf({ operation: 'convolutionMaxPooling', args })).toEqual({
      label: 'convolutionMaxPooling 28×28×1, 5×5 → 30, relu',
      flops: 2 * 576 * 30 * (2 * 25 + 3),
      bytes: 4 * (y.length + images.length + w.length) + y.length,
    });
  });

  test('of its backward is a patch for each winner, twice where dx is wanted', () => {
    const args = (dx: Float32Array | null) => [w, w, dx, y, y, new Uint8Array(y.length), images, w, 2, pooled, 'relu'];
    const operation = 'convolutionMaxPoolingBackward';
    expect(costOf({ operation, args: args(null) })).toMatchObject({
      label: 'convolutionMaxPoolingBackward 28×28×1, 5×5 → 30',
      flops: 2 * y.length * 25,
    });
    expect(costOf({ operation, args: args(images) }).flops).toBe(4 * y.length * 25);
  });

  test('of the gradients of a convolution is that of the convolution itself', () => {
    const dz = new Float32Array(2 * 576 * 30);
    const flops = 2 * 2 * 576 * 30 * 25;
    const weights = costOf({ operation: 'convolutionWeightGradient', args: [w, images, dz, 2, shape] });
    expect(weights).toEqual({
      label: 'convolutionWeightGradient 28×28×1, 5×5 → 30',
      flops,
      bytes: 4 * (w.length + images.length + dz.length),
    });
    expect(costOf({ operation: 'convolutionInputGradient', args: [images, dz, w, 2, shape] }).flops).toBe(flops);
  });

  test('of any other function is each of its arrays once', () => {
    const cost = costOf({ operation: 'softmax', args: [c, c, 100, 50] });
    expect(cost).toEqual({ label: 'softmax', flops: 0, bytes: 2 * 4 * 5_000 });
  });
});

test('the limits of a machine are positive and finite', () => {
  const { flops, bytes } = measureRoofline(js, 100_000);
  expect(flops).toBeGreaterThan(1e6);
  expect(bytes).toBeGreaterThan(1e6);
  expect(Number.isFinite(flops + bytes)).toBe(true);
});

test('a profile shows shares of the step, speeds, and the time between the calls', () => {
  const text = reportProfile('J1', {
    calls: [{ label: 'gemm 2×3×4', flops: 20e6, bytes: 1e6, microseconds: 80, ofRoofline: 0.5 }],
    step: 100,
    workingSet: 2e6,
    roofline: { flops: 500e9, bytes: 50e9, how: 'by hand' },
  });
  expect(text).toMatch(/^gemm 2×3×4 +80\.0 +80 % +20\.0 +1\.00 +250 +12\.5 {2}50 %$/m);
  expect(text).toMatch(/^TypeScript around the calls +20\.0 +20 %$/m);
  expect(text).toContain('arithmetic: 20.0 MFLOP take 40.0 µs at that peak, 40 % of the step');
  expect(text).toContain('roofline: 500 GFLOP/s, 50.0 GB/s over 2.00 MB (by hand)');
});
