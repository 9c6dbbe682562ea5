/** The products of the wasm backend with relaxed SIMD, which fuses multiplication and addition: other bits, the same bounds. */
import { setFlagsFromString } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { selectBackend } from '../../src/backend/choose/load.js';
import { productsConformance } from './suite.js';

// Node 20 has relaxed SIMD behind a flag, Node 22 by itself.
const major = Number(process.versions.node.split('.')[0]);
if (major < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

const { backend, attempts } = selectBackend('wasm', { env: {} });
const plain = selectBackend('wasm', { env: { ZEROKARA_ISA: 'wasm-simd' } });

test('the wasm backend says that it uses relaxed SIMD, and does not where ZEROKARA_ISA=wasm-simd', () => {
  expect(attempts.map(({ outcome }) => outcome)).toEqual(['WebAssembly with relaxed vectors']);
  expect(backend.reason).toBe(
    'wasm was asked for by name; relaxed SIMD fuses multiplication and addition in sums of products',
  );
  expect(plain.attempts.map(({ outcome }) => outcome)).toEqual(['WebAssembly with vectors']);
  expect(plain.backend.reason).toBe('wasm was asked for by name');
});

test('its products differ from those of plain SIMD by roundings only', () => {
  const n = 64;
  const a = Float32Array.from({ length: n * n }, (_, i) => Math.sin(i));
  const [fused, twice] = [backend, plain.backend].map((one) => {
    const c = new Float32Array(n * n);
    one.gemm(false, false, n, n, n, 1, a, n, a, n, 0, c, n);
    return c;
  });
  expect(fused).not.toEqual(twice);
  // Both are within γ₆₄ Σ|a·b| ≤ 64 · 64 · 2⁻²⁴ of the exact sum.
  const bound = 2 * n * n * 2 ** -24;
  expect(Math.max(...fused!.map((value, i) => Math.abs(value - twice![i]!)))).toBeLessThan(bound);
});

describe('backend wasm with relaxed SIMD', () => productsConformance(backend));
