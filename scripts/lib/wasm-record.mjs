/** What the committed module of the wasm backend was built from, by hashes. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Where the record of the committed files is. */
export const RECORD = 'assembly/record.json';

/**
 * Hashes of all sources, with the version of the compiler, and of the two files that scripts/build-wasm.mjs writes.
 *
 * @param {string} root
 * @returns {{ sources: string, module: string }}
 */
export function recordOf(root) {
  const { devDependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const assembly = fs
    .readdirSync(path.join(root, 'assembly'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `assembly/${file.split(path.sep).join('/')}`)
    .sort();
  const hash = (files, more = '') => {
    const sum = createHash('sha256').update(more);
    for (const file of files) sum.update(`${file}\0`).update(fs.readFileSync(path.join(root, file)));
    return sum.digest('hex');
  };
  return {
    sources: hash([...assembly, 'scripts/build-wasm.mjs'], devDependencies.assemblyscript),
    module: hash(['src/backend/wasm/module.ts', 'src/backend/wasm/relaxed-edits.ts']),
  };
}
