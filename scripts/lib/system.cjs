/** What the system offers for building the addon, and which command would supply the rest. */
const fs = require('node:fs');
const path = require('node:path');

/** For every package manager: the packages that bring a compiler, make, CMake and OpenBLAS, in this order. */
const MANAGERS = {
  'apt-get': { install: 'apt-get install -y', compiler: 'g++', make: 'make', cmake: 'cmake', blas: 'libopenblas-dev' },
  dnf: { install: 'dnf install -y', compiler: 'gcc-c++', make: 'make', cmake: 'cmake', blas: 'openblas-devel' },
  apk: { install: 'apk add', compiler: 'g++', make: 'make', cmake: 'cmake', blas: 'openblas-dev' },
  // The compiler comes with Apple's command line tools and the BLAS (Accelerate) with macOS.
  brew: { install: 'brew install', cmake: 'cmake' },
};

/**
 * @typedef {object} System
 * @property {string} platform as process.platform
 * @property {boolean} root whether packages may be installed without sudo
 * @property {string} osRelease the text of /etc/os-release
 * @property {(tool: string) => string | undefined} which the path of a program
 * @property {string | undefined} blas the path of an OpenBLAS to link with
 */

/** @returns {System} of this machine */
function inspectSystem(env) {
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    osRelease: readIfThere('/etc/os-release'),
    which: (tool) => which(tool, env),
    blas: findOpenBlas(env),
  };
}

/** @returns {('compiler' | 'make' | 'cmake' | 'blas')[]} what a build of the addon needs and the system lacks */
function missingParts(system) {
  /** @type {('compiler' | 'make' | 'cmake' | 'blas')[]} */
  const missing = [];
  if (!system.which('g++') && !system.which('c++')) missing.push('compiler');
  if (system.platform !== 'win32' && !system.which('make')) missing.push('make');
  if (!system.which('cmake')) missing.push('cmake');
  if (system.platform === 'linux' && !system.blas) missing.push('blas');
  return missing;
}

/** @returns {string[]} the packages that may be installed without asking: as root on Debian or Ubuntu, unless forbidden */
function packagesToInstall(system, env) {
  const debian = /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(system.osRelease);
  if (env.ZEROKARA_NO_SYSTEM_INSTALL === '1' || !system.root || !debian || !system.which('apt-get')) return [];
  return missingParts(system).map((part) => MANAGERS['apt-get'][part]);
}

/** @returns {string | undefined} one line that supplies what is missing; undefined when nothing is */
function systemRemedy(system) {
  const missing = missingParts(system);
  if (missing.length === 0) return undefined;
  if (system.platform === 'darwin' && missing.includes('compiler')) return 'xcode-select --install';
  const name = Object.keys(MANAGERS).find((manager) => system.which(manager));
  const packages = name ? missing.map((part) => MANAGERS[name][part]).filter((part) => part !== undefined) : [];
  if (packages.length === 0) {
    const words = { compiler: 'a C++17 compiler', make: 'make', cmake: 'CMake', blas: 'OpenBLAS with its headers' };
    return `install ${missing.map((part) => words[part]).join(', ')}`;
  }
  const sudo = system.root || name === 'brew' ? '' : 'sudo ';
  return `${sudo}${MANAGERS[name].install} ${packages.join(' ')}`;
}

/** What a failed build depended on: when it changes, another attempt is worth its time. */
function fingerprint(system, env) {
  const tools = ['g++', 'c++', 'clang++', 'make', 'ninja', 'cmake'].map((tool) => system.which(tool) ?? '');
  const wishes = ['CXX', 'CC', 'OPENBLAS_HOME', 'CONDA_PREFIX', 'CMAKE_PREFIX_PATH'].map((name) => env[name] ?? '');
  return [...tools, system.blas ?? '', ...wishes].join('\n');
}

function which(tool, env) {
  const names = process.platform === 'win32' ? [`${tool}.exe`, `${tool}.cmd`] : [tool];
  for (const folder of (env.PATH ?? '').split(path.delimiter).filter((part) => part !== ''))
    for (const name of names) if (isProgram(path.join(folder, name))) return path.join(folder, name);
  return undefined;
}

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Where the distributions put the library. Debian keeps its variants in folders of their own; only the pthread one
 * will do, since the serial one has no locks.
 */
function findOpenBlas(env) {
  const own = [env.OPENBLAS_HOME, env.CONDA_PREFIX].filter(Boolean).map((folder) => path.join(folder, 'lib'));
  const debian = listFolder('/usr/lib')
    .filter((name) => name.includes('-linux-'))
    .map((name) => `/usr/lib/${name}/openblas-pthread`);
  for (const folder of [...own, ...debian, '/usr/lib64', '/usr/lib', '/usr/local/lib', '/opt/OpenBLAS/lib']) {
    const file = listFolder(folder).find((name) => /^libopenblasp?\.(so|a)$/.test(name));
    if (file) return path.join(folder, file);
  }
  return undefined;
}

function listFolder(folder) {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

module.exports = { inspectSystem, missingParts, packagesToInstall, systemRemedy, fingerprint };
