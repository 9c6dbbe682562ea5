/** The command line program as one file, with its dev dependencies inside and their licences beside it. */
import fs from 'node:fs';
import path from 'node:path';
import { bundleProgram } from './bundle-program.mjs';
import { noticesOf } from './notices.mjs';

/** @returns {Promise<string[]>} the files written, relative to root */
export async function bundleCli(root, manifest) {
  const outputs = [];
  for (const target of Object.values(manifest.bin ?? {})) {
    const entry = target.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts');
    const folder = path.dirname(target);
    const inputs = await bundleProgram(root, [entry], path.join(root, folder), { packages: 'bundle' });
    makeExecutable(path.join(root, target));
    const notices = path.join(folder, 'THIRD-PARTY-NOTICES.txt');
    fs.writeFileSync(path.join(root, notices), noticesOf(root, inputs));
    outputs.push(path.normalize(target), path.normalize(notices));
  }
  return outputs;
}

function makeExecutable(file) {
  const text = fs.readFileSync(file, 'utf8');
  if (!text.startsWith('#!')) fs.writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  fs.chmodSync(file, 0o755);
}
