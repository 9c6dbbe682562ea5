import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';

test.each([
  Dataset.from({
    x: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    labels: [0, 2, 1],
    classes: 4,
    weights: [1, 2, 3],
  }),
  Dataset.from({
    x: { data: Uint8Array.of(1, 2, 3), shape: [3, 1] },
    scale: 0.5,
    targets: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  }),
  Dataset.from({
    x: { data: Float64Array.of(0.1, 0.2, 0.3), shape: [3, 1] },
    multiLabels: [
      [0, 1],
      [1, 1],
      [0, 0],
    ],
  }),
  Dataset.from({
    x: [
      [[1], [2]],
      [[3], [4]],
      [[5], [6]],
    ],
    labels: [
      [0.5, 0.5],
      [1, 0],
      [0, 1],
    ],
  }),
])('a shared data set is built again from plain data over shared memory: %s', (dataset) => {
  const rows = dataset.withRows(Int32Array.of(2, 0));
  const shared = structuredClone(rows.share());
  expect((shared.x as { data: Float32Array }).data.buffer).toBeInstanceOf(SharedArrayBuffer);
  const again = Dataset.from(shared);
  expect(String(again)).toBe(String(rows));
  expect(again.toTensors()).toEqual(rows.toTensors());
});
