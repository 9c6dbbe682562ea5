/** Views share memory; what was written in place must not be read again as the source. */

import { expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';

test('FOUND J1: addScaled of overlapping rows reads the source as it was', () => {
  // NumPy: a = np.ones(4); a[1:] += a[:3]; a is 1 2 2 2.
  const a = Tensor.ones([4]);
  a.rows(1).addScaled(a.rows(0, 3));
  expect(a.toArray()).toEqual([1, 2, 2, 2]);
});

test.each(['addScaled', 'set'] as const)('FOUND J1: %s on any two views equals the same on copies', (method) => {
  const random = new Random(1);
  for (let trial = 0; trial < 300; trial++) {
    const dtype = trial % 2 === 0 ? 'float32' : 'float64';
    const whole = Tensor.randomUniform([12], { seed: trial, dtype });
    const length = 1 + random.integer(12);
    const [to, from] = [random.integer(13 - length), random.integer(13 - length)];
    const expected = whole.clone();
    const source = whole.rows(from, from + length).clone();
    if (method === 'set') {
      expected.rows(to, to + length).set(source);
      whole.rows(to, to + length).set(whole.rows(from, from + length));
    } else {
      expected.rows(to, to + length).addScaled(source, 0.5);
      whole.rows(to, to + length).addScaled(whole.rows(from, from + length), 0.5);
    }
    expect(whole.data, `${length} from ${from} to ${to}`).toEqual(expected.data);
  }
});

test('FOUND J1: set with nested arrays that hold views of the tensor itself', () => {
  const a = Tensor.from([1, 2, 3, 4]);
  a.rows(1).set(Array.from({ length: 3 }, (_, i) => a.data[i]!));
  expect(a.toArray()).toEqual([1, 1, 2, 3]);
  const b = Tensor.from([
    [1, 2],
    [3, 4],
  ]);
  b.set([b.rows(1).data, b.rows(0, 1).data]);
  expect(b.toArray()).toEqual([
    [3, 4],
    [1, 2],
  ]);
});
