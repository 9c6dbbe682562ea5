#!/usr/bin/env node
/**
 * Installs the packed package beside each program of examples/drop-in and test/neighbours and runs it.
 *
 * usage: npm run test:neighbours [-- --only <name>]…
 *
 * The last line counts them. The programs' own packages (fastify, esbuild, jest, webpack …) come from the npm registry, by
 * their lockfiles where they have one.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { NEIGHBOURS } from './lib/neighbours.mjs';
import { packTarball } from './lib/pack.mjs';

const root = path.resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const unknown = (values.only ?? []).filter((name) => !NEIGHBOURS.some((neighbour) => neighbour.name === name));
if (unknown.length > 0) {
  const names = NEIGHBOURS.map(({ name }) => name).join(', ');
  console.error(`test-neighbours: there is no ${unknown.join(', ')}; there are ${names}`);
  process.exit(1);
}
const chosen = NEIGHBOURS.filter(({ name }) => values.only === undefined || values.only.includes(name));

const place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara neighbours-')));
const tarball = packTarball(root, place);
// Nothing of the surroundings may choose a backend or the digits, or tell npm that it runs inside another one.
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|ZEROKARA_|MNIST_DIR|NODE_OPTIONS|NODE_PATH|VITEST)/.test(name),
  ),
);

let failed = 0;
for (const neighbour of chosen) {
  const started = Date.now();
  let said;
  try {
    said = await neighbour.run(install(neighbour));
  } catch (error) {
    failed += 1;
    said = `FAIL\n${error.message}`;
  }
  console.log(
    `${said.startsWith('FAIL') ? '' : 'ok   '}${neighbour.name}: ${said} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
}
fs.rmSync(place, { recursive: true, force: true });
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** A copy of the program in a folder of its own, with its packages. */
function install({ name, folder: source }) {
  const folder = path.join(place, name);
  fs.cpSync(path.join(root, source), folder, {
    recursive: true,
    filter: (file) => path.basename(file) !== 'node_modules',
  });
  const elsewhere = fs.mkdtempSync(path.join(place, 'elsewhere-'));
  const say = (command, args, options = {}) => {
    const run = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', timeout: 300_000, ...options });
    if (run.status === 0) return run.stdout.trim();
    throw new Error(`${command} ${args.join(' ')} ends with ${run.status ?? run.signal}\n${run.stdout}${run.stderr}`);
  };
  say('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', tarball]);
  return { folder, say, elsewhere, tarball };
}
