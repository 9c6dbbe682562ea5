#!/usr/bin/env node
/**
 * Are the types right for those who use the package?
 *
 * - The programs of test/types, as a user would have them: against the packed package, as CommonJS and as ES modules,
 *   strict and with exactOptionalPropertyTypes. They are run too, except `wrong-*`, which hold what must not compile: all
 *   as ES modules, and those that no page shows as CommonJS. test/pages.test.ts and test/readme.test.ts run the others as
 *   CommonJS; `--both` does it here as well.
 * - The declarations alone, without the types of Node or a browser, by the oldest and the newest TypeScript that count,
 *   under every kind of module resolution (`--all`; it installs the compilers once below .bootstrap/).
 * - Sources, tests, scripts and pages, as `npm run typecheck` checks them, by the newest compiler, which takes a third of the time
 *   (`--sources`).
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { packTarball, unpack } from './lib/pack.mjs';

const root = path.resolve(import.meta.dirname, '..');
const place = path.join(root, '.bootstrap', 'types');
const STRICT = { strict: true, exactOptionalPropertyTypes: true, target: 'ES2022', lib: ['ES2023'] };
const COMPILERS = { 4.9: '4.9.5', '5.0': '5.0.4', 5.4: '5.4.5', '7.0': '7.0.2' };
const NEWEST = '7.0';

let failures = 0;
/** Prints one line a check; the whole output of a failed one. */
function report(name, { status, stdout, stderr }) {
  if (status !== 0) failures += 1;
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}${status === 0 ? '' : `\n${stdout}${stderr}`}`);
  return status === 0;
}

/** Runs a script of Node. @returns {Promise<{ status: number | null, stdout: string, stderr: string }>} */
function node(args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { timeout: 300_000, ...options });
    const said = { stdout: '', stderr: '' };
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8').on('data', (text) => {
        said[name] += text;
      });
    }
    child.on('error', ({ message }) => resolve({ status: null, stdout: '', stderr: message }));
    child.on('close', (status) => resolve({ status, ...said }));
  });
}

const tsc = (compiler, project) => node([compiler, '-p', project]);

/** Does a task for each item, as many at a time as there are cores. */
async function forAll(items, task) {
  const left = [...items];
  const work = async () => {
    while (left.length > 0) await task(left.shift());
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
}

/** A project that has the package installed, with the sources given. */
function project(name, type, sources) {
  const folder = path.join(place, name);
  fs.mkdirSync(folder, { recursive: true });
  unpack(tarball, folder);
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, private: true, type }));
  for (const [file, text] of Object.entries(sources)) fs.writeFileSync(path.join(folder, file), text);
  return folder;
}

/** @returns {string} the path of a tsconfig in the folder, of the sources in it */
function configure(folder, compilerOptions, file = 'tsconfig.json') {
  const config = path.join(folder, file);
  fs.writeFileSync(config, JSON.stringify({ compilerOptions, include: ['*.ts', '*.mts'] }));
  return config;
}

/** Runs last: it loads the model that tutorial-train.ts saves. */
const SERVICE = 'tutorial-service.ts';

/** The programs that pages show. */
function programsOfPages() {
  const pages = fs.readdirSync(path.join(root, 'docs')).filter((file) => file.endsWith('.md'));
  const text = pages.map((page) => fs.readFileSync(path.join(root, 'docs', page), 'utf8')).join('\n');
  return [...text.matchAll(/^<!-- program: ([\w-]+) -->$/gm)].map(([, name]) => `${name}.ts`);
}

async function checkPrograms() {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const programs = fs.readdirSync(path.join(root, 'test/types')).filter((file) => file.endsWith('.ts'));
  const runnable = programs.filter((program) => !program.startsWith('wrong-') && program !== SERVICE);
  const onPages = process.argv.includes('--both') ? [] : programsOfPages();
  const sources = Object.fromEntries(
    programs.map((file) => [file, fs.readFileSync(path.join(root, 'test/types', file), 'utf8')]),
  );
  // moduleDetection: a program without imports is still a module, not a script that shares its names with the others.
  const options = { ...STRICT, module: 'nodenext', types: ['node'], outDir: 'out', moduleDetection: 'force' };
  const kinds = [
    { name: 'CommonJS', type: 'commonjs', runs: runnable.filter((file) => !onPages.includes(file)) },
    { name: 'ES modules', type: 'module', runs: [...runnable, SERVICE] },
  ];
  await forAll(kinds, async (kind) => {
    kind.folder = project(kind.type, kind.type, sources);
    const compiled = report(`programs compile as ${kind.name}`, await tsc(compiler, configure(kind.folder, options)));
    if (!compiled) kind.runs = [];
  });
  const run = async ({ file, name, folder }) => {
    const script = path.join(folder, 'out', file.replace(/\.ts$/, '.js'));
    report(`${file} runs as ${name}`, await node([script], { cwd: folder }));
  };
  const runs = kinds.flatMap(({ name, folder, runs }) => runs.map((file) => ({ file, name, folder })));
  await forAll(
    runs.filter(({ file }) => file !== SERVICE),
    run,
  );
  for (const last of runs.filter(({ file }) => file === SERVICE)) await run(last);
}

async function checkDeclarations() {
  const source =
    "import * as library from 'zerokara';\nimport * as backend from 'zerokara/backend';\n" +
    "import * as report from 'zerokara/report';\n" +
    'export const names: string[] = [library, backend, report].flatMap((part) => Object.keys(part));\n' +
    'export const net: library.TwoLayerNet = new library.TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2 });\n';
  const at = project('declarations', 'commonjs', { 'a.ts': source, 'b.mts': source });
  const checks = Object.entries(installCompilers()).flatMap(([name, folder]) =>
    ['node16', 'nodenext', 'bundler']
      .filter((resolution) => resolution !== 'bundler' || !name.startsWith('4.')) // came with 5.0
      // The newest tells it from node16; before 5.8 they were two names for the same.
      .filter((resolution) => resolution !== 'nodenext' || name === NEWEST)
      .map((resolution) => ({ name, folder, resolution })),
  );
  await forAll(checks, async ({ name, folder, resolution }) => {
    const module = resolution === 'bundler' ? 'esnext' : resolution;
    const lib = name.startsWith('4.') || name === '5.0' ? ['ES2022'] : ['ES2023'];
    const options = { ...STRICT, lib, module, moduleResolution: resolution, types: [], noEmit: true };
    const config = configure(at, options, `tsconfig-${name}-${resolution}.json`);
    report(`declarations under TypeScript ${name}, ${resolution}`, await tsc(path.join(folder, 'bin/tsc'), config));
  });
}

async function checkSources() {
  const compiler = path.join(installCompilers()[NEWEST], 'bin/tsc');
  for (const config of ['tsconfig.json', 'tsconfig.scripts.json', 'tsconfig.web.json'])
    report(`${config} under TypeScript ${NEWEST}`, await tsc(compiler, path.join(root, config)));
}

/** @returns {Record<string, string>} the folder of each compiler */
function installCompilers() {
  const at = path.join(root, '.bootstrap', 'typescripts');
  const alias = (name) => `typescript-${name}`;
  const wanted = { private: true, dependencies: {} };
  for (const [name, version] of Object.entries(COMPILERS))
    wanted.dependencies[alias(name)] = `npm:typescript@${version}`;
  const manifest = JSON.stringify(wanted, null, 2);
  const file = path.join(at, 'package.json');
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== manifest) {
    fs.rmSync(at, { recursive: true, force: true });
    fs.mkdirSync(at, { recursive: true });
    fs.writeFileSync(file, manifest);
    const options = ['--include=optional', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];
    const run = spawnSync('npm', ['install', ...options], { cwd: at, encoding: 'utf8' });
    if (run.status !== 0) {
      fs.rmSync(at, { recursive: true });
      throw new Error(`npm install of the compilers failed\n${run.stderr}`);
    }
  }
  return Object.fromEntries(Object.keys(COMPILERS).map((name) => [name, path.join(at, 'node_modules', alias(name))]));
}

fs.rmSync(place, { recursive: true, force: true });
const tarball = packTarball(root, place);
await checkPrograms();
if (process.argv.includes('--all')) await checkDeclarations();
if (process.argv.includes('--sources')) await checkSources();
console.log(failures === 0 ? 'types: all as they should be' : `types: ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
