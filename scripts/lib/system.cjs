/** What the system offers for building the addon, and which command would supply the rest. */
const fs = require('node:fs');
const path = require('node:path');
const { findOpenBlas } = require('../../native/openblas.cjs');
const { MANAGERS } = require('../../native/packages.cjs');

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
    blas: findOpenBlas(env)?.library,
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
  return packagesOf('apt-get', missingParts(system));
}

/** @returns {string | undefined} one line that supplies what is missing; undefined when nothing is */
function systemRemedy(system) {
  const missing = missingParts(system);
  if (missing.length === 0) return undefined;
  if (system.platform === 'darwin' && missing.includes('compiler')) return 'xcode-select --install';
  const name = Object.keys(MANAGERS).find((manager) => system.which(manager));
  const packages = name === undefined ? [] : packagesOf(name, missing);
  if (name === undefined || packages.length === 0) {
    const words = { compiler: 'a C++17 compiler', make: 'make', cmake: 'CMake', blas: 'OpenBLAS with its headers' };
    return `install ${missing.map((part) => words[part]).join(', ')}`;
  }
  const sudo = system.root || name === 'brew' ? '' : 'sudo ';
  // apk and brew do not ask.
  const unasked = name === 'apt-get' || name === 'dnf' ? ' -y' : '';
  return `${sudo}${MANAGERS[name].install}${unasked} ${packages.join(' ')}`;
}

/**
 * @param {string} manager
 * @param {import('../../native/packages.cjs').Part[]} parts
 * @returns {string[]} its packages for them; what the system brings itself has none
 */
function packagesOf(manager, parts) {
  return parts.flatMap((part) => MANAGERS[manager][part] ?? []);
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

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

module.exports = { inspectSystem, missingParts, packagesToInstall, systemRemedy, fingerprint };
