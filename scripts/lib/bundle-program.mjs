/** Programs in one file each: their own code inside, the library outside. */
import { builtinModules } from 'node:module';
import { build } from 'esbuild';
import { libraryOutside } from './library-parts.mjs';

/** Packages that ship, without their checks for developers. */
export const SHIPPED = { 'process.env.NODE_ENV': '"production"' };

/**
 * What runs in Node, as CommonJS: so a program of either kind gets the same instance.
 *
 * @type {import('esbuild').BuildOptions}
 */
export const FOR_NODE = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  charset: 'utf8',
  logLevel: 'silent',
  // Licences are collected from what was bundled; comments would repeat some of them and miss others.
  legalComments: 'none',
};

/**
 * @param {string} root the folder of package.json, src and dist
 * @param {string[]} entries TypeScript files, relative to root
 * @param {string} folder where the programs go, by the names of their entries
 * @param {{ packages?: 'bundle' | 'external', extension?: string, minify?: boolean }} [options] what becomes of packages,
 *   outside by default; `.cjs` where a package.json in between says that `.js` are ES modules
 * @returns {Promise<string[]>} the files that went in, relative to root
 */
export async function bundleProgram(
  root,
  entries,
  folder,
  { packages = 'external', extension = '.js', minify = false } = {},
) {
  const { metafile } = await build({
    ...FOR_NODE,
    absWorkingDir: root,
    entryPoints: entries,
    outdir: folder,
    outExtension: { '.js': extension },
    packages,
    minify,
    define: minify ? SHIPPED : {},
    metafile: true,
    plugins: [libraryOutside(root, folder), ...(minify ? [withoutNode] : [])],
  });
  return Object.keys(metafile.inputs);
}

/**
 * Papa Parse asks for Node's streams in a part that is never called. Nothing in the library may name a module of Node, which
 * bundlers of web pages cannot resolve: it becomes an empty one.
 */
export const withoutNode = {
  name: 'without-node',
  setup(context) {
    context.onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join('|')})$`) }, ({ path: name }) => ({
      path: name,
      namespace: 'empty',
    }));
    context.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
  },
};
