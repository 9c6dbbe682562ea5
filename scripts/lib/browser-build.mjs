/**
 * The library for pages, in dist/browser: its modules as ES modules for bundlers, which leave out what a page does not use,
 * and all of it in one file for a script tag.
 *
 * The modules are those of src, one to one, with the platform of browsers. What package.json's `exports` name under the
 * condition `browser` are the entries; `unpkg` names the one file.
 */
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { SHIPPED, withoutNode } from './bundle-program.mjs';
import { noticesOf } from './notices.mjs';
import { papaParserAlone } from './papa-parser.mjs';
import { sourceAliases } from './source-aliases.mjs';

const FOLDER = 'dist/browser';

/**
 * Browsers of 2023 on: the newest thing that the library needs are the vectors of WebAssembly.
 *
 * @type {import('esbuild').BuildOptions}
 */
const OPTIONS = {
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  define: SHIPPED,
  charset: 'utf8',
  metafile: true,
  logLevel: 'silent',
  legalComments: 'none', // licences are collected from what was bundled
  tsconfigRaw: '{}', // the paths of ours lead to Node's platform
};

/**
 * The sources as they are for a page: where they ask whether the platform is the browser's, the answer is known. What needs files
 * is in the other branch, and is left out.
 *
 * It is a matter of size alone: without it the same is decided while the program runs.
 */
const knownToBeAPage = {
  name: 'known-to-be-a-page',
  setup(context) {
    context.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
      const text = await fs.promises.readFile(file, 'utf8');
      return { contents: text.replaceAll("platform.name === 'browser'", 'true'), loader: 'ts' };
    });
  },
};

/** What makes a bundle smaller: for everything that pages load. */
export const FOR_A_PAGE = [knownToBeAPage, papaParserAlone, withoutNode];

/** @returns {Promise<string[]>} the files written, relative to root */
export async function buildBrowser(root, manifest) {
  const targets = Object.values(manifest.exports).flatMap((entry) => entry.import?.browser ?? []);
  if (targets.length === 0) return [];
  const entries = targets.map((target) => sourceOf(target));
  const notices = path.join(FOLDER, 'THIRD-PARTY-NOTICES.txt');
  const { made, inputs } = await buildModules(root, entries);
  fs.writeFileSync(path.join(root, notices), noticesOf(root, inputs));
  return [...made, notices, ...(manifest.unpkg ? [await buildOneFile(root, manifest)] : [])];
}

/** `./dist/browser/index.mjs` → `src/index.ts` */
function sourceOf(target) {
  return target.replace(`./${FOLDER}/`, 'src/').replace(/\.mjs$/, '.ts');
}

/**
 * @param {string} root
 * @param {import('esbuild').BuildOptions} options
 * @returns {Promise<{ metafile: import('esbuild').Metafile, outputFiles: import('esbuild').OutputFile[] }>}
 */
async function bundle(root, options) {
  return /** @type {any} */ (await build({ ...OPTIONS, absWorkingDir: root, ...options }));
}

/** The entries and what they import, each file for itself; a package goes into the file that imports it. */
async function buildModules(root, entries) {
  const all = await bundle(root, {
    entryPoints: entries,
    outdir: FOLDER,
    write: false,
    alias: sourceAliases(root, 'browser'),
    plugins: FOR_A_PAGE,
  });
  const inputs = Object.keys(all.metafile.inputs);
  const { metafile } = await bundle(root, {
    entryPoints: inputs.filter((file) => file.startsWith('src/')),
    outbase: 'src',
    outdir: FOLDER,
    outExtension: { '.js': '.mjs' },
    minifyWhitespace: true,
    minifySyntax: true, // leaves out what a page never calls, with its imports
    plugins: [modulesOutside(root), ...FOR_A_PAGE],
  });
  return { made: Object.keys(metafile.outputs), inputs };
}

/** Imports of other files of src become imports of what is made of them. */
function modulesOutside(root) {
  const aliases = sourceAliases(root, 'browser');
  const source = path.join(root, 'src') + path.sep;
  return {
    name: 'modules-outside',
    setup(context) {
      context.onResolve({ filter: /^[#.]/ }, ({ path: wanted, importer, resolveDir, kind }) => {
        if (kind === 'entry-point' || !importer.startsWith(source)) return undefined;
        const file = aliases[wanted] ?? path.resolve(resolveDir, wanted);
        const relative = path.relative(resolveDir, file).split(path.sep).join('/');
        const made = relative.replace(/\.[jt]s$/, '.mjs');
        return { path: made.startsWith('.') ? made : `./${made}`, external: true };
      });
    },
  };
}

/** @returns {Promise<string>} the file, relative to root */
async function buildOneFile(root, manifest) {
  const outfile = path.normalize(manifest.unpkg);
  const entryPoints = [sourceOf(manifest.exports['.'].import.browser)];
  const { metafile, outputFiles } = await bundle(root, {
    entryPoints,
    minify: true,
    outfile,
    write: false,
    alias: sourceAliases(root, 'browser'),
    plugins: FOR_A_PAGE,
  });
  fs.writeFileSync(path.join(root, outfile), notice(root, manifest, metafile) + outputFiles[0].text);
  return outfile;
}

/** The licences of the library and of what went into it, as they must travel with a copy. */
function notice(root, { name, version }, { inputs }) {
  const own = fs.readFileSync(path.join(root, 'LICENSE'), 'utf8').trim();
  return `/*!\n${name} ${version}\n\n${own}\n\n${noticesOf(root, Object.keys(inputs)).replace('This folder', 'This file').trim()}\n*/\n`;
}
