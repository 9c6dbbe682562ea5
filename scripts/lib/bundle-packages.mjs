/**
 * The packages that the library itself uses: bundled at build time, so that it has no runtime dependency.
 *
 * A JavaScript file in src is the door to a package: an ES module that imports it, with its types in the .d.ts beside it. It is
 * minified, and a file of its own with the licences of what is in it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { bundleProgram } from './bundle-program.mjs';
import { bundledFolders } from './library-parts.mjs';
import { noticesOf } from './notices.mjs';

/**
 * Bundles each door with its packages into the same place in dist, and their licences beside it.
 *
 * @returns {Promise<string[]>} the files written, relative to root
 */
export async function bundlePackages(root) {
  /** @type {Map<string, string[]>} what went into the bundles of a folder */
  const inputs = new Map();
  const outputs = [];
  for (const door of doorsOf(root)) {
    const folder = path.dirname(door).replace(/^src/, 'dist');
    const used = await bundleProgram(root, [door], path.join(root, folder), { packages: 'bundle', minify: true });
    inputs.set(folder, [...(inputs.get(folder) ?? []), ...used]);
    outputs.push(path.join(folder, path.basename(door)));
  }
  for (const [folder, used] of inputs) {
    const notices = path.join(folder, 'THIRD-PARTY-NOTICES.txt');
    fs.writeFileSync(path.join(root, notices), noticesOf(root, used));
    outputs.push(notices);
  }
  return outputs;
}

/** The JavaScript files of the library, relative to root. */
function doorsOf(root) {
  const bundled = bundledFolders(root);
  return fs
    .readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !bundled.some((folder) => file.startsWith(folder + '/')))
    .sort();
}
