/** Tensors on their way out and in: to Workers, JSON and logs, and arrays of other realms. */

import { once } from 'node:events';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

const LIBRARY = resolve(import.meta.dirname, '../../dist/index.js');

const matrix = (): Tensor =>
  Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);

/** What a Worker would get. */
function posted(value: unknown): unknown {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(value);
  const received = receiveMessageOnPort(port2) as { message: unknown };
  port1.close();
  return received.message;
}

describe('FOUND C1: a tensor crosses to a Worker as its numbers and shape', () => {
  test.each([
    ['structuredClone', structuredClone],
    ['postMessage', posted],
  ])('%s', (_, send) => {
    const x = matrix();
    const { W } = send({ W: x }) as { W: { data: Float32Array; shape: number[] } };
    expect(W).toEqual({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
    expect(Object.keys(W)).toEqual(['data', 'shape']);
  });

  test('a Worker gets a state dict, and sends a prediction back', async () => {
    const program = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { TwoLayerNet } = require(${JSON.stringify(LIBRARY)});
      const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, backend: 'js' });
      net.loadStateDict(workerData.dict);
      parentPort.postMessage(net.predict(workerData.x));`;
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1, backend: 'js' });
    const x = Tensor.from([[0.5, -1]]);
    const worker = new Worker(program, { eval: true, workerData: { dict: net.stateDict(), x } });
    const [answer] = (await once(worker, 'message')) as [Tensor];
    await worker.terminate();
    expect(Tensor.from(answer).toArray()).toEqual(net.predict(x).toArray());
  });

  test('what arrives is accepted wherever a tensor is', () => {
    const x = matrix();
    const arrived = structuredClone(x) as Tensor;
    expect(Tensor.from(arrived).toArray()).toEqual(x.toArray());
    expect(matrix().set(arrived).toArray()).toEqual(x.toArray());
    expect(x.add(arrived).toArray()).toEqual(x.mul(2).toArray());
    expect(matrix().addScaled(arrived, -1).toArray()).toEqual(x.mul(0).toArray());
    expect(
      Tensor.ones([1, 2])
        .matMul(structuredClone(x) as Tensor)
        .toArray(),
    ).toEqual([[5, 7, 9]]);
  });

  test('the clone of a part has its own memory, not that of the whole', () => {
    expect(matrix().rows(1).clone().data.buffer.byteLength).toBe(12);
  });

  test('an object whose data does not fit its shape is not a tensor', () => {
    for (const b of [
      { data: new Float32Array(5), shape: [2, 3] },
      { data: new Int32Array(6), shape: [2, 3] },
      { data: [1], shape: [1] },
    ]) {
      expect(() => matrix().add(b as never)).toThrow('add: b is an Object; expected a tensor or a number');
    }
  });
});

describe('FOUND C2: JSON', () => {
  test('has nested arrays, and nothing of the backend', () => {
    expect(JSON.stringify({ p: matrix(), q: Tensor.from(0.5), r: Tensor.zeros([0, 2]) })).toBe(
      '{"p":[[1,2,3],[4,5,6]],"q":0.5,"r":[]}',
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %d, naming the place',
    (value) => {
      const x = matrix();
      x.data[5] = value;
      expectRefusal(
        () => JSON.stringify({ p: x }),
        DataError,
        `Tensor.toJSON: element [1, 2] is ${value}; expected finite numbers, because JSON would write null. toArray() gives the numbers as they are`,
      );
      expect(x.toArray()).toEqual([
        [1, 2, 3],
        [4, 5, value],
      ]);
    },
  );
});

describe('FOUND C3: what people see of a tensor', () => {
  test('console.log shows dtype, shape and numbers', () => {
    expect(inspect({ W: matrix() })).toBe('{\n  W: Tensor float32 [2, 3]\n  [[1. 2. 3.]\n   [4. 5. 6.]]\n}');
    expect(inspect(Tensor.zeros([1000, 1000])).split('\n').length).toBeLessThan(10);
  });

  test('a difference found by a test runner shows numbers and nothing of the backend', () => {
    const other = matrix();
    other.data[0] = 9;
    let message = '';
    try {
      expect(matrix()).toEqual(other);
    } catch (error) {
      const { message: text, actual, expected } = error as Error & { actual?: string; expected?: string };
      message = `${text} ${actual} ${expected}`;
    }
    expect(message).toMatch(/deeply equal/);
    expect(message).not.toMatch(/gemm|axpy|backend|reason/);
    expect(message.length).toBeLessThan(1000);
  });
});

describe('FOUND C4: arrays of another realm', () => {
  const realm = createContext();
  const foreign = <T>(expression: string): T => runInContext(`(${expression})`, realm) as T;

  test('make tensors of their own dtype', () => {
    for (const [name, dtype] of [
      ['Float32Array', 'float32'],
      ['Float64Array', 'float64'],
      ['Int16Array', 'float32'],
    ]) {
      const x = Tensor.from(foreign<Float32Array>(`${name}.of(1, 2)`));
      expect([x.dtype, x.toArray()]).toEqual([dtype, [1, 2]]);
    }
    const data = foreign<Float64Array>('Float64Array.of(1, 2)');
    const wrapped = new Tensor(data, [2]);
    expect(wrapped.data).toBe(data);
    expect(wrapped.dtype).toBe('float64');
    expect(wrapped.exp().dtype).toBe('float64');
    expect(wrapped.clone().dtype).toBe('float64');
  });

  test('are rows of nested arrays, and values to set', () => {
    expect(Tensor.from(foreign<number[][]>('[[1, 2], Float32Array.of(3, 4)]')).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(Tensor.zeros([2]).set(foreign<Uint8Array>('Uint8Array.of(1, 2)')).toArray()).toEqual([1, 2]);
    expect(() => Tensor.zeros([2]).set(foreign<Float64Array>('Float64Array.of(1, 2)'))).toThrow(
      'set: values holds float64 numbers; expected float32.',
    );
    expect(() => Tensor.from(foreign('BigInt64Array.of(1n)') as never)).toThrow(
      'Tensor.from: values is a BigInt64Array of 1; expected a number, an array of numbers or a tensor',
    );
  });
});
