/** `zerokara build` in an installed copy, where it cannot succeed: what is said, and that nothing changes. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'zerokara-build-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The package as it is installed: no sources in TypeScript, no development dependencies. */
const installed = join(folder, 'a path with a space', 'node_modules', 'zerokara');
for (const part of ['dist', 'native', 'scripts', 'CMakeLists.txt', 'package.json']) {
  cpSync(join(project, part), join(installed, part), {
    recursive: true,
    filter: (file) => file !== join(project, 'native', 'build'),
  });
}

/** Stands for a good addon of an earlier build. */
const addon = join(installed, 'build', 'Release', 'zerokara.node');
mkdirSync(join(addon, '..'), { recursive: true });
writeFileSync(addon, 'an earlier build');

const UNCHANGED = 'Nothing was built, and nothing was changed.';

function build(args: readonly string[], env: Record<string, string> = {}, wrapper: readonly string[] = []) {
  const command = [...wrapper, process.execPath, join(installed, 'dist/cli/zerokara.js'), 'build', ...args];
  const { status, stderr } = spawnSync(command[0]!, command.slice(1), {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, said: stderr.trim() };
}

function expectNothingChanged(): void {
  expect(readFileSync(addon, 'utf8')).toBe('an earlier build');
  expect(existsSync(join(installed, 'build', 'cmake'))).toBe(false);
  expect(existsSync(join(installed, 'native', 'build'))).toBe(false);
}

const hasCmake = spawnSync('cmake', ['--version']).status === 0;
const hasGyp = existsSync(join(resolve(process.execPath, '../..'), 'include/node/common.gypi'));
const NO_COMPILER =
  'zerokara build: no working C++ compiler was found. Install one (Debian and Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++; Alpine: apk add g++; macOS: xcode-select --install).';

describe('zerokara build that cannot succeed', () => {
  test.runIf(hasCmake)('without a compiler, by CMake', () => {
    expect(build(['--with', 'cmake'], { CXX: '/bin/false' })).toEqual({
      status: 1,
      said: `${NO_COMPILER} ${UNCHANGED}`,
    });
    expectNothingChanged();
  });

  test.runIf(hasGyp)('without a compiler, by node-gyp', () => {
    expect(build(['--with', 'gyp'], { CXX: '/nowhere/g++' })).toEqual({
      status: 1,
      said: `${NO_COMPILER} ${UNCHANGED}`,
    });
    expectNothingChanged();
  });

  test('without the headers of this Node, node-gyp is not started, for it would download them', () => {
    expect(build(['--with', 'gyp'], { npm_config_nodedir: folder })).toEqual({
      status: 1,
      said: `zerokara build: CMake was not found, and node-gyp needs include/node/common.gypi, which this Node was installed without. Install CMake (Debian and Ubuntu: apt-get install cmake; Fedora: dnf install cmake; Alpine: apk add cmake). ${UNCHANGED}`,
    });
    expectNothingChanged();
  });

  const readOnly = ['unshare', '--mount', '--map-root-user', 'sh', '-c'];
  const mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"';
  const canMount = spawnSync(readOnly[0]!, [...readOnly.slice(1), mount, folder]).status === 0;
  test.runIf(canMount)('in a folder that cannot be written to', () => {
    expect(build([], {}, [...readOnly, `${mount} && exec "$@"`, installed])).toEqual({
      status: 1,
      said: `zerokara build: the folder of the package, ${installed}, cannot be written to. Build as a user who may write there. ${UNCHANGED}`,
    });
    expectNothingChanged();
  });

  test('from a copy without the sources of the addon', () => {
    rmSync(join(installed, 'scripts'), { recursive: true });
    expect(build([])).toEqual({
      status: 1,
      said: `zerokara build: the sources of the addon are not beside this program. Install the package zerokara, unbundled. ${UNCHANGED}`,
    });
  });
});
