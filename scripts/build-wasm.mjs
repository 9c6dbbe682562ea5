// Builds assembly/ into src/backend/wasm/module.ts, which is committed so that nobody needs the compiler to use it.
//
//   node scripts/build-wasm.mjs           builds and writes
//   node scripts/build-wasm.mjs --check   builds and compares; exit code 1 if the committed file is not what assembly/ gives

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'src', 'backend', 'wasm', 'module.ts');

/** Compiles assembly/index.ts: no runtime, no imports but `log`. Warning 112 is about v128 in exports, of which there are none. */
async function compile() {
  const options = ['assembly/index.ts', '--outFile', 'module.wasm', '--baseDir', root];
  const flags = [
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '-O3',
    '--noAssert',
    '--use',
    'abort=',
    '--disableWarning',
    '112',
  ];
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

const binary = await compile();
const text = `/** The module of assembly/ as base64, written by scripts/build-wasm.mjs. */
export const MODULE_BASE64: string =
  '${binary.toString('base64')}';
`;

if (process.argv.includes('--check')) {
  const committed = await readFile(target, 'utf8').catch(() => '');
  if (committed !== text) {
    console.error(
      'src/backend/wasm/module.ts is not what assembly/ compiles to; run node scripts/build-wasm.mjs and commit it',
    );
    process.exitCode = 1;
  } else {
    console.log(`src/backend/wasm/module.ts is current (${binary.length} bytes)`);
  }
} else {
  await writeFile(target, text);
  console.log(`src/backend/wasm/module.ts: ${binary.length} bytes`);
}
