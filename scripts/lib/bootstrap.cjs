/**
 * The steps from a fresh clone to one that runs: packages by lockfile, library, addon.
 *
 * A step whose inputs did not change since its last success is skipped, so a second start costs a fraction of a second.
 * Packages and library are needed: the run fails without them. The addon, built beside the library, is wanted: without it the library computes
 * more slowly, so its failure is one line with the remedy, unless REQUIRE_NATIVE=1 asks for more.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { packagesAreInstalled, installCommand } = require('./packages.cjs');
const { ADDON_INPUTS, DIST_INPUTS, hashOf, readStamp, writeStamp } = require('./stamp.cjs');
const { inspectSystem, packagesToInstall, systemRemedy, fingerprint } = require('./system.cjs');

const ADDON = 'build/Release/zerokara.node';

/** Sets process.exitCode; `force` builds library and addon also when nothing changed. */
async function run({ root, force = false }) {
  process.exitCode = await bootstrap({
    root,
    force,
    env: process.env,
    system: () => inspectSystem(process.env),
    say: (line) => console.log(line),
    complain: (line) => console.error(line),
    ...tools(root, process.env),
  });
}

/** @returns {Promise<number>} the exit code */
async function bootstrap(context) {
  const stamp = readStamp(context.root);
  // Side by side: the compiler of TypeScript takes one core, and the addon's end waits for its longest file.
  const [done, native] = preparePackages(context)
    ? await Promise.all([prepareDist(context, stamp), prepareAddon(context, stamp)])
    : [false, false];
  writeStamp(context.root, stamp);
  return done && (native || context.env.REQUIRE_NATIVE !== '1') ? 0 : 1;
}

function preparePackages({ root, say, complain, installPackages }) {
  if (packagesAreInstalled(root)) return true;
  say('bootstrap: installing packages by lockfile (npm ci)');
  const failure = installPackages();
  if (failure === undefined) return true;
  complain(`bootstrap: npm ci failed; the lockfile's packages are needed once, with the registry in reach\n${failure}`);
  return false;
}

async function prepareDist({ root, force, say, complain, buildDist }, stamp) {
  const inputs = hashOf(root, DIST_INPUTS);
  if (!force && stamp.dist === inputs && fs.existsSync(path.join(root, 'dist/index.js'))) return true;
  say('bootstrap: building the library');
  const failure = await buildDist();
  if (failure === undefined) stamp.dist = inputs;
  else complain(failure);
  return failure === undefined;
}

async function prepareAddon({ root, force, env, system, say, complain, ...tools }, stamp) {
  const inputs = hashOf(root, [...ADDON_INPUTS, ...buildScripts(root)], ['native/build']);
  const known = stamp.addon?.inputs === inputs && !force ? stamp.addon : undefined;
  if (known?.ok && fs.existsSync(path.join(root, ADDON)) && tools.addonLoads() === undefined) return true;

  // A failure is not tried again on every start, only when the tools it lacked have come, or when it must not fail.
  const found = system();
  if (known?.ok === false && known.tools === fingerprint(found, env) && env.REQUIRE_NATIVE !== '1') {
    complain(fallbackLine(known, found, env));
    return false;
  }
  const packages = packagesToInstall(found, env);
  if (packages.length > 0) {
    say(`bootstrap: installing system packages: ${packages.join(' ')}`);
    const failure = tools.installSystem(packages);
    if (failure !== undefined) complain(`bootstrap: apt-get could not install them: ${failure}`);
  }
  say('bootstrap: building the addon');
  const { ok, reason, remedy } = await tools.buildAddon();
  const after = system();
  stamp.addon = { inputs, ok, reason, remedy, tools: fingerprint(after, env) };
  if (!ok) complain(fallbackLine(stamp.addon, after, env));
  return ok;
}

/** The parts of build-addon.mjs. */
function buildScripts(root) {
  const names = fs.existsSync(path.join(root, 'scripts/lib')) ? fs.readdirSync(path.join(root, 'scripts/lib')) : [];
  return names.filter((name) => name.startsWith('build-')).map((name) => `scripts/lib/${name}`);
}

/** The one line about a missing addon: why, what it means, what to do. */
function fallbackLine({ reason, remedy }, system, env) {
  // A compiler that was named is not replaced by installing another.
  const named =
    env.CXX && /compiler/.test(reason) ? `let CXX name a working compiler instead of ${env.CXX}` : undefined;
  const command = systemRemedy(system) ?? named ?? remedy;
  const next = command ? `${command}, then npm run build` : 'npm run build:addon shows what the compiler says';
  return `bootstrap: no native addon (${reason}); training uses a slower backend. To be native: ${next}`;
}

/** What the steps do to the world, apart from deciding. Each returns undefined or why it failed. */
function tools(root, env) {
  return {
    installPackages() {
      const { command, args, shell } = installCommand(root, env);
      return failureOf(spawnSync(command, args, { cwd: root, encoding: 'utf8', shell }));
    },
    async buildDist() {
      try {
        const { buildDist } = await import(pathToFileURL(path.join(root, 'scripts/build-dist.mjs')).href);
        await buildDist(root);
        return undefined;
      } catch (error) {
        return error.message;
      }
    },
    async buildAddon() {
      try {
        const { buildAddon } = await import(pathToFileURL(path.join(root, 'scripts/build-addon.mjs')).href);
        return await buildAddon({ quiet: true });
      } catch (error) {
        return { ok: false, reason: firstLine(error.message) };
      }
    },
    /** In a process of its own: a binary that crashes must not take the start with it. */
    addonLoads() {
      const script = 'process.dlopen({ exports: {} }, process.argv[1])';
      // An OpenBLAS without memory asks for it for ever (src/backend/native/address-space.ts).
      const patience = { timeout: 60_000, killSignal: /** @type {const} */ ('SIGKILL') };
      const run = spawnSync(process.execPath, ['-e', script, path.join(root, ADDON)], {
        encoding: 'utf8',
        ...patience,
      });
      if (run.status === 0) return undefined;
      const message = /Error: (.*)/.exec(run.stderr)?.[1] ?? `it ends with ${run.signal ?? run.status}`;
      return `the addon does not load: ${message}`;
    },
    installSystem(packages) {
      const options = [
        '-qq',
        '-o',
        'DPkg::Lock::Timeout=120',
        '-o',
        'Acquire::Retries=2',
        '-o',
        'Acquire::http::Timeout=20',
      ];
      const apt = (...args) =>
        spawnSync('apt-get', [...options, ...args], {
          encoding: 'utf8',
          env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
        });
      // One dead source among several fails the update, while the lists that did arrive may be all that is needed.
      const update = failureOf(apt('update'));
      const install = failureOf(apt('install', '-y', '--no-install-recommends', ...packages));
      return install && firstLine(update ?? install);
    },
  };
}

/** @param {import('node:child_process').SpawnSyncReturns<string>} run */
function failureOf({ status, error, stdout, stderr }) {
  if (status === 0) return undefined;
  const said = `${stderr ?? ''}${stdout ?? ''}`.trim();
  return said.slice(-2000) || error?.message || `exit code ${status}`;
}

const firstLine = (text) => text.trim().split('\n')[0];

module.exports = { run, bootstrap };
