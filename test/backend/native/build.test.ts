/** What is said when the addon cannot be built. */

import { expect, test } from 'vitest';
import { buildAddon } from '../../../scripts/build-addon.mjs';
import { reasonOf, remedyFor } from '../../../scripts/lib/build-failure.mjs';

test('the sentence of our own build files comes through whole, however CMake breaks it', () => {
  const said = `-- Configuring
CMake Error at native/blas.cmake:33 (message):
  zerokara: OpenBLAS was not found; install it (Debian and Ubuntu: apt-get
  install libopenblas-dev; Fedora: dnf install openblas-devel; Alpine: apk
  add openblas-dev) or set OPENBLAS_HOME to its folder.
Call Stack (most recent call first):
  CMakeLists.txt:85 (include)


-- Configuring incomplete, errors occurred!
`;
  expect(reasonOf(said)).toBe(
    'OpenBLAS was not found; install it (Debian and Ubuntu: apt-get install libopenblas-dev; Fedora: dnf install openblas-devel; Alpine: apk add openblas-dev) or set OPENBLAS_HOME to its folder',
  );
  expect(reasonOf('gyp info\nzerokara: OpenBLAS was not found; do this.\ngyp: Call to node failed\n')).toBe(
    'OpenBLAS was not found; do this',
  );
});

test('FOUND H: on a system of 32 bits, where sizes could overflow, the compiler refuses, with the reason', () => {
  const said = `[ 11%] Building CXX object native/bindings/arguments.cc.o
/tmp/native/bindings/arguments.h:24:36: error: static assertion failed: zerokara: the addon needs a 64-bit system; m * n could overflow.
   24 | static_assert(sizeof(std::size_t) >= 8, "zerokara: …");
`;
  expect(reasonOf(said)).toBe('the addon needs a 64-bit system; m * n could overflow');
});

test.each([
  ['CMake Error: No CMAKE_CXX_COMPILER could be found.', 'no working C++ compiler was found'],
  [
    '  The C++ compiler "/bin/false" is not able to compile a simple test program.',
    'no working C++ compiler was found',
  ],
  ['ERROR OMG C++ Compiler toolset is not available.', 'no working C++ compiler was found'],
  ['make: g++: No such file or directory', 'no working C++ compiler was found'],
  ['gyp ERR! stack Error: not found: make', 'make was not found'],
  [
    'CMake was unable to find a build program corresponding to "Unix Makefiles".\nCMAKE_CXX_COMPILER not set, after EnableLanguage',
    'make was not found',
  ],
  [
    "gyp info find Python using Python version 3.11.7\nin GetCompilerPredefines\nFileNotFoundError: [Errno 2] No such file or directory: '/nowhere/g++'",
    'no working C++ compiler was found',
  ],
  ['gyp ERR! find Python You need to install Python', 'CMake was not found, and node-gyp needs Python'],
  ['addon.cc:3:1: error: expected ;', 'the build failed: addon.cc:3:1: error: expected ;'],
  [
    '-- zerokara: linking /usr/lib/libopenblas.so\nkernels.cc:1: error: bad',
    'the build failed: kernels.cc:1: error: bad',
  ],
  ['something\nelse\n', 'the build failed: else'],
  ['', 'the build tool failed without a word'],
])('%j means: %s', (said, reason) => {
  expect(reasonOf(said)).toBe(reason);
});

test.each([
  ['no working C++ compiler was found', /^Install one \(Debian and Ubuntu: apt-get install g\+\+;/],
  ['make was not found', /^Install it \(Debian and Ubuntu: apt-get install make;/],
  ['CMake was not found, and node-gyp needs Python', /^Install CMake \(Debian and Ubuntu: apt-get install cmake;/],
  ['neither CMake nor node-gyp was found', /^Install CMake /],
  ['the folder of the package, /a, cannot be written to', /^Build as a user who may write there$/],
  ['OpenBLAS was not found; install it (…)', undefined],
  ['the build failed: error', undefined],
])('what to do when %s', (reason, remedy) => {
  if (remedy === undefined) expect(remedyFor(reason)).toBeUndefined();
  else expect(remedyFor(reason)).toMatch(remedy);
});

test('an unknown way to build is named', async () => {
  expect(await buildAddon({ with: 'meson' as 'cmake', quiet: true })).toEqual({
    ok: false,
    method: 'meson',
    reason: 'there is no way to build with "meson"; known are cmake and gyp',
  });
});
