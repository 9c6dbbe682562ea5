/**
 * ES module entries of the package, thin layers over the CommonJS build.
 *
 * Both kinds of import reach the same compiled modules, so there is one instance of every class and `instanceof` holds
 * between a program's CommonJS and ES module parts. The names come from the compiled module itself.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * Writes an .mjs and a .d.mts beside every CommonJS entry that package.json exports.
 *
 * @returns {string[]} the files written, relative to root
 */
export function writeEsmEntries(root, manifest) {
  const entries = Object.values(manifest.exports).filter((entry) => typeof entry === 'object');
  return entries.flatMap((entry) => {
    const commonjs = path.join(root, entry.require.default);
    if (!fs.existsSync(commonjs))
      throw new Error(`build-dist: package.json exports ${entry.require.default}, which src does not make`);
    const names = exportedNames(commonjs);
    const sibling = `./${path.basename(commonjs)}`;
    return [
      write(root, entry.import.default, esmEntry(sibling, names)),
      write(root, entry.import.types, `export * from '${sibling}';\n`),
    ];
  });
}

/** The text of an ES module that exports `names` of the CommonJS module `sibling`. */
export function esmEntry(sibling, names) {
  return `import library from '${sibling}';\n\nexport const {\n${names.map((name) => `  ${name},\n`).join('')}} = library;\n`;
}

function exportedNames(file) {
  const names = Object.keys(createRequire(file)(file)).filter((name) => name !== '__esModule');
  if (names.includes('default'))
    throw new Error(`build-dist: ${file} has a default export; public names are named exports`);
  return names.sort();
}

function write(root, file, text) {
  fs.writeFileSync(path.join(root, file), text);
  return path.normalize(file);
}
