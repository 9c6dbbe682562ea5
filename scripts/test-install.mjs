#!/usr/bin/env node
/**
 * Installs the packed package in every way of scripts/lib/install-rows.mjs and trains with it.
 *
 * usage: npm run test:install [-- --quick] [-- --row <name>]…
 *
 * A row passes when the installation and both programs end with 0, require and import give the same classes, the
 * backend is the expected one, XOR is learnt, and `zerokara doctor` runs. The last line counts them.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROWS } from './lib/install-rows.mjs';
import { installTools } from './lib/install-tools.mjs';
import { packTarball, unpack } from './lib/pack.mjs';
import { platformName } from './lib/platform.mjs';

const root = path.resolve(import.meta.dirname, '..');

const TRAINING = `
const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
const labels = [0, 1, 1, 0];
const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
const train = Dataset.from({ x, labels });
new Trainer(net, { train, epochs: 2000, optimizer: new SGD({ learningRate: 0.1 }) }).fitSync();
const { name, reason } = defaultBackend();
`;

const PROGRAMS = {
  'program.cjs': `const { Dataset, SGD, Trainer, TwoLayerNet, defaultBackend } = require('zerokara');${TRAINING}
console.log(JSON.stringify({ name, reason, accuracy: net.accuracy(x, labels) }));\n`,
  'program.mjs': `import { createRequire } from 'node:module';
import { Dataset, SGD, Trainer, TwoLayerNet, defaultBackend } from 'zerokara';
import * as backend from 'zerokara/backend';${TRAINING}
const required = createRequire(import.meta.url);
const same = required('zerokara').TwoLayerNet === TwoLayerNet && required('zerokara/backend').createBackend === backend.createBackend;
console.log(JSON.stringify({ name, reason, accuracy: net.accuracy(x, labels), same }));\n`,
};

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, row: { type: 'string', multiple: true }, keep: { type: 'boolean' } },
});
const rows = ROWS.filter((row) => (values.row ? values.row.includes(row.name) : !values.quick || row.quick));
const unknown = (values.row ?? []).filter((name) => !ROWS.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`test-install: no row ${unknown.join(', ')}; there are ${ROWS.map((row) => row.name).join(', ')}`);
  process.exit(1);
}

// The real path: macOS and some CI machines reach their temporary folder through a link, which pnpm resolves.
const place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-install-')));
const tarball = packTarball(root, place);
unpack(tarball, place);
const folder = path.join(place, 'node_modules', 'zerokara');
fs.renameSync(folder, path.join(place, 'package'));
fs.rmSync(path.join(place, 'node_modules'), { recursive: true });
const pack = path.join(place, 'package');
if (!fs.existsSync(path.join(pack, 'prebuilds', platformName(), 'zerokara.node'))) {
  console.error(`test-install: the package has no binary for ${platformName()}; npm run prebuild makes it`);
  process.exit(1);
}
const fallback = fs.existsSync(path.join(pack, 'dist/backend/wasm')) ? 'wasm' : 'js';

const needsTools = rows.some((row) => row.node || ['npm-12', 'pnpm'].includes(row.name));
const tools = {
  ...(needsTools ? installTools(root) : {}),
  node: process.execPath,
  npm: npmScript(),
  tarball,
  folder: pack,
};

let failed = 0;
for (const row of rows) {
  const started = Date.now();
  const result = tryRow(row);
  const ok = typeof result !== 'string';
  if (!ok) failed += 1;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(
    `${ok ? 'ok  ' : 'FAIL'} ${row.name.padEnd(16)} ${ok ? `${result.name}, Node ${result.node}` : result} (${seconds} s)`,
  );
}
if (values.keep) console.log(`kept: ${place}`);
else fs.rmSync(place, { recursive: true, force: true });
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** @returns {string | { name: string, node: string }} what went wrong, or the backend and the Node that trained */
function tryRow(row) {
  const project = path.join(place, 'projects', row.project ?? row.name);
  fs.mkdirSync(project, { recursive: true });
  fs.writeFileSync(path.join(project, 'package.json'), JSON.stringify({ name: 'project', private: true }));
  for (const [file, text] of Object.entries(PROGRAMS)) fs.writeFileSync(path.join(project, file), text);
  const env = environment(row);
  const run = (...words) => {
    const { command, args } = hidden(row, words);
    return spawnSync(command, args, { cwd: project, env, encoding: 'utf8', timeout: 300_000 });
  };

  const install = run(...row.install(tools));
  if (install.status !== 0) return `installation ends with ${install.status}: ${install.stderr}${install.stdout}`;
  const installed = path.join(project, 'node_modules', 'zerokara');
  // A linked package is shared by the rows, so a row may only change a copy.
  if (row.change) row.change(fs.realpathSync(installed));

  const node = tools[row.node ?? 'node'];
  const expected = row.expect === 'native' ? 'native' : fallback;
  const zerokara = (...args) =>
    run(node, ...(row.nodeArgs ?? []), path.join(installed, 'dist/cli/zerokara.js'), ...args);
  if (row.command) {
    const result = zerokara(...row.command);
    if (result.status !== 0) return `zerokara ${row.command.join(' ')} ends with ${result.status}: ${result.stderr}`;
  }
  let backend;
  for (const file of Object.keys(PROGRAMS)) {
    const program = run(node, ...(row.nodeArgs ?? []), file);
    if (program.status !== 0) return `${file} ends with ${program.status ?? program.signal}: ${program.stderr}`;
    const said = JSON.parse(program.stdout);
    if (said.name !== expected) return `${file} runs on ${said.name} instead of ${expected} (${said.reason})`;
    if (said.accuracy !== 1) return `${file} reaches accuracy ${said.accuracy} instead of 1`;
    if (said.same === false) return `${file} gets other classes by import than by require`;
    backend = said.name;
  }
  const doctor = zerokara('doctor');
  if (doctor.status !== 0) return `zerokara doctor ends with ${doctor.status}: ${doctor.stderr}`;
  if (!doctor.stdout.includes(backend)) return `zerokara doctor does not name the backend ${backend}: ${doctor.stdout}`;
  return { name: backend, node: run(node, '-p', 'process.versions.node').stdout.trim() };
}

/** A fresh user: a home of its own, no settings of the npm that runs this, nothing that chooses a backend. */
function environment(row) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|pnpm_|ZEROKARA_|REQUIRE_NATIVE|NODE_OPTIONS|NODE_PATH|VITEST)/i.test(name),
    ),
  );
  const home = path.join(place, 'home');
  Object.assign(env, { HOME: home, CI: 'true' });
  fs.mkdirSync(home, { recursive: true });
  if (row.barePath) {
    env.PATH = path.join(place, 'bare');
    fs.mkdirSync(env.PATH, { recursive: true });
    if (!fs.existsSync(path.join(env.PATH, 'node'))) fs.symlinkSync(process.execPath, path.join(env.PATH, 'node'));
  }
  return env;
}

/** The command, in a view of the file system where OpenBLAS's folders are empty if the row asks for it. */
function hidden(row, words) {
  const [command, ...args] = words;
  if (!row.withoutOpenBlas) return { command, args };
  const hide =
    'for d in /usr/lib/*/openblas* /usr/lib64/openblas*; do [ -d "$d" ] && mount -t tmpfs none "$d"; done; exec "$@"';
  return { command: 'unshare', args: ['--mount', '--map-root-user', 'sh', '-c', hide, 'sh', command, ...args] };
}

/** The script of the npm in use; started by path, because a row's PATH may not lead to it. */
function npmScript() {
  const running = process.env.npm_execpath;
  if (running && /npm-cli\.c?js$/.test(running)) return running;
  const prefix = path.dirname(fs.realpathSync(process.execPath));
  const places = [
    path.join(prefix, '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(prefix, 'node_modules/npm/bin/npm-cli.js'),
  ];
  const found = places.find((file) => fs.existsSync(file));
  if (!found) throw new Error('test-install: npm is not where Node has it; start this by npm run test:install');
  return found;
}
