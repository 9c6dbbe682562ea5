/** Our safetensors files, read by the lines of NumPy that docs/interop.md shows. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { saveTensors } from '../../src/io/save-tensors.js';
import { SimpleConvNet } from '../../src/models/simple-conv-net.js';
import { Tensor } from '../../src/tensor/tensor.js';

const python = process.env['PYTHON'] || 'python3';
const hasNumpy = spawnSync(python, ['-c', 'import numpy']).status === 0;
const page = fs.readFileSync(path.join(import.meta.dirname, '../../docs/interop.md'), 'utf8');
const [, lines] = page.match(/```python\n(import json, numpy as np\n[\s\S]*?)```/)!;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-numpy-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Every array of arrays.safetensors in the folder: its NumPy type, and its numbers. */
function readByNumpy(): Record<string, [dtype: string, values: unknown]> {
  const shown = 'print(json.dumps({name: [str(a.dtype), a.tolist()] for name, a in arrays.items()}))';
  const run = spawnSync(python, ['-c', `${lines}\n${shown}`], { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout);
}

// CI sets REQUIRE_NUMPY, after installing python3-numpy: there a missing NumPy is a failure.
describe.skipIf(!hasNumpy && process.env['REQUIRE_NUMPY'] !== '1')(
  'five lines of NumPy (skipped where python3 has no numpy)',
  () => {
    const file = path.join(folder, 'arrays.safetensors');

    test('read arrays of each type', async () => {
      await saveTensors(file, {
        W: Tensor.from([
          [0.1, -2],
          [3e38, 1e-45],
        ]),
        wide: Tensor.from([Math.PI, -1e300], { dtype: 'float64' }),
        labels: { data: Uint8Array.of(0, 255), shape: [2, 1] },
        count: { data: BigInt64Array.of(-5n), shape: [] },
        places: { data: Int32Array.of(-(2 ** 31), 7), shape: [2] },
      });
      expect(readByNumpy()).toEqual({
        W: [
          'float32',
          [
            [Math.fround(0.1), -2],
            [Math.fround(3e38), Math.fround(1e-45)],
          ],
        ],
        wide: ['float64', [Math.PI, -1e300]],
        labels: ['uint8', [[0], [255]]],
        count: ['int64', -5],
        places: ['int32', [-(2 ** 31), 7]],
      });
    });

    test('read a network that save wrote', async () => {
      const net = new SimpleConvNet({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, hiddenSize: 5, outputSize: 4 });
      await net.save(file);
      const own = Object.entries(net.params).map(([name, tensor]) => [name, ['float32', tensor.toArray()]]);
      expect(readByNumpy()).toEqual(Object.fromEntries(own));
    });
  },
);
