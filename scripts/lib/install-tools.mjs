/** Other versions of Node, npm and pnpm, from the npm registry, kept below .bootstrap/ for the install matrix. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const nodePackage = `node-${process.platform}-${process.arch}`;

const WANTED = {
  node22: `npm:${nodePackage}@22.23.3`,
  node24: `npm:${nodePackage}@24.21.0`,
  node26: `npm:${nodePackage}@26.10.0`,
  npm12: 'npm:npm@12.2.0',
  pnpm: '10.34.8',
};

/** @returns {Record<keyof typeof WANTED, string>} the file to start for each */
export function installTools(root) {
  const folder = path.join(root, '.bootstrap', 'install-tools');
  const manifest = JSON.stringify({ private: true, dependencies: WANTED }, null, 2);
  const done = path.join(folder, 'installed.json');
  if (!fs.existsSync(done) || fs.readFileSync(done, 'utf8') !== manifest) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), manifest);
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];
    const run = spawnSync('npm', ['install', ...options], { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`test-install: the tools cannot be installed\n${run.stderr}`);
    fs.writeFileSync(done, manifest);
  }
  const at = (...parts) => path.join(folder, 'node_modules', ...parts);
  return {
    node22: at('node22/bin/node'),
    node24: at('node24/bin/node'),
    node26: at('node26/bin/node'),
    npm12: at('npm12/bin/npm-cli.js'),
    pnpm: at('pnpm/bin/pnpm.cjs'),
  };
}
