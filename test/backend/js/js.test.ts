import { expect, test } from 'vitest';
import { createJsBackend } from '../../../src/backend/js/js.js';
import { randomFloats } from '../../support/random.js';

test('the js backend says its name and why it was chosen', () => {
  const backend = createJsBackend('no addon for this platform');
  expect(backend.name).toBe('js');
  expect(backend.reason).toBe('no addon for this platform');
});

test('a float32 product of up to 512 terms is the double sum, rounded once', () => {
  const [m, n, k] = [5, 6, 300];
  const a = randomFloats('float32', m * k, { seed: 1 });
  const b = randomFloats('float32', k * n, { seed: 2 });
  const c = new Float32Array(m * n);
  createJsBackend('test').gemm(false, false, m, n, k, 1, a, k, b, n, 0, c, n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p]! * b[p * n + j]!;
      expect(c[i * n + j]).toBe(Math.fround(sum));
    }
  }
});
