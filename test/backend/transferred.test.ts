import { expect, test } from 'vitest';
import { Tensor } from '../../src/tensor/tensor.js';
import { availableBackends } from '../support/backends.js';

type Resizable = new (bytes: number, options: { readonly maxByteLength: number }) => ArrayBuffer;

// Compiled after it saw arrays over resizable buffers, `array.length` of a transferred array is its old length (V8 of Node 20).
const SEEN = 10_000;
const resizable = (): Float32Array => new Float32Array(new (ArrayBuffer as Resizable)(32, { maxByteLength: 64 }));
const usual = (): Float32Array => new Float32Array(8);

function transfer<A extends ArrayBufferView>(array: A): A {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

test.each(availableBackends().flatMap(({ backend }) => backend ?? []))(
  '$name refuses a transferred array also after many over resizable buffers',
  (backend) => {
    const gather = (source: Float32Array | Uint8Array): void =>
      backend.gatherRows(new Float32Array(6), source, Int32Array.of(1, 0, 1), 0, 3, 2, 1);
    const sum = (x: Float32Array): number => backend.sumOfSquares(x, 8);
    const take = (data: Float32Array): Tensor => new Tensor(data, [4, 2], backend).add(1);
    const kept = new Tensor(usual(), [4, 2], backend);
    for (let i = 0; i < SEEN; i++) {
      // The addon, which takes none over resizable buffers, reads lengths by itself.
      const data = i % 2 === 0 && backend.name !== 'native' ? resizable() : usual();
      gather(i % 3 === 0 ? new Uint8Array(8) : data);
      sum(data);
      take(usual());
    }
    expect(() => gather(transfer(usual()))).toThrow(
      'gatherRows: indices[0] is 1; expected an integer in [0, 0) (rows of source)',
    );
    expect(() => sum(transfer(usual()))).toThrow(
      'sumOfSquares: x is detached (its buffer was transferred); expected at least 8 (n)',
    );
    transfer(kept.data as Float32Array);
    expect(() => kept.add(1)).toThrow('is detached (its buffer was transferred)');
  },
);
