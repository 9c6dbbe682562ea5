#!/usr/bin/env node
/** Builds the pages of web/ into dist/web, static files that any server can hand out, and prints their sizes. */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleWeb, WEB } from './lib/bundle-web.mjs';

const root = path.resolve(import.meta.dirname, '..');
try {
  fs.rmSync(path.join(root, WEB), { recursive: true, force: true });
  for (const file of (await bundleWeb(root)).sort()) {
    const bytes = fs.readFileSync(path.join(root, file));
    const [size, packed] = [bytes.length, gzipSync(bytes).length].map((n) => `${(n / 1000).toFixed(1)} kB`);
    console.log(`${file}  ${size}, ${packed} gzipped`);
  }
} catch (error) {
  console.error(`build-web: ${error.message}`);
  process.exitCode = 1;
}
