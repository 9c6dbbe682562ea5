import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const project = path.resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const { bootstrap } = require('../../scripts/lib/bootstrap.cjs');
const { packagesAreInstalled, installCommand, canWriteIn } = require('../../scripts/lib/packages.cjs');
const { hashOf } = require('../../scripts/lib/stamp.cjs');

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'bootstrap-'));
  put('package-lock.json', lockfile({ esbuild: '1.0.0' }));
  put('src/index.ts', 'export const a = 1;\n');
  put('native/addon.cc', '// the addon\n');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function put(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), text);
}

function lockfile(versions: Record<string, string>, rest: Record<string, object> = {}): string {
  const packages = Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]);
  return JSON.stringify({ packages: { '': { name: 'zerokara' }, ...Object.fromEntries(packages), ...rest } });
}

function install(versions: Record<string, string>): void {
  put('node_modules/.package-lock.json', lockfile(versions));
  for (const name of Object.keys(versions)) put(`node_modules/${name}/package.json`, '{}');
}

/** A run against a world that records what was asked of it. */
function world(overrides: Record<string, unknown> = {}) {
  const said: string[] = [];
  const calls: string[] = [];
  const complete = ['g++', 'make', 'cmake', 'apt-get'];
  const context = {
    root,
    force: false,
    env: {} as Record<string, string>,
    has: complete,
    system: () => ({
      platform: 'linux',
      root: true,
      osRelease: 'ID=debian\n',
      which: (tool: string) => (context.has.includes(tool) ? `/usr/bin/${tool}` : undefined),
      blas: '/usr/lib/libopenblas.so',
    }),
    say: (line: string) => said.push(line),
    complain: (line: string) => said.push(line),
    installPackages: () => {
      calls.push('packages');
      install({ esbuild: '1.0.0' });
    },
    buildDist: async () => {
      calls.push('dist');
      put('dist/index.js', '');
    },
    buildAddon: async () => {
      calls.push('addon');
      put('build/Release/zerokara.node', '');
      return { ok: true, reason: '' };
    },
    addonLoads: () => undefined as string | undefined,
    installSystem: (packages: string[]) => {
      calls.push(`system ${packages.join(' ')}`);
      context.has = complete;
    },
    ...overrides,
  };
  return { context, said, calls };
}

const noCompiler = { buildAddon: async () => ({ ok: false, reason: 'the C++ compiler does not work' }) };

describe('bootstrap', () => {
  test('does all three steps in a fresh clone and none of them the second time, then silently', async () => {
    const first = world();
    expect(await bootstrap(first.context)).toBe(0);
    expect(first.calls).toEqual(['packages', 'dist', 'addon']);
    const second = world();
    expect(await bootstrap(second.context)).toBe(0);
    expect(second.calls).toEqual([]);
    expect(second.said).toEqual([]);
  });

  test('repeats only the step whose inputs changed', async () => {
    await bootstrap(world().context);
    put('src/index.ts', 'export const a = 2;\n');
    const library = world();
    await bootstrap(library.context);
    expect(library.calls).toEqual(['dist']);
    put('native/addon.cc', '// another addon\n');
    const addon = world();
    await bootstrap(addon.context);
    expect(addon.calls).toEqual(['addon']);
    put('native/build/Release/addon.o', '');
    const object = world();
    await bootstrap(object.context);
    expect(object.calls).toEqual([]);
  });

  test('repeats a step whose result was deleted or does not load any more', async () => {
    await bootstrap(world().context);
    fs.rmSync(path.join(root, 'dist'), { recursive: true });
    fs.rmSync(path.join(root, 'build'), { recursive: true });
    const deleted = world();
    await bootstrap(deleted.context);
    expect(deleted.calls).toEqual(['dist', 'addon']);
    const broken = world({ addonLoads: () => 'the addon does not load: libopenblas.so.0 is missing' });
    expect(await bootstrap(broken.context)).toBe(0);
    expect(broken.calls).toEqual(['addon']);
  });

  test('--force builds library and addon again, and leaves the packages', async () => {
    await bootstrap(world().context);
    const forced = world({ force: true });
    await bootstrap(forced.context);
    expect(forced.calls).toEqual(['dist', 'addon']);
  });

  test('goes on without an addon, in one line with the reason and the remedy, and does not try again', async () => {
    const first = world(noCompiler);
    expect(await bootstrap(first.context)).toBe(0);
    const line =
      'bootstrap: no native addon (the C++ compiler does not work); training uses a slower backend. ' +
      'To be native: npm run build:addon shows what the compiler says';
    expect(first.said.at(-1)).toBe(line);
    const second = world();
    expect(await bootstrap(second.context)).toBe(0);
    expect(second.calls).toEqual([]);
    expect(second.said).toEqual([line]);
  });

  test('passes on what the build advises, and blames a compiler that was named', async () => {
    const failed = {
      buildAddon: async () => ({ ok: false, reason: 'no working C++ compiler was found', remedy: 'Install one' }),
    };
    const advised = world(failed);
    await bootstrap(advised.context);
    expect(advised.said.at(-1)).toMatch(/To be native: Install one, then npm run build$/);
    const named = world({ ...failed, env: { CXX: '/bin/false' } });
    await bootstrap(named.context);
    expect(named.said.at(-1)).toMatch(
      /To be native: let CXX name a working compiler instead of \/bin\/false, then npm run build$/,
    );
  });

  test('tries a failed addon again when a tool has come', async () => {
    await bootstrap(world({ ...noCompiler, has: ['make'], env: { ZEROKARA_NO_SYSTEM_INSTALL: '1' } }).context);
    const later = world();
    expect(await bootstrap(later.context)).toBe(0);
    expect(later.calls).toEqual(['addon']);
  });

  test('REQUIRE_NATIVE=1 makes a missing addon a failure, also a remembered one', async () => {
    const env = { REQUIRE_NATIVE: '1' };
    expect(await bootstrap(world({ ...noCompiler, env }).context)).toBe(1);
    expect(await bootstrap(world({ ...noCompiler, env }).context)).toBe(1);
    expect(await bootstrap(world({ env }).context)).toBe(0);
  });

  test('installs the missing system packages first, says which, and survives their failure', async () => {
    const first = world({ has: ['apt-get', 'g++'] });
    expect(await bootstrap(first.context)).toBe(0);
    expect(first.calls).toEqual(['packages', 'dist', 'system make cmake', 'addon']);
    expect(first.said).toContain('bootstrap: installing system packages: make cmake');

    fs.rmSync(path.join(root, 'build'), { recursive: true });
    const offline = world({
      ...noCompiler,
      has: ['apt-get', 'make', 'cmake'],
      installSystem: () => 'E: Unable to locate package g++',
    });
    expect(await bootstrap(offline.context)).toBe(0);
    expect(offline.said.slice(-3)).toEqual([
      'bootstrap: apt-get could not install them: E: Unable to locate package g++',
      'bootstrap: building the addon',
      'bootstrap: no native addon (the C++ compiler does not work); training uses a slower backend. ' +
        'To be native: apt-get install -y g++, then npm run build',
    ]);
  });

  test('stops when the packages are not available, before anything is built', async () => {
    const offline = world({ installPackages: () => 'npm error code ENOTFOUND' });
    expect(await bootstrap(offline.context)).toBe(1);
    expect(offline.calls).toEqual([]);
    expect(offline.said.at(-1)).toBe(
      "bootstrap: npm ci failed; the lockfile's packages are needed once, with the registry in reach\nnpm error code ENOTFOUND",
    );
  });

  test('fails when the library does not compile, and tries that again next time', async () => {
    expect(await bootstrap(world({ buildDist: async () => 'src does not compile' }).context)).toBe(1);
    const next = world();
    expect(await bootstrap(next.context)).toBe(0);
    expect(next.calls).toEqual(['dist']);
  });

  test('works where its record cannot be kept', async () => {
    put('.bootstrap', 'a file in the way');
    expect(await bootstrap(world().context)).toBe(0);
  });

  test('refuses an old Node in one clear sentence', () => {
    const script = fs.readFileSync(path.join(project, 'scripts/bootstrap'), 'utf8').replace(/^#!.*\n/, '');
    const old = "Object.defineProperty(process.versions, 'node', { value: '18.19.0' });";
    const run = spawnSync(process.execPath, ['-e', old + script], { encoding: 'utf8' });
    expect(run.status).toBe(1);
    expect(run.stderr).toBe('zerokara needs Node 20 or newer; this is Node 18.19.0.\n');
  });
});

describe('the packages of the lockfile', () => {
  test('are installed when every one is there in its version, whatever the dates', () => {
    expect(packagesAreInstalled(root)).toBe(false);
    install({ esbuild: '1.0.0', extra: '3.0.0' });
    expect(packagesAreInstalled(root)).toBe(true);
    fs.utimesSync(path.join(root, 'package-lock.json'), new Date('2099-01-01'), new Date('2099-01-01'));
    expect(packagesAreInstalled(root)).toBe(true);
  });

  test('are not when one has another version, is missing or was deleted', () => {
    install({ esbuild: '0.9.0' });
    expect(packagesAreInstalled(root)).toBe(false);
    install({ esbuild: '1.0.0' });
    put('package-lock.json', lockfile({ esbuild: '1.0.0', vitest: '4.0.0' }));
    expect(packagesAreInstalled(root)).toBe(false);
    put('package-lock.json', lockfile({ esbuild: '1.0.0' }));
    fs.rmSync(path.join(root, 'node_modules/esbuild'), { recursive: true });
    expect(packagesAreInstalled(root)).toBe(false);
  });

  test('may lack optional ones of other platforms', () => {
    install({ esbuild: '1.0.0' });
    const optional = { 'node_modules/@esbuild/aix': { version: '1.0.0', optional: true } };
    put('package-lock.json', lockfile({ esbuild: '1.0.0' }, optional));
    expect(packagesAreInstalled(root)).toBe(true);
  });

  test('are all in the lockfile, those for other platforms too, as npm ci demands', () => {
    const { packages } = JSON.parse(fs.readFileSync(path.join(project, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(optional.length).toBeGreaterThan(20);
    expect(optional.filter((name) => !packages[`node_modules/${name}`])).toEqual([]);
  });

  test('are installed by the npm that runs, never by another package manager', () => {
    const npm = installCommand(root, { npm_execpath: '/usr/lib/npm/bin/npm-cli.js', npm_config_cache: root });
    expect([npm.command, ...npm.args.slice(0, 2)]).toEqual([process.execPath, '/usr/lib/npm/bin/npm-cli.js', 'ci']);
    const pnpm = installCommand(root, { npm_execpath: '/usr/lib/pnpm/bin/pnpm.cjs', npm_config_cache: root });
    expect([pnpm.command, pnpm.args[0]]).toEqual(['npm', 'ci']);
    expect(pnpm.args).toContain('--include=dev');
  });

  test('go through a cache of their own when the usual one cannot be written', () => {
    put('not-a-folder', '');
    const blocked = installCommand(root, { npm_config_cache: path.join(root, 'not-a-folder/npm') });
    expect(blocked.args.slice(-2)).toEqual(['--cache', path.join(root, '.bootstrap', 'npm-cache')]);
    expect(installCommand(root, { npm_config_cache: root }).args).not.toContain('--cache');
    expect(canWriteIn(path.join(root, 'not-a-folder'))).toBe(false);
    expect(canWriteIn(path.join(root, 'new/deep'))).toBe(true);
    expect(fs.existsSync(path.join(root, 'new'))).toBe(false);
  });

  test.skipIf(process.platform !== 'linux')('do not wait forever for a folder below /proc', () => {
    expect(canWriteIn('/proc/nowhere/.npm')).toBe(false);
  });
});

test('the hash of inputs follows names and contents, skips what is ignored, and takes absence for a state', () => {
  const before = hashOf(root, ['native', 'missing'], ['native/build']);
  put('native/build/a.o', 'object');
  expect(hashOf(root, ['native', 'missing'], ['native/build'])).toBe(before);
  fs.renameSync(path.join(root, 'native/addon.cc'), path.join(root, 'native/addon.cpp'));
  expect(hashOf(root, ['native', 'missing'], ['native/build'])).not.toBe(before);
});
