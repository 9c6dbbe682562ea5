import { describe, expect, test } from 'vitest';
import { CallerViews, MemoryViews, rowOf } from '../../../src/backend/wasm/views.js';
import { createWasmBackend } from '../../../src/backend/wasm/wasm.js';
import { arraysMadeBy } from '../../support/arrays-made.js';

describe('views of the memory', () => {
  const memory = new ArrayBuffer(64);

  test('are made once for an address and a length', () => {
    const views = new MemoryViews((address, n) => new Int32Array(memory, address, n));
    const view = views.at(16, 3);
    expect([view.byteOffset, view.length]).toEqual([16, 3]);
    expect(views.at(16, 3)).toBe(view);
    expect(views.at(16, 2)).toHaveLength(2);
    expect(views.at(0, 3).byteOffset).toBe(0);
    views.clear();
    expect(views.at(16, 3)).not.toBe(view);
  });

  test('are no more than their limit', () => {
    const views = new MemoryViews((address, n) => new Int32Array(memory, address, n), 2);
    const first = views.at(0, 1);
    views.at(0, 2);
    expect(views.at(0, 1)).toBe(first);
    views.at(0, 3);
    expect(views.at(0, 1)).not.toBe(first);
  });
});

describe('views of callers’ arrays', () => {
  test('of rows are kept from the second gathering on, and made anew for another width', () => {
    const views = new CallerViews();
    const source = Float32Array.of(9, 0, 1, 2, 3).subarray(1);
    expect(views.rows(source, 2)).toBeUndefined();
    const rows = views.rows(source, 2);
    expect(views.rows(source, 2)).toBe(rows);
    const row = rowOf(source, rows, 1, 2);
    expect(Array.from(row)).toEqual([2, 3]);
    expect(rowOf(source, rows, 1, 2)).toBe(row);
    expect(Array.from(rowOf(source, views.rows(source, 1), 1, 1))).toEqual([1]);
  });

  test('of more than 65,536 rows are not kept', () => {
    const views = new CallerViews();
    const source = new Uint8Array(65_537);
    views.rows(source, 1);
    expect(views.rows(source, 1)).toBeUndefined();
    expect(Array.from(rowOf(source.fill(7, 65_536), undefined, 65_536, 1))).toEqual([7]);
  });

  test('of the front of an array are kept for the last length', () => {
    const views = new CallerViews();
    const array = Int32Array.of(1, 2, 3);
    expect(views.front(array, 3)).toBe(array);
    const front = views.front(array, 2);
    expect(Array.from(front)).toEqual([1, 2]);
    expect(views.front(array, 2)).toBe(front);
    expect(views.front(array, 1)).toHaveLength(1);
  });
});

test('rows are gathered without new views, bytes and floats, wide and narrow, and as they are at the time', () => {
  const wasm = createWasmBackend('test');
  const indices = Int32Array.of(2, 0);
  for (const width of [3, 33]) {
    for (const source of [new Uint8Array(3 * width).fill(1), new Float32Array(3 * width).fill(1)]) {
      const out = new Float32Array(2 * width);
      const gather = (): void => wasm.gatherRows(out, source, indices, 0, 2, width, 3);
      gather();
      gather();
      source.fill(2, 2 * width);
      expect(arraysMadeBy(gather)).toBe(0);
      expect(Array.from(out)).toEqual([...Array(width).fill(6), ...Array(width).fill(3)]);
    }
  }
});

test('memory that grows between two calls, and a front that changes, give the same answers', () => {
  const wasm = createWasmBackend('test');
  const sums = (x: Float32Array, m: number): number[] => {
    const out = new Float32Array(2);
    wasm.columnSums(out, x, m, 2);
    return Array.from(out);
  };
  const x = new Float32Array(200_000).fill(1);
  expect(sums(x, 2)).toEqual([2, 2]);
  expect(sums(x, 100_000)).toEqual([100_000, 100_000]);
  expect(sums(x, 2)).toEqual([2, 2]);
  expect(arraysMadeBy(() => expect(sums(x, 2)).toEqual([2, 2]))).toBe(1); // `out`
});
