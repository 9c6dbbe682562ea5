/** The package as users get it: packed by npm, unpacked into a project's node_modules. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** @returns {string} the path of the tarball, written into `folder` */
export function packTarball(root, folder) {
  fs.mkdirSync(folder, { recursive: true });
  const run = spawnSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 1 << 26,
  });
  if (run.status !== 0) throw new Error(`npm pack failed\n${run.stderr}`);
  const listed = JSON.parse(run.stdout);
  // npm 12 prints an object with a key a package where npm 11 prints an array.
  const [packed] = Array.isArray(listed) ? listed : Object.values(listed);
  return path.join(folder, packed.filename);
}

/** Unpacks the tarball to project/node_modules/zerokara, which is what installing a package without dependencies does. */
export function unpack(tarball, project) {
  const folder = path.join(project, 'node_modules', 'zerokara');
  fs.mkdirSync(folder, { recursive: true });
  const run = spawnSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`tar failed\n${run.stderr}`);
}
