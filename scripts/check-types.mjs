#!/usr/bin/env node
/**
 * Are the types right for those who use the package?
 *
 * - The programs of test/types, as a user would have them: against the packed package, as CommonJS and as ES modules,
 *   strict and with exactOptionalPropertyTypes. They are run too, except `wrong-*`, which hold what must not compile.
 * - The declarations alone, without the types of Node or a browser, by the oldest and the newest TypeScript that count,
 *   under every kind of module resolution (`--all`; it installs the compilers once below .bootstrap/).
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packTarball, unpack } from './lib/pack.mjs';

const root = path.resolve(import.meta.dirname, '..');
const place = path.join(root, '.bootstrap', 'types');
const STRICT = { strict: true, exactOptionalPropertyTypes: true, target: 'ES2022', lib: ['ES2023'] };
const COMPILERS = { 4.9: '4.9.5', '5.0': '5.0.4', 5.4: '5.4.5', '7.0': '7.0.2' };

let failures = 0;
/** Prints one line a check; the whole output of a failed one. */
function report(name, { status, stdout, stderr }) {
  if (status !== 0) failures += 1;
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}${status === 0 ? '' : `\n${stdout}${stderr}`}`);
  return status === 0;
}

const tsc = (compiler, folder) => spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });

/** A project that has the package installed, with the sources given. */
function project(name, type, compilerOptions, sources) {
  const folder = path.join(place, name);
  fs.mkdirSync(folder, { recursive: true });
  unpack(tarball, folder);
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, private: true, type }));
  fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.mts'] }));
  for (const [file, text] of Object.entries(sources)) fs.writeFileSync(path.join(folder, file), text);
  return folder;
}

/** Runs last: it loads the model that tutorial-train.ts saves. */
const SERVICE = 'tutorial-service.ts';

function checkPrograms() {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const programs = fs.readdirSync(path.join(root, 'test/types')).filter((file) => file.endsWith('.ts'));
  const sources = Object.fromEntries(
    programs.map((file) => [file, fs.readFileSync(path.join(root, 'test/types', file), 'utf8')]),
  );
  // moduleDetection: a program without imports is still a module, not a script that shares its names with the others.
  const options = { ...STRICT, module: 'nodenext', types: ['node'], outDir: 'out', moduleDetection: 'force' };
  for (const [name, type] of [
    ['CommonJS', 'commonjs'],
    ['ES modules', 'module'],
  ]) {
    const folder = project(type, type, options, sources);
    if (!report(`programs compile as ${name}`, tsc(compiler, folder))) continue;
    // Some read a table that a clone has.
    fs.cpSync(path.join(root, 'examples/data'), path.join(folder, 'examples/data'), { recursive: true });
    const runnable = programs.filter((program) => !program.startsWith('wrong-') && program !== SERVICE);
    for (const file of [...runnable, SERVICE]) {
      const script = path.join(folder, 'out', file.replace(/\.ts$/, '.js'));
      const run = spawnSync(process.execPath, [script], { cwd: folder, encoding: 'utf8', timeout: 120_000 });
      report(`${file} runs as ${name}`, run);
    }
  }
}

function checkDeclarations() {
  const source =
    "import * as library from 'zerokara';\nimport * as backend from 'zerokara/backend';\n" +
    "import * as report from 'zerokara/report';\n" +
    'export const names: string[] = [library, backend, report].flatMap((part) => Object.keys(part));\n' +
    'export const net: library.TwoLayerNet = new library.TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2 });\n';
  for (const [name, folder] of Object.entries(installCompilers())) {
    for (const resolution of ['node16', 'nodenext', 'bundler']) {
      if (resolution === 'bundler' && name.startsWith('4.')) continue; // came with 5.0
      const module = resolution === 'bundler' ? 'esnext' : resolution;
      const lib = name.startsWith('4.') || name === '5.0' ? ['ES2022'] : ['ES2023'];
      const options = { ...STRICT, lib, module, moduleResolution: resolution, types: [], noEmit: true };
      const at = project(`declarations-${name}-${resolution}`, 'commonjs', options, {
        'a.ts': source,
        'b.mts': source,
      });
      report(`declarations under TypeScript ${name}, ${resolution}`, tsc(path.join(folder, 'bin/tsc'), at));
    }
  }
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
checkPrograms();
if (process.argv.includes('--all')) checkDeclarations();
console.log(failures === 0 ? 'types: all as they should be' : `types: ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
