/** What users are told who could have the native backend: steps that they can follow. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stepsToNative } from '../../../src/backend/native/steps-to-native.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-steps-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clone = join(folder, 'clone');
mkdirSync(join(clone, 'src'), { recursive: true });
const installed = join(folder, 'installed');

const missing = [{ ok: false, outcome: 'no such file' }];

describe('the steps to the native backend', () => {
  test.runIf(process.platform === 'linux')(
    'name the tools and, in an installed copy, the command of the package',
    () => {
      expect(stepsToNative(missing, undefined, installed)).toEqual([
        'Install a C++ compiler, make, CMake and OpenBLAS, whichever is missing (Debian and Ubuntu: apt-get install g++ make cmake libopenblas-dev; Fedora: dnf install gcc-c++ make cmake openblas-devel; Alpine: apk add g++ make cmake openblas-dev)',
        'Run npx zerokara build',
      ]);
    },
  );

  test('in a clone end with its own build', () => {
    expect(stepsToNative(missing, undefined, clone)).toEqual([
      stepsToNative(missing, undefined, installed)[0],
      `Run npm run build in ${clone}`,
    ]);
  });

  test('from a bundle without the package are about the file', () => {
    expect(stepsToNative(missing, undefined, '')).toEqual([
      "Put zerokara.node from the package's prebuilds folder beside the bundle, or set ZEROKARA_ADDON to its path",
    ]);
  });

  test('are about what keeps a good addon out: a flag of Node, a file by name, kernels for another CPU', () => {
    const noAddons = [
      { ok: false, outcome: 'Node was started without addons (--no-addons or the permission model)' },
      { ok: true, outcome: 'WebAssembly with vectors' },
    ];
    expect(stepsToNative(noAddons, undefined, installed)).toEqual([
      'Start Node without --no-addons, or under the permission model with --allow-addons',
    ]);
    expect(stepsToNative(missing, '/a.node', installed)).toEqual([
      'Unset ZEROKARA_ADDON, or set it to a file that works',
    ]);
    const core = [{ ok: false, outcome: 'OPENBLAS_CORETYPE is "Excavator", whose kernels this CPU cannot run' }];
    expect(stepsToNative(core, '/a.node', installed)).toEqual([
      'Unset OPENBLAS_CORETYPE, or set it to kernels that this CPU can run',
    ]);
  });
});
