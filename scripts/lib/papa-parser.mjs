/**
 * The part of Papa Parse that the library uses, for bundles that a page has to load: the parser of a string. Around it are
 * readers of files and addresses, a writer and Workers, three quarters of the package.
 */
import fs from 'node:fs';
import path from 'node:path';

const USED = ['Parser', 'escapeRegExp', 'isFunction', 'stripBom'];

/** What the parser reads of the rest. */
const CONSTANTS = { BAD_DELIMITERS: ['\r', '\n', '"', '\ufeff'] };

/**
 * @param {string} text papaparse.js, whose functions stand one level deep
 * @returns {string} an ES module whose default export has `Parser`
 */
export function parserAlone(text) {
  const functions = USED.map((name) => {
    const found = new RegExp(`\\n\\tfunction ${name}\\([\\s\\S]*?\\n\\t\\}\\n`).exec(text)?.[0];
    if (found === undefined) throw new Error(`papa-parser: papaparse.js has no function ${name}`);
    return found;
  });
  const code = functions.join('');
  for (const [, name] of code.matchAll(/\bPapa\.(\w+)/g)) {
    if (!(name in CONSTANTS)) throw new Error(`papa-parser: the parser of papaparse.js reads Papa.${name}`);
  }
  return `const Papa = ${JSON.stringify(CONSTANTS)};\n${code}\nexport default { Parser };\n`;
}

export const papaParserAlone = {
  name: 'papa-parser-alone',
  setup(context) {
    context.onLoad({ filter: /[\\/]papaparse(\.min)?\.js$/ }, async ({ path: file }) => ({
      contents: parserAlone(await fs.promises.readFile(path.join(path.dirname(file), 'papaparse.js'), 'utf8')),
      loader: 'js',
    }));
  },
};
