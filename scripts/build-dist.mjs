#!/usr/bin/env node
/**
 * Builds dist/ from src/: declarations by tsc, the library in a file or two with the packages that it uses beside them, its entries
 * for `require` and `import`, the command line program in one file, the library for pages, the pages of the playground, and the
 * headers that a later build of the addon in an installed copy needs.
 *
 * What an earlier build left and this one does not make is removed, so a renamed file cannot linger in the package.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBrowser } from './lib/browser-build.mjs';
import { bundleCli } from './lib/bundle-cli.mjs';
import { bundleLibrary } from './lib/bundle-library.mjs';
import { bundlePackages } from './lib/bundle-packages.mjs';
import { bundleWeb } from './lib/bundle-web.mjs';
import { writeEntries } from './lib/entries.mjs';
import { copyHeaders } from './lib/headers.mjs';
import { bundledFolders } from './lib/library-parts.mjs';
import { DIST_INPUTS, hashOf, readStamp, writeStamp } from './lib/stamp.cjs';

const require = createRequire(import.meta.url);

/**
 * @param {string} root the folder of package.json, tsconfig.build.json and src
 * @returns {Promise<string[]>} the files of dist, relative to root
 * @throws {Error} with the compiler's words when src does not compile
 */
export async function buildDist(root) {
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const declarations = declarationsOf(root, bundledFolders(root));
  await compile(root, declarations);
  const made = [
    ...declarations,
    // Before the entries, which load what they name.
    ...(await bundlePackages(root)),
    ...(await bundleLibrary(root)),
    ...writeEntries(root, manifest),
    ...(await bundleCli(root, manifest)),
    ...(await buildBrowser(root, manifest)),
    ...(await bundleWeb(root)),
    ...copyHeaders(root),
  ].map((file) => file.split(path.sep).join('/'));
  prune(root, new Set(made));
  return made.sort();
}

/** What tsc makes of src: a .d.ts for every .ts. */
function declarationsOf(root, bundled) {
  const sources = filesBelow(root, 'src').filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  return sources
    .filter((file) => !bundled.some((folder) => file.startsWith(folder + '/')))
    .map((file) => file.replace(/^src\//, 'dist/').replace(/\.ts$/, '.d.ts'));
}

async function compile(root, expected) {
  const record = path.join(root, '.bootstrap', 'dist.tsbuildinfo');
  // An incremental tsc believes its record and writes nothing for unchanged sources, also when dist was deleted since.
  if (!expected.every((file) => fs.existsSync(path.join(root, file)))) fs.rmSync(record, { force: true });
  const tsc = require.resolve('typescript/bin/tsc');
  const args = [
    tsc,
    '-p',
    'tsconfig.build.json',
    '--emitDeclarationOnly',
    '--incremental',
    '--tsBuildInfoFile',
    record,
  ];
  const said = [];
  const status = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text));
    child.on('error', reject).on('close', resolve);
  });
  if (status !== 0) throw new Error(`build-dist: src does not compile\n${said.join('')}`);
}

/** Removes what no step of this build made, then folders that became empty. */
function prune(root, made) {
  for (const file of filesBelow(root, 'dist')) if (!made.has(file)) fs.rmSync(path.join(root, file));
  removeEmptyFolders(path.join(root, 'dist'));
}

function removeEmptyFolders(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmptyFolders(path.join(folder, entry.name));
  if (fs.readdirSync(folder).length === 0) fs.rmdirSync(folder);
}

/** Every file below root/folder, as paths relative to root with forward slashes, sorted. */
function filesBelow(root, folder) {
  if (!fs.existsSync(path.join(root, folder))) return [];
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const root = path.resolve(import.meta.dirname ?? path.dirname(fileURLToPath(import.meta.url)), '..');
    const inputs = hashOf(root, DIST_INPUTS); // before: what changes meanwhile is not in it
    await buildDist(root);
    writeStamp(root, { ...readStamp(root), dist: inputs });
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
