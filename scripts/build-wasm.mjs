// Builds assembly/ into src/backend/wasm/module.ts and relaxed-module.ts, which are committed so that nobody needs the compiler
// to use them. Both are the same sources; the relaxed one fuses multiplication and addition in sums of products.
//
//   node scripts/build-wasm.mjs           builds and writes
//   node scripts/build-wasm.mjs --check   builds and compares; exit code 1 if a committed file is not what assembly/ gives

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

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

/** The modules by the name of their file in src/backend/wasm. */
const MODULES = [
  { file: 'module.ts', constant: 'MODULE_BASE64', relaxed: false },
  { file: 'relaxed-module.ts', constant: 'RELAXED_MODULE_BASE64', relaxed: true },
];
const checks = process.argv.includes('--check');
for (const { file, constant, relaxed } of MODULES) {
  const binary = await compile(relaxed);
  const text = `/** The module of assembly/${relaxed ? ' with relaxed SIMD' : ''} as base64, written by scripts/build-wasm.mjs. */
export const ${constant}: string =
  '${binary.toString('base64')}';
`;
  const target = join(root, 'src', 'backend', 'wasm', file);
  if (!checks) {
    await writeFile(target, text);
    console.log(`src/backend/wasm/${file}: ${binary.length} bytes`);
  } else if ((await readFile(target, 'utf8').catch(() => '')) === text) {
    console.log(`src/backend/wasm/${file} is current (${binary.length} bytes)`);
  } else {
    console.error(
      `src/backend/wasm/${file} is not what assembly/ compiles to; run node scripts/build-wasm.mjs and commit it`,
    );
    process.exitCode = 1;
  }
}
