/**
 * Finds OpenBLAS for binding.gyp and prints one fact about it; native/blas.cmake does the same for CMake.
 *
 * usage: node openblas.cjs include | library | name
 */
const fs = require('node:fs');
const path = require('node:path');

const MISSING =
  'zerokara: OpenBLAS was not found; install it (Debian and Ubuntu: apt-get install libopenblas-dev, Fedora: dnf install openblas-devel, Alpine: apk add openblas-dev) or name its folder by OPENBLAS_HOME.';

const { OPENBLAS_HOME, CONDA_PREFIX } = process.env;
const roots = [OPENBLAS_HOME, CONDA_PREFIX, '/usr', '/usr/local', '/opt/OpenBLAS'].filter(Boolean);
const triplet =
  { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu', arm: 'arm-linux-gnueabihf' }[process.arch] ?? '.';

/** The build with locks goes by several names, and comes before builds that may have none. */
const libraryFolders = ['openblas-pthread', '.', 'openblas'];
const libraryNames = ['libopenblasp.so', 'libopenblas.so', 'libopenblas.lib', 'openblas.lib'];

function firstExisting(bases, folders, names) {
  for (const base of bases) {
    for (const folder of folders) {
      for (const name of names) {
        const file = path.join(base, folder, name);
        if (fs.existsSync(file) && !fs.realpathSync(file).includes('openblas-serial')) return file;
      }
    }
  }
  return undefined;
}

const libraryBases = roots.flatMap((root) =>
  [`lib/${triplet}`, 'lib64', 'lib'].map((folder) => path.join(root, folder)),
);
const includeBases = roots.flatMap((root) =>
  [`include/${triplet}`, 'include'].map((folder) => path.join(root, folder)),
);
const library = firstExisting(libraryBases, libraryFolders, libraryNames);
const header = firstExisting(includeBases, ['openblas-pthread', '.', 'openblas'], ['openblas_config.h']);

if (library === undefined || header === undefined) {
  console.error(MISSING);
  process.exit(1);
}

const facts = {
  include: path.dirname(header),
  library,
  name: path.basename(fs.realpathSync(library)),
};
console.log(facts[process.argv[2]]);
