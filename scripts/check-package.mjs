#!/usr/bin/env node
/**
 * Is the packed package well formed? publint and @arethetypeswrong/cli on the tarball, what it must and must not hold,
 * its size without prebuilds/, and what a page has to load of it.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packTarball, unpack } from './lib/pack.mjs';
import { complaintsAboutContents, LARGEST, measureContents } from './lib/package-contents.mjs';
import { complaintsAboutModule, pageSizes } from './lib/page-rules.mjs';

const root = path.resolve(import.meta.dirname, '..');
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-package-'));
let failures = 0;

function report(name, complaint) {
  if (complaint !== '') failures += 1;
  console.log(`${complaint === '' ? 'ok  ' : 'FAIL'} ${name}${complaint === '' ? '' : `\n${complaint}`}`);
}

function tool(name, ...args) {
  const { bin } = JSON.parse(fs.readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8'));
  const script = path.join(root, 'node_modules', name, typeof bin === 'string' ? bin : Object.values(bin)[0]);
  const run = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });
  report(name, run.status === 0 ? '' : `${run.stdout}${run.stderr}`);
}

const tarball = packTarball(root, place);
unpack(tarball, place);
tool('publint', 'run', tarball, '--strict');
tool('@arethetypeswrong/cli', tarball);
const installed = path.join(place, 'node_modules', 'zerokara');
const { files, size } = measureContents(installed);
const megabytes = `${(size / 1e6).toFixed(2)} MB (at most ${LARGEST / 1e6})`;
report(`contents: ${files} files, ${megabytes}`, complaintsAboutContents(installed).join('\n'));
const oneFile = fs.readFileSync(path.join(installed, 'dist/browser/zerokara.min.mjs'), 'utf8');
report('the file for a script tag', (await complaintsAboutModule(oneFile)).join('\n'));
const { line, complaints } = await pageSizes(place);
report(`a page loads, gzipped: ${line}`, complaints.join('\n'));
fs.rmSync(place, { recursive: true });
process.exitCode = failures === 0 ? 0 : 1;
