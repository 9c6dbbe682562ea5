/**
 * Finds the system's OpenBLAS: for binding.gyp, which asks for one fact about it, and for scripts/. native/blas.cmake does
 * the same for CMake.
 *
 * usage: node openblas.cjs include | library | name
 */
const fs = require('node:fs');
const path = require('node:path');
const { whereFrom } = require('./packages.cjs');

const MISSING = `zerokara: OpenBLAS was not found; install it (${whereFrom('blas')}) or set OPENBLAS_HOME to its folder.`;

const TRIPLETS = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu', arm: 'arm-linux-gnueabihf' };

/** The build with locks goes by several names, and comes before builds that may have none. */
const FOLDERS = ['openblas-pthread', '.', 'openblas'];
const LIBRARIES = ['libopenblasp.so', 'libopenblas.so', 'libopenblas.lib', 'openblas.lib'];

/**
 * @param {NodeJS.ProcessEnv} [env] OPENBLAS_HOME and CONDA_PREFIX are looked at first
 * @returns {{ library: string, include: string, name: string } | undefined} a file, the folder of its headers, and the
 *   name by which the loader knows it
 */
function findOpenBlas({ OPENBLAS_HOME, CONDA_PREFIX } = process.env) {
  const triplet = TRIPLETS[process.arch] ?? '.';
  const roots = [OPENBLAS_HOME, CONDA_PREFIX, '/usr', '/usr/local', '/opt/OpenBLAS'].filter((root) => root);
  const below = (...folders) => roots.flatMap((root) => folders.map((folder) => path.join(root ?? '', folder)));
  const library = firstExisting(below(`lib/${triplet}`, 'lib64', 'lib'), LIBRARIES);
  const header = firstExisting(below(`include/${triplet}`, 'include'), ['openblas_config.h']);
  if (library === undefined || header === undefined) return undefined;
  return { library, include: path.dirname(header), name: path.basename(fs.realpathSync(library)) };
}

function firstExisting(bases, names) {
  for (const base of bases) {
    for (const folder of FOLDERS) {
      for (const name of names) {
        const file = path.join(base, folder, name);
        if (fs.existsSync(file) && !fs.realpathSync(file).includes('openblas-serial')) return file;
      }
    }
  }
  return undefined;
}

module.exports = { findOpenBlas };

if (require.main === module) {
  const found = findOpenBlas();
  if (found === undefined) {
    console.error(MISSING);
    process.exit(1);
  }
  console.log(found[process.argv[2]]);
}
