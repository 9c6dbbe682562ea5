/** Arithmetic with tensors is as fast as the backend, because it has no loops of its own. The speed itself is the bench's job j7. */
import { expect, test } from 'vitest';
import { recordingBackend } from '../../bench/recording.js';
import { createJsBackend } from '../../src/backend/js/js.js';
import { Tensor } from '../../src/tensor/tensor.js';

const { backend, record } = recordingBackend(createJsBackend('test'));

const tensor = (...shape: [number, number]): Tensor<number[][]> => Tensor.full(shape, 0.5, { backend });
const [x, row, column, weights] = [tensor(3, 4), tensor(1, 4), tensor(3, 1), tensor(4, 2)];

const OPERATIONS: Record<string, readonly [backendFunction: string, run: () => unknown]> = {
  'mul(2)': ['binary', () => x.mul(2)],
  'add(b)': ['binary', () => x.add(x)],
  'add(row)': ['binary', () => x.add(row)],
  'sub(column)': ['binary', () => x.sub(column)],
  'div(b)': ['binary', () => x.div(x)],
  'pow(2)': ['binary', () => x.pow(2)],
  'maximum(0)': ['binary', () => x.maximum(0)],
  'minimum(b)': ['binary', () => x.minimum(x)],
  'exp()': ['unary', () => x.exp()],
  'log()': ['unary', () => x.log()],
  'sqrt()': ['unary', () => x.sqrt()],
  'abs()': ['unary', () => x.abs()],
  'neg()': ['unary', () => x.neg()],
  'sum()': ['reduce', () => x.sum()],
  'mean(0)': ['reduce', () => x.mean(0)],
  'max(1)': ['reduce', () => x.max(1)],
  'min(1)': ['reduce', () => x.min(1)],
  'argMax(1)': ['argMax', () => x.argMax(1)],
  'take(rows)': ['gatherRows', () => x.take([2, 0])],
  'matMul(b)': ['gemm', () => x.matMul(weights)],
  'addScaled(b)': ['axpy', () => x.addScaled(x.clone(), -0.1)],
};

test.each(Object.entries(OPERATIONS))('FOUND J2: %s is one call of the backend', (_, [name, run]) => {
  expect(record(run).map(({ operation }) => operation)).toEqual([name]);
});
