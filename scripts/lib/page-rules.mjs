/** What the library for pages must keep to, checked on the built files: nothing of Node, nothing that a page forbids, and its size. */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Names that a browser does not have. */
const OF_NODE = ['process', 'Buffer', 'require', 'module', 'global', '__dirname', '__filename', 'setImmediate'];

/** Code from text, which a page forbids unless its policy has `unsafe-eval`. */
const FROM_TEXT = ['eval', 'Function'];

/** A name that stands for `name` where that is not declared. */
const mark = (name) => `$free_${name}`;

/**
 * @param {string} text an ES module, complete
 * @returns {Promise<string[]>} a sentence for every rule that it breaks
 */
export async function complaintsAboutModule(text) {
  const options = {
    stdin: { contents: text },
    bundle: true,
    format: /** @type {const} */ ('esm'),
    external: ['*'],
    // Replaced only where no declaration of the module is meant.
    define: Object.fromEntries([...OF_NODE, ...FROM_TEXT].map((name) => [name, mark(name)])),
    supported: { 'top-level-await': false },
    legalComments: /** @type {const} */ ('none'),
    logLevel: /** @type {const} */ ('silent'),
    metafile: /** @type {const} */ (true),
    write: /** @type {const} */ (false),
  };
  let result;
  try {
    result = await build(options);
  } catch (error) {
    return error.errors.map((complaint) => complaint.text);
  }
  const code = result.outputFiles[0].text;
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
  return [
    ...imports.map(({ path: name }) => `it imports ${name}`),
    // `typeof process` asks whether there is one.
    ...OF_NODE.filter((name) => isUsed(code, name, /(?<!typeof )/.source)).map((name) => `it uses ${name}`),
    ...(isUsed(code, 'eval') ? ['it uses eval'] : []),
    ...(new RegExp(`(new )?${escaped(mark('Function'))}\\(`).test(code) ? ['it makes code from text'] : []),
  ];
}

function isUsed(code, name, before = '') {
  return new RegExp(`${before}${escaped(mark(name))}\\b`).test(code);
}

const escaped = (text) => text.replaceAll('$', '\\$');

/** kB (1000 bytes) gzipped, and the most that they may become without a reason. */
const SIZES = [
  { name: 'the whole library', most: 170 },
  {
    name: 'a TwoLayerNet and a Trainer',
    most: 101,
    program: "export { Dataset, Trainer, TwoLayerNet } from 'zerokara';",
  },
];

/**
 * The sizes that a page has to load, minified and gzipped.
 *
 * @param {string} folder where a program finds the package by its name
 * @returns {Promise<{ line: string, complaints: string[] }>}
 */
export async function pageSizes(folder) {
  const sizes = await Promise.all(
    SIZES.map(async ({ name, most, program }) => {
      const text = program === undefined ? wholeLibrary(folder) : await bundled(folder, program);
      return { name, most, size: gzipSync(text, { level: 9 }).length / 1000 };
    }),
  );
  return {
    line: sizes.map(({ name, size, most }) => `${name} ${size.toFixed(1)} kB (at most ${most})`).join(', '),
    complaints: sizes
      .filter(({ size, most }) => size > most)
      .map(({ name, size, most }) => `${name} takes ${size.toFixed(1)} kB gzipped, more than ${most}`),
  };
}

function wholeLibrary(folder) {
  return fs.readFileSync(path.join(folder, 'node_modules/zerokara/dist/browser/zerokara.min.mjs'), 'utf8');
}

/** A program as a bundler makes it for a page. */
export async function bundled(folder, program) {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    minify: true,
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
    tsconfigRaw: '{}',
  });
  return outputFiles[0].text;
}
