/** The command line program as one file, with its dev dependencies inside, their licences and the Workers' programs beside it. */
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
    const workers = workersOf(root, path.dirname(entry));
    const inputs = await bundleProgram(root, [entry, ...workers], path.join(root, folder), { packages: 'bundle' });
    makeExecutable(path.join(root, target));
    const notices = path.join(folder, 'THIRD-PARTY-NOTICES.txt');
    fs.writeFileSync(path.join(root, notices), noticesOf(root, inputs));
    const programs = workers.map((file) => path.join(folder, path.basename(file, '.ts') + '.js'));
    outputs.push(path.normalize(target), ...programs, path.normalize(notices));
  }
  return outputs;
}

/** The modules that the program starts as Workers, by their names: each a file of its own. */
function workersOf(root, folder) {
  const names = fs.readdirSync(path.join(root, folder)).filter((name) => name.endsWith('-worker.ts'));
  return names.map((name) => path.join(folder, name));
}

function makeExecutable(file) {
  const text = fs.readFileSync(file, 'utf8');
  if (!text.startsWith('#!')) fs.writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  fs.chmodSync(file, 0o755);
}
