/**
 * Prints the folders of the Node-API headers, one a line: of the packages node-api-headers and node-addon-api, or of the
 * copies that travel in the published package.
 *
 * usage: node headers.cjs [--absolute]. Relative paths are for gyp, which breaks on a space in an include folder.
 */
const fs = require('node:fs');
const path = require('node:path');

const FILES = {
  'node-api-headers': 'include/node_api.h',
  'node-addon-api': 'napi.h',
};

/** @returns {string} the folder in which the header lies */
function folderOf(name, file) {
  const candidates = [path.join(__dirname, '../dist/headers', name)];
  try {
    const installed = path.dirname(require.resolve(`${name}/package.json`));
    // In a clone that is the development dependency. Beside an installed copy it is someone else's, of any version.
    const isClone = fs.existsSync(path.join(__dirname, '../src'));
    candidates.splice(isClone ? 0 : 1, 0, installed);
  } catch {
    // Not installed: an installed copy of this package has no development dependencies.
  }
  const found = candidates.map((folder) => path.join(folder, file)).find((header) => fs.existsSync(header));
  if (found === undefined) throw new Error(`the headers of ${name} were not found; run npm install first.`);
  return path.dirname(found);
}

try {
  for (const [name, file] of Object.entries(FILES)) {
    const folder = folderOf(name, file);
    console.log(process.argv.includes('--absolute') ? folder.replaceAll('\\', '/') : path.relative('.', folder));
  }
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
