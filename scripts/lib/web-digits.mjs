/**
 * The digits that the playground trains on: 5,000 to learn from and 1,000 held out, of each class as many, in one small file.
 *
 * They come from the parts that `loadMnist` makes of the package mnist, always the same: a network trained in Node on the
 * package's training part has seen none of those that the page holds out.
 *
 * Layout: web/digits/packed-digits.ts, which reads it.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { sourceAliases } from './source-aliases.mjs';

const PIXELS = 784;
const CLASSES = 10;
const TRAIN = 5000;
const TEST = 1000;

/**
 * Writes the file, unless it is there and nothing that decides its contents is newer: it takes a second or two.
 *
 * @param {string} root the folder of package.json, src and node_modules
 * @param {string} file where it goes, relative to root
 */
export async function writeDigits(root, file) {
  const place = path.join(root, file);
  const written = fs.statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const makers = [
    fileURLToPath(import.meta.url),
    ...['mnist-package.ts', 'split.ts'].map((name) => path.join(root, 'src/data', name)),
  ];
  if (makers.every((maker) => fs.statSync(maker).mtimeMs < written)) return;
  fs.writeFileSync(place, await digitsFile(root));
}

/** @returns {Promise<Uint8Array>} the file, gzipped */
export async function digitsFile(root) {
  // Not by loadMnist, which prefers the files that MNIST_DIR names.
  const { findMnistPackage, readMnistPackage } = await loadSource(root, 'src/data/mnist-package.ts');
  const folder = findMnistPackage();
  if (folder === undefined) throw new Error('web-digits: the package mnist is not installed');
  const { train, test } = await readMnistPackage('web-digits', folder);
  return gzipSync(packDigits(chooseDigits(train, TRAIN), chooseDigits(test, TEST)), { level: 9 });
}

/** A module of the sources, so that it can be used before dist is built. */
async function loadSource(root, file) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    alias: sourceAliases(root, 'node'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  const module = { exports: {} };
  // Where it says that it is decides where it finds the package mnist.
  const place = path.join(root, file);
  const { text } = outputFiles[0];
  new Function('module', 'exports', 'require', '__filename', text)(module, module.exports, createRequire(place), place);
  return module.exports;
}

/** The first rows of each class, in turn: row i shows the digit i mod 10. They are in random order already. */
function chooseDigits(dataset, count) {
  const { x, labels } = dataset.toTensors({ normalize: false });
  /** @type {number[][]} */
  const rows = Array.from({ length: CLASSES }, () => []);
  labels.forEach((label, row) => {
    rows[label].push(row);
  });
  const chosen = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i++) {
    const row = rows[i % CLASSES][Math.floor(i / CLASSES)];
    if (row === undefined) throw new Error(`web-digits: the package mnist has too few of the digit ${i % CLASSES}`);
    chosen.set(x.data.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS);
  }
  return chosen;
}

/**
 * @param {Uint8Array} train 784 bytes for each digit; row i shows the digit i mod 10
 * @param {Uint8Array} test the same
 * @returns {Uint8Array} the file before it is gzipped, with the upper half of each byte, rounded
 */
export function packDigits(train, test) {
  const header = 8;
  const file = new Uint8Array(header + (train.length + test.length) / 2);
  const view = new DataView(file.buffer);
  view.setUint32(0, train.length / PIXELS, true);
  view.setUint32(4, test.length / PIXELS, true);
  let at = header;
  for (const pixels of [train, test]) {
    for (let i = 0; i < pixels.length; i += 2) file[at++] = (half(pixels[i]) << 4) | half(pixels[i + 1]);
  }
  return file;
}

/** 0 to 255 as the nearest of 16 steps. */
function half(byte) {
  return Math.round(byte / 17);
}
