import { describe, expect, test } from 'vitest';
import { ACTIVATIONS } from '../../src/backend/backend.js';
import { DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { AveragePooling } from '../../src/layers/average-pooling.js';
import { Convolution, type ConvolutionOptions } from '../../src/layers/convolution.js';
import { JOINED, type Joining, type Layer, type Passes } from '../../src/layers/layer.js';
import { MaxPooling, type MaxPoolingOptions } from '../../src/layers/max-pooling.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

/** As a stack asks the second of two neighbours. */
function joined(layer: Layer, next: Joining | undefined): Passes | undefined {
  return next?.[JOINED]?.(layer);
}

const images: Omit<ConvolutionOptions, 'backend'> = {
  inputShape: [7, 6, 2],
  filters: 5,
  kernelSize: [2, 3],
  seed: 1,
  dtype: 'float64',
};

for (const backend of runnableBackends()) {
  describe(`a convolution with its pooling on ${backend.name}`, () => {
    const tensor = (shape: number[], seed: number): Tensor =>
      Tensor.randomNormal(shape, { seed, dtype: 'float64', backend });

    test.each(
      ACTIVATIONS.flatMap(
        (activation) =>
          [
            { activation, pooling: { poolSize: 2 } },
            { activation, pooling: { poolSize: [3, 2], stride: 1 } }, // windows that overlap
            { activation, pooling: { poolSize: 3, padding: 'valid' } }, // a column is dropped
            { activation, pooling: { poolSize: [2, 1], stride: 3, padding: 'valid' } }, // places between windows
          ] as const,
      ),
    )('$activation, $pooling: the numbers are those of the two layers', ({ activation, pooling }) => {
      const convolution = new Convolution({ ...images, activation, backend });
      const pool = new MaxPooling({ inputShape: [6, 4, 5], ...(pooling as Omit<MaxPoolingOptions, 'inputShape'>) });
      const passes = joined(convolution, pool)!;
      // Full and short batches in turn, as epochs have them.
      for (const rows of [4, 3, 4]) {
        const x = tensor([rows, 84], rows);
        const y = pool.forward(convolution.forward(x)).clone();
        const dy = tensor([...y.shape], 5);
        const dx = convolution.backward(pool.backward(dy)!)!.clone();
        const [dW, db] = [convolution.grads.W.clone(), convolution.grads.b.clone()];
        expectClose(passes.infer!(x), y);
        expectClose(passes.forward(x), y);
        passes.infer!(tensor([9, 84], 6)); // leaves what backward reads alone
        expectClose(passes.backward(dy)!, dx);
        expectClose(convolution.grads.W, dW);
        expectClose(convolution.grads.b, db);
        convolution.grads.W.data.fill(Number.NaN);
        expect(passes.backward(dy, { inputGradient: false })).toBeUndefined();
        expectClose(convolution.grads.W, dW);
      }
    });

    test('leaves the two layers as they were: they can be called in between', () => {
      const convolution = new Convolution({ ...images, backend });
      const pool = new MaxPooling({ inputShape: [6, 4, 5], poolSize: 2 });
      const passes = joined(convolution, pool)!;
      const [x, other] = [tensor([2, 84], 1), tensor([3, 84], 2)];
      const dy = tensor([2, 30], 3);
      passes.forward(x);
      passes.backward(dy);
      const dW = convolution.grads.W.clone();
      passes.forward(x);
      const between = convolution.forward(other).clone();
      convolution.backward(between);
      passes.backward(dy);
      expect(convolution.grads.W.data).toEqual(dW.data);
      expect(convolution.infer(other).data).toEqual(between.data);
    });
  });
}

/** Sums of 12 products, and for gradients of a few hundred, near 1. */
function expectClose(found: Tensor, expected: Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  expected.data.forEach((value, i) => {
    expect(found.data[i]).toBeCloseTo(value, 11);
  });
}

describe('joined', () => {
  const convolution = new Convolution({ ...images, backend: 'js' });
  const inputShape = [6, 4, 5] as const;

  test('takes a convolution and a max pooling without padding', () => {
    expect(joined(convolution, new MaxPooling({ inputShape, poolSize: 2 }))).toBeDefined();
    expect(joined(convolution, new MaxPooling({ inputShape, poolSize: 2, padding: 'same' }))).toBeDefined(); // 0 here
  });

  test('leaves everything else to its layers', () => {
    class Watched extends Convolution {
      override forward(x: Tensor): Tensor {
        return super.forward(x);
      }
    }
    class WatchedPooling extends MaxPooling {}
    const pool = new MaxPooling({ inputShape, poolSize: 2 });
    expect(joined(convolution, undefined)).toBeUndefined();
    expect(joined(pool, convolution)).toBeUndefined();
    expect(joined(convolution, new AveragePooling({ inputShape, poolSize: 2 }))).toBeUndefined();
    expect(joined(convolution, new MaxPooling({ inputShape, poolSize: 3, padding: 1, stride: 1 }))).toBeUndefined();
    expect(joined(convolution, new MaxPooling({ inputShape, poolSize: 4, padding: 'same' }))).toBeUndefined();
    expect(joined(convolution, new MaxPooling({ inputShape: [6, 5, 4], poolSize: 1 }))).toBeUndefined();
    expect(joined(new Watched({ ...images, backend: 'js' }), pool)).toBeUndefined();
    expect(joined(convolution, new WatchedPooling({ inputShape, poolSize: 2 }))).toBeUndefined();
    const spied = new MaxPooling({ inputShape, poolSize: 2 });
    spied.forward = (x) => MaxPooling.prototype.forward.call(spied, x);
    expect(joined(convolution, spied)).toBeUndefined();
  });

  test('refuses what the two layers refuse', () => {
    const passes = joined(convolution, new MaxPooling({ inputShape, poolSize: 2 }))!;
    const dy = Tensor.zeros([1, 30], { dtype: 'float64', backend: 'js' });
    expectRefusal(() => passes.backward(dy), StateError, 'MaxPooling.backward: called before forward');
    expectRefusal(
      () => passes.forward(Tensor.zeros([1, 80], { dtype: 'float64' })),
      ShapeError,
      'Convolution.forward: x has shape [1, 80]; expected [N, 84] (images of 7 × 6 × 2, inputShape of this layer)',
    );
    passes.forward(Tensor.zeros([1, 84], { dtype: 'float64', backend: 'js' }));
    expectRefusal(
      () => passes.backward(Tensor.zeros([2, 30], { dtype: 'float64' })),
      ShapeError,
      'MaxPooling.backward: dy has shape [2, 30]; expected [1, 30] (the shape of the last output)',
    );
    expectRefusal(
      () => passes.backward(Tensor.zeros([1, 30])),
      DtypeError,
      "MaxPooling.backward: dy is float32; expected float64, the dtype of the last output. Convert dy with Tensor.from(dy, { dtype: 'float64' }), or build the network with dtype: 'float32'",
    );
    expect(() => passes.infer!(Tensor.zeros([1, 80], { dtype: 'float64' }))).toThrow(/^Convolution.infer: x has shape/);
  });
});
