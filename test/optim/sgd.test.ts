import { describe, expect, test } from 'vitest';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';

describe('SGD', () => {
  test('takes W − η · dW, for every parameter (S7)', () => {
    const params = { W: Tensor.from([[1, 2]], { dtype: 'float64' }), b: Tensor.from([3], { dtype: 'float64' }) };
    const grads = { W: Tensor.from([[10, -10]], { dtype: 'float64' }), b: Tensor.from([4], { dtype: 'float64' }) };
    new SGD({ learningRate: 0.5 }).update(params, grads);
    expect(params.W.toArray()).toEqual([[-4, 7]]);
    expect(params.b.toArray()).toEqual([1]);
  });

  test('has the book’s learning rate for MNIST by default', () => {
    expect(new SGD().learningRate).toBe(0.1);
  });

  test.each([Number.NaN, -0.1, 0, Number.POSITIVE_INFINITY, '0.1'])('refuses the learning rate %s', (learningRate) => {
    const shown = typeof learningRate === 'string' ? `"${learningRate}"` : learningRate;
    expect(() => new SGD({ learningRate: learningRate as number })).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `SGD: learningRate is ${shown}; expected a finite number greater than 0`,
      }),
    );
  });

  test('suggests the right option', () => {
    expect(() => new SGD({ learningrate: 0.1 } as never)).toThrow(
      expect.objectContaining({ message: 'SGD: unknown option "learningrate"; did you mean "learningRate"?' }),
    );
  });

  test('refuses an update without gradients', () => {
    const fix = 'Call update(net.params, net.grads) after net.lossAndGradient(x, labels)';
    const params = { W: Tensor.from([1, 2]) };
    expect(() => new SGD().update(params, undefined as never)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `SGD.update: grads is undefined; expected a record of tensors, as net.grads is. ${fix}`,
      }),
    );
    expect(() => new SGD().update(null as never, params)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `SGD.update: params is null; expected a record of tensors, as net.params is. ${fix}`,
      }),
    );
  });

  test('writes nothing when a gradient is missing or of another shape', () => {
    const params = { W: Tensor.from([1, 2]), b: Tensor.from([3]) };
    const sgd = new SGD();
    expect(() => sgd.update(params, { W: Tensor.from([1, 1]) })).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'SGD.update: grads has no "b"; expected a gradient for every parameter',
      }),
    );
    expect(() => sgd.update(params, { W: Tensor.from([1, 1]), b: Tensor.from([1, 2]) })).toThrow(
      expect.objectContaining({
        name: 'ShapeError',
        message: 'SGD.update: grads.b has shape [2]; expected [1] (the shape of params.b)',
      }),
    );
    expect(params.W.toArray()).toEqual([1, 2]);
  });

  describe('FOUND B3: writes nothing when a later parameter cannot be updated', () => {
    const float64 = { dtype: 'float64' } as const;
    const detached = Tensor.from([3, 4]);
    structuredClone(detached.data, { transfer: [detached.data.buffer as ArrayBuffer] });
    const shared = new Tensor(new Float32Array(new SharedArrayBuffer(8)), [2], Tensor.from([1]).backend);
    const b = Tensor.from([3, 4]);
    test.each([
      [
        'a gradient of another dtype',
        b,
        Tensor.from([1, 1], float64),
        'DtypeError',
        'grads.b is float64; expected float32 (the dtype of params.b)',
      ],
      [
        'a detached parameter',
        detached,
        Tensor.from([1, 1]),
        'StateError',
        'params.b is detached (its buffer was transferred)',
      ],
      ['a detached gradient', b, detached, 'StateError', 'grads.b is detached (its buffer was transferred)'],
      [
        'a parameter in shared memory',
        shared,
        Tensor.from([1, 1]),
        'ArgumentError',
        'params.b lies in a SharedArrayBuffer; expected an array that no other thread can change during the update',
      ],
      [
        'a gradient in the memory of its parameter',
        b,
        b,
        'ArgumentError',
        'grads.b overlaps params.b; expected separate memory',
      ],
    ])('%s', (_, parameter, gradient, name, message) => {
      const W = Tensor.from([1, 2]);
      expect(() => new SGD().update({ W, b: parameter }, { W: Tensor.from([1, 1]), b: gradient })).toThrow(
        expect.objectContaining({ name, message: `SGD.update: ${message}` }),
      );
      expect(W.toArray()).toEqual([1, 2]);
      expect(b.toArray()).toEqual([3, 4]);
    });
  });
});
