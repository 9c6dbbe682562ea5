/**
 * What a build from source needs, and the packages of each system that bring it: the one place where they are named.
 *
 * usage: node packages.cjs compiler | make | cmake | blas … prints where each comes from, for blas.cmake
 */

/** @typedef {'compiler' | 'make' | 'cmake' | 'blas' | 'mpi'} Part */

/**
 * By package manager. macOS brings the BLAS (Accelerate) itself, and the compiler with Apple's command line tools.
 *
 * @type {Record<string, { system: string, install: string } & Partial<Record<Part, string>>>}
 */
const MANAGERS = {
  'apt-get': {
    system: 'Debian and Ubuntu',
    install: 'apt-get install',
    compiler: 'g++',
    make: 'make',
    cmake: 'cmake',
    blas: 'libopenblas-dev',
    mpi: 'libopenmpi-dev openmpi-bin',
  },
  dnf: {
    system: 'Fedora',
    install: 'dnf install',
    compiler: 'gcc-c++',
    make: 'make',
    cmake: 'cmake',
    blas: 'openblas-devel',
    mpi: 'openmpi-devel',
  },
  apk: {
    system: 'Alpine',
    install: 'apk add',
    compiler: 'g++',
    make: 'make',
    cmake: 'cmake',
    blas: 'openblas-dev',
    mpi: 'openmpi-dev openmpi',
  },
  brew: { system: 'macOS', install: 'brew install', cmake: 'cmake' },
};

/**
 * @param {...Part} parts
 * @returns {string} e.g. `Debian and Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++; Alpine: apk add g++`
 */
function whereFrom(...parts) {
  return ['apt-get', 'dnf', 'apk']
    .map((name) => MANAGERS[name])
    .map((manager) => `${manager.system}: ${manager.install} ${parts.map((part) => manager[part]).join(' ')}`)
    .join('; ');
}

module.exports = { MANAGERS, whereFrom };

if (require.main === module) console.log(whereFrom(.../** @type {Part[]} */ (process.argv.slice(2))));
