/** What the Python peers say about themselves; the systems are stand-ins for releases that tell it in different ways. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = resolve(import.meta.dirname, '../../bench/peers');
const PYTHON = process.env['PYTHON'] || 'python3';

function python(expression: string): string {
  const script = `from types import SimpleNamespace as S; import versions; print(${expression})`;
  const run = spawnSync(PYTHON, ['-c', script], { cwd: folder, encoding: 'utf8' });
  return run.stdout.trim() || run.stderr;
}

describe.skipIf(spawnSync(PYTHON, ['--version']).status !== 0)('a peer tells what it computes with', () => {
  test.each([
    [
      'NumPy of today',
      `versions.of_numpy(S(__version__='2.1', show_config=lambda mode: {'Build Dependencies': {'blas': {'name': 'openblas', 'version': '0.3.27'}}}))`,
      'NumPy 2.1, openblas 0.3.27',
    ],
    [
      'FOUND K1: NumPy 1.24, whose show_config takes no mode',
      `versions.of_numpy(S(__version__='1.24', show_config=lambda: None, __config__=S(get_info=lambda name: {'libraries': ['blas', 'blas']})))`,
      'NumPy 1.24, blas',
    ],
    [
      'PyTorch of today',
      `versions.of_torch(S(__version__='2.4', backends=S(cpu=S(get_cpu_capability=lambda: 'AVX512'))))`,
      'PyTorch 2.4, AVX512',
    ],
    [
      'FOUND K1: PyTorch 1.13, which has no torch.backends.cpu',
      `versions.of_torch(S(__version__='1.13', backends=S(), __config__=S(show=lambda: 'built with:\\n  - CPU capability usage: AVX2\\n')))`,
      'PyTorch 1.13, AVX2',
    ],
    [
      'FOUND K1: a release that tells nothing',
      `versions.of_numpy(S(__version__='9.9'))`,
      'NumPy 9.9, it does not say with what',
    ],
  ])('%s', (_, expression, said) => expect(python(expression)).toBe(said));
});
