import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

/** A tensor whose memory another thread has taken. */
function detached(backend: Tensor['backend'], shape: [number, number] = [2, 3]): Tensor {
  const tensor = Tensor.ones(shape, { backend });
  structuredClone(tensor.data.buffer, { transfer: [tensor.data.buffer as ArrayBuffer] });
  return tensor;
}

const message = (operation: string, argument: string): string =>
  `${operation}: ${argument} is detached (its buffer was transferred); expected the 6 of its shape [2, 3]. Transfer the buffer of a clone() instead`;

describe.each(runnableBackends())('a tensor without memory, on $name', (backend) => {
  const gone = detached(backend);
  const whole = Tensor.ones([2, 3], { backend });

  test.each<[string, () => unknown]>([
    ['mul', () => gone.mul(2)],
    ['pow', () => gone.pow(2)],
    ['pow', () => gone.pow(-1)],
    ['add', () => gone.add(whole)],
    ['exp', () => gone.exp()],
    ['sum', () => gone.sum()],
    ['sum', () => gone.sum(0)],
    ['max', () => gone.max()],
    ['argMax', () => gone.argMax()],
    ['argMax', () => gone.argMax(1)],
    ['take', () => gone.take([0])],
    ['slice', () => gone.slice(0)],
    ['rows', () => gone.rows(0, 1)],
    ['transpose', () => gone.transpose()],
    ['clone', () => gone.clone()],
    ['item', () => gone.item(0, 0)],
    ['set', () => gone.set(1)],
    ['addScaled', () => gone.addScaled(whole)],
    ['matMul', () => gone.matMul(Tensor.ones([3, 2], { backend }))],
  ])('%s refuses it', (operation, call) => {
    expectRefusal(call, ShapeError, message(operation, 'this tensor'));
  });

  test.each<[string, string, () => unknown]>([
    ['add', 'b', () => whole.add(gone)],
    ['addScaled', 'x', () => whole.addScaled(gone)],
    ['mul', 'out', () => whole.mul(2, { out: gone })],
  ])('%s refuses it as %s', (operation, argument, call) => {
    expectRefusal(call, ShapeError, message(operation, argument));
    expect(whole.sum()).toBe(6);
  });
});
