import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { MANAGERS, whereFrom } from '../../native/packages.cjs';

const { missingParts, packagesToInstall, systemRemedy, fingerprint } = createRequire(import.meta.url)(
  '../../scripts/lib/system.cjs',
);

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n';
const MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\n';
const FEDORA = 'ID=fedora\n';

/** A machine with these programs; a bare Debian image as root unless told otherwise. */
function machine({ has = ['apt-get'], root = true, platform = 'linux', osRelease = DEBIAN, blas = '' } = {}) {
  const which = (tool: string) => (has.includes(tool) ? `/usr/bin/${tool}` : undefined);
  return { platform, root, osRelease, which, blas: blas || undefined };
}

const BLAS = '/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so';
const EVERYTHING = ['apt-get', 'g++', 'make', 'cmake'];

describe('what is missing', () => {
  test('is all four parts on a bare image, and nothing on a complete one', () => {
    expect(missingParts(machine())).toEqual(['compiler', 'make', 'cmake', 'blas']);
    expect(missingParts(machine({ has: EVERYTHING, blas: BLAS }))).toEqual([]);
  });

  test('is no compiler where another one is called c++', () => {
    expect(missingParts(machine({ has: ['c++', 'make', 'cmake'], blas: BLAS }))).toEqual([]);
  });

  test('is no OpenBLAS on macOS, which brings Accelerate', () => {
    expect(missingParts(machine({ platform: 'darwin', has: ['c++', 'make'] }))).toEqual(['cmake']);
  });
});

describe('installing without asking', () => {
  test('takes only what is missing, as root on Debian and its relatives', () => {
    expect(packagesToInstall(machine(), {})).toEqual(['g++', 'make', 'cmake', 'libopenblas-dev']);
    expect(packagesToInstall(machine({ has: EVERYTHING, osRelease: MINT }), {})).toEqual(['libopenblas-dev']);
    expect(packagesToInstall(machine({ has: EVERYTHING, blas: BLAS }), {})).toEqual([]);
  });

  test('never happens as another user, elsewhere, or when forbidden', () => {
    expect(packagesToInstall(machine({ root: false }), {})).toEqual([]);
    expect(packagesToInstall(machine({ osRelease: FEDORA }), {})).toEqual([]);
    expect(packagesToInstall(machine({ has: [] }), {})).toEqual([]);
    expect(packagesToInstall(machine(), { ZEROKARA_NO_SYSTEM_INSTALL: '1' })).toEqual([]);
  });
});

describe('the one line that helps', () => {
  test('speaks the language of the package manager that is there', () => {
    const line = (has: string[], root = false) => systemRemedy(machine({ has, root }));
    expect(line(['apt-get'])).toBe('sudo apt-get install -y g++ make cmake libopenblas-dev');
    expect(line(['apt-get', 'cmake'], true)).toBe('apt-get install -y g++ make libopenblas-dev');
    expect(line(['dnf', 'make'])).toBe('sudo dnf install -y gcc-c++ cmake openblas-devel');
    expect(line(['apk'], true)).toBe('apk add g++ make cmake openblas-dev');
    expect(line([])).toBe('install a C++17 compiler, make, CMake, OpenBLAS with its headers');
  });

  test('on macOS names the command line tools first, then CMake without sudo', () => {
    expect(systemRemedy(machine({ platform: 'darwin', has: ['brew'], root: false }))).toBe('xcode-select --install');
    expect(systemRemedy(machine({ platform: 'darwin', has: ['brew', 'c++', 'make'], root: false }))).toBe(
      'brew install cmake',
    );
  });

  test('is absent when nothing is missing', () => {
    expect(systemRemedy(machine({ has: EVERYTHING, blas: BLAS }))).toBeUndefined();
  });
});

test('the fingerprint of a failure changes when a tool, the BLAS or CXX does', () => {
  const before = fingerprint(machine(), {});
  expect(fingerprint(machine(), {})).toBe(before);
  expect(fingerprint(machine({ has: ['apt-get', 'g++'] }), {})).not.toBe(before);
  expect(fingerprint(machine({ blas: BLAS }), {})).not.toBe(before);
  expect(fingerprint(machine(), { CXX: '/bin/false' })).not.toBe(before);
});

describe('the packages that a build needs', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const all = (name: 'apt-get' | 'dnf' | 'apk') => {
    const { install, compiler, make, cmake, blas } = MANAGERS[name]!;
    return `${install} ${compiler} ${make} ${cmake} ${blas}`;
  };

  test('are named once: what people read says what native/packages.cjs says', () => {
    const told = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
    for (const name of ['apt-get', 'dnf', 'apk'] as const) {
      expect(told('docs/installing.md')).toContain(`\`${all(name)}\``);
      expect(told('src/backend/native/steps-to-native.ts')).toContain(all(name));
    }
    expect(told('README.md')).toContain(`\`${all('apt-get')}\``);
    expect(told('docs/backends.md')).toContain(`\`${all('apt-get')}\``);
  });

  test('are told by system, for one part or several', () => {
    expect(whereFrom('compiler')).toBe(
      'Debian and Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++; Alpine: apk add g++',
    );
    expect(whereFrom('make', 'blas')).toMatch(/^Debian and Ubuntu: apt-get install make libopenblas-dev; /);
  });
});
