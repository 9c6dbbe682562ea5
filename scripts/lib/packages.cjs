/** The packages of the lockfile: are they installed, and how to install them. */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * Whether node_modules holds what package-lock.json asks for, by npm's own record of what it installed.
 * Dates are not compared: a clone or a branch switch gives the lockfile a new one without changing it.
 */
function packagesAreInstalled(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const installed = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([where, { version, optional, link }]) => {
    if (where === '' || link) return true;
    const found = installed[where];
    // Optional packages are those for other platforms; npm records only the ones that fit.
    if (!found) return optional === true;
    return found.version === version && fs.existsSync(path.join(root, where, 'package.json'));
  });
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * The command that installs the lockfile, whatever the user's npm settings are: NODE_ENV=production or `omit` would
 * leave out the compiler.
 */
function installCommand(root, env) {
  const options = [
    '--include=dev',
    '--include=optional',
    '--package-lock',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  ];
  const cache = env.npm_config_cache ?? path.join(os.homedir(), '.npm');
  if (!canWriteIn(cache)) options.push('--cache', path.join(root, '.bootstrap', 'npm-cache'));
  // Under `npm start` the running npm is the one to use; npm_execpath may also name yarn or pnpm, which know no `ci`.
  const running = env.npm_execpath;
  return running && /npm-cli\.c?js$/.test(running)
    ? { command: process.execPath, args: [running, 'ci', ...options], shell: false }
    : { command: 'npm', args: ['ci', ...options], shell: process.platform === 'win32' };
}

/**
 * By trying it, in the nearest folder that exists: permissions and read-only disks show themselves only so. Nothing is
 * made on the way; mkdir with `recursive` never returns on file systems that answer ENOENT to it, such as /proc.
 */
function canWriteIn(folder) {
  let there = path.resolve(folder);
  while (!fs.existsSync(there)) there = path.dirname(there);
  const probe = path.join(there, `.probe-${process.pid}`);
  try {
    fs.writeFileSync(probe, '');
    fs.rmSync(probe);
    return true;
  } catch {
    return false;
  }
}

module.exports = { packagesAreInstalled, installCommand, canWriteIn };
