import fs from 'node:fs';
import path from 'node:path';

/** Where it stands what the names mean: for Node, and for pages. */
const CONFIGURATIONS = { node: 'tsconfig.json', browser: 'tsconfig.web.json' };

/**
 * What `#platform` and the other names of the library's own mean, for bundles of the sources.
 *
 * @param {string} root the folder of the tsconfig files
 * @param {'browser' | 'node'} where the bundle runs
 * @returns {Record<string, string>} files of src, for esbuild's `alias`
 */
export function sourceAliases(root, where) {
  const file = path.join(root, CONFIGURATIONS[where]);
  if (!fs.existsSync(file)) return {};
  const { paths = {} } = JSON.parse(fs.readFileSync(file, 'utf8')).compilerOptions;
  const own = Object.entries(paths).filter(([name]) => name.startsWith('#'));
  return Object.fromEntries(own.map(([name, [target]]) => [name, path.join(root, target)]));
}
