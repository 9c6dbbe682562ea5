// Builds assembly/ into src/backend/wasm/module.ts and relaxed-edits.ts, which are committed so that nobody needs the compiler
// to use them. The second is what to change in the first, so that sums of products fuse multiplication and
// addition: a kilobyte in place of a second module.
//
//   node scripts/build-wasm.mjs           builds and writes
//   node scripts/build-wasm.mjs --check   builds and compares; exit code 1 if a committed file is not what assembly/ gives
//
// record.json beside them has the hashes of what was compiled and of what came out, for a check without half a minute of
// compiling: scripts/lib/wasm-record.mjs.

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';
import { RECORD, recordOf } from './lib/wasm-record.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Compiles assembly/index.ts: no runtime, no imports but `log`. Warning 112 is about v128 in exports, of which there are none.
 * @param relaxed whether sums of products may fuse multiplication and addition
 */
async function compile(relaxed) {
  const options = ['assembly/index.ts', '--outFile', 'module.wasm', '--baseDir', root];
  const features = relaxed ? ['--enable', 'simd', '--enable', 'relaxed-simd'] : ['--enable', 'simd'];
  const flags = ['--runtime', 'stub', ...features, '-O3', '--noAssert', '--use', 'abort=', '--disableWarning', '112'];
  let binary;
  const { error, stderr } = await main([...options, ...flags], {
    writeFile(name, contents) {
      if (name.endsWith('.wasm')) binary = contents;
    },
  });
  if (error !== null || binary === undefined)
    throw new Error(`assembly/ does not compile\n${stderr?.toString()}`, { cause: error });
  return Buffer.from(binary);
}

/**
 * Bytes as text that gzip packs as well as the bytes, unlike base64, in which the same bytes look different at each of three places
 * (module.ts: 11.4 kB packed, 15.5 as base64; the bytes themselves 11.2).
 *
 * A byte, counted on by 3 so that the most frequent ones are small, is a character of the 48 from "(" to "W"; in front of it stands
 * which 48 it is of where they are not the first: "a" to "e". None of them needs an escape in a string.
 */
function textOf(bytes) {
  const characters = [...bytes].map((byte) => {
    const place = (byte + 3) % 256;
    const page = Math.floor(place / 48);
    return (page === 0 ? '' : String.fromCharCode(96 + page)) + String.fromCharCode(40 + (place % 48));
  });
  return characters.join('');
}

/** Bytes that must agree after an edit. */
const SAME = 8;

/**
 * What turns one module into the other: `start,removed,hex;…`, the bytes to remove at a place of the first, and those to insert.
 * The two differ by a few instructions, so an edit ends at the nearest place where both go on alike.
 */
function editsBetween(from, to) {
  const edits = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    if (i < from.length && from[i] === to[j]) {
      i++;
      j++;
      continue;
    }
    const [removed, inserted] = nearestAgreement(from.subarray(i), to.subarray(j));
    edits.push([i, removed, to.subarray(j, j + inserted).toString('hex')].join(','));
    i += removed;
    j += inserted;
  }
  return edits.join(';');
}

/** How many bytes of each to leave out so that the next ones agree. */
function nearestAgreement(from, to) {
  for (let total = 1; total < from.length + to.length; total++) {
    for (let removed = Math.max(0, total - to.length); removed <= Math.min(total, from.length); removed++) {
      const [rest, others] = [
        from.subarray(removed, removed + SAME),
        to.subarray(total - removed, total - removed + SAME),
      ];
      if (rest.length > 0 && rest.equals(others)) return [removed, total - removed];
    }
  }
  return [from.length, to.length];
}

const plain = await compile(false);
const relaxed = await compile(true);
const files = {
  'module.ts': `/** The module of assembly/ as text, written by scripts/build-wasm.mjs; instance.ts reads it. */
export const MODULE_TEXT: string =
  '${textOf(plain)}';
`,
  'relaxed-edits.ts': `/** What makes it the module with relaxed SIMD, written by scripts/build-wasm.mjs: start, removed bytes, inserted bytes. */
export const RELAXED_EDITS: string =
  '${editsBetween(plain, relaxed)}';
`,
};
const checks = process.argv.includes('--check');
for (const [file, text] of Object.entries(files)) {
  const target = join(root, 'src', 'backend', 'wasm', file);
  if (!checks) {
    await writeFile(target, text);
    console.log(`src/backend/wasm/${file}: ${text.length} characters`);
  } else if ((await readFile(target, 'utf8').catch(() => '')) === text) {
    console.log(`src/backend/wasm/${file} is current (${text.length} characters)`);
  } else {
    console.error(
      `src/backend/wasm/${file} is not what assembly/ compiles to; run node scripts/build-wasm.mjs and commit it`,
    );
    process.exitCode = 1;
  }
}
const record = join(root, RECORD);
const now = `${JSON.stringify(recordOf(root), null, 2)}\n`;
if (!checks) await writeFile(record, now);
else if ((await readFile(record, 'utf8').catch(() => '')) !== now) {
  console.error(`${RECORD} is not that of these files; run node scripts/build-wasm.mjs and commit it`);
  process.exitCode = 1;
}
