/** The library for Node: the files of library-parts.mjs, readable, with the names and the structure of the sources. */
import path from 'node:path';
import { build } from 'esbuild';
import { FOR_NODE } from './bundle-program.mjs';
import { libraryModules, libraryOutside, placeOf } from './library-parts.mjs';

/** @returns {Promise<string[]>} the files written, relative to root */
export async function bundleLibrary(root) {
  /** @type {Map<string, string[]>} the sources of each part */
  const parts = new Map();
  for (const file of libraryModules(root)) {
    const { part } = placeOf(file);
    parts.set(part, [...(parts.get(part) ?? []), file]);
  }
  await Promise.all([...parts].map(([part, files]) => bundlePart(root, part, files)));
  return [...parts.keys()];
}

async function bundlePart(root, part, files) {
  const byName = files.map((file) => `export * as ${JSON.stringify(placeOf(file).name)} from './${file}';\n`);
  await build({
    ...FOR_NODE,
    absWorkingDir: root,
    stdin: { contents: byName.join(''), resolveDir: root, sourcefile: 'modules' },
    outfile: part,
    banner: { js: '"use strict";' }, // as the modules of the sources are
    plugins: [libraryOutside(root, path.dirname(path.join(root, part)), part)],
  });
}
