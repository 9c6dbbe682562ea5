/**
 * The entries of the package: thin files that give the names of a module of the built library, as CommonJS and as ES modules.
 *
 * All reach the same module, so there is one instance of every class and `instanceof` holds between a program's CommonJS and ES
 * module parts. The names come from the module itself.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { libraryModules, placeOf } from './library-parts.mjs';

/**
 * Writes the files that package.json exports, beside the declarations that tsc made.
 *
 * @returns {string[]} the files written, relative to root
 */
export function writeEntries(root, manifest) {
  const entries = Object.values(manifest.exports).filter((entry) => typeof entry === 'object');
  const modules = libraryModules(root);
  return entries.flatMap((entry) => {
    const commonjs = entry.require.default;
    const source = commonjs.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts');
    if (!modules.includes(source))
      throw new Error(`build-dist: package.json exports ${commonjs}, which src does not make`);
    const { part, name } = placeOf(source);
    const names = exportedNames(path.join(root, part), name);
    const relative = path.posix.relative(path.posix.dirname(commonjs), part);
    const library = relative.startsWith('.') ? relative : `./${relative}`;
    const sibling = `./${path.posix.basename(commonjs)}`;
    return [
      write(root, commonjs, commonjsEntry(library, name, names)),
      write(root, entry.import.default, esmEntry(sibling, names)),
      write(root, entry.import.types, `export * from '${sibling}';\n`),
    ];
  });
}

/** The last statement never runs: from it Node reads the names for programs that `import` this file. */
function commonjsEntry(library, module, names) {
  return `'use strict';

const entry = require('${library}')['${module}'];
Object.defineProperty(entry, '__esModule', { value: true });
module.exports = entry;

0 && (module.exports = {
${names.map((name) => `  ${name},\n`).join('')}});
`;
}

/** The text of an ES module that exports `names` of the CommonJS module `sibling`. */
function esmEntry(sibling, names) {
  return `import library from '${sibling}';\n\nexport const {\n${names.map((name) => `  ${name},\n`).join('')}} = library;\n`;
}

function exportedNames(part, module) {
  const names = Object.keys(createRequire(part)(part)[module]);
  if (names.includes('default'))
    throw new Error(`build-dist: ${module} has a default export; public names are named exports`);
  return names.sort();
}

function write(root, file, text) {
  fs.writeFileSync(path.join(root, file), text);
  return path.normalize(file);
}
