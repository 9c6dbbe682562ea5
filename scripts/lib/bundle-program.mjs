/**
 * Programs in one file each: their own code inside, the library outside.
 *
 * The library stays outside so that a process has one instance of it, the one that `require('zerokara')` gets, and so
 * that a program runs what the package ships.
 */
import fs from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

/** Packages that ship, without their checks for developers. */
export const SHIPPED = { 'process.env.NODE_ENV': '"production"' };

/** The folders of src that are no part of the library: tsc leaves them out, and bundles hold them. */
export function bundledFolders(root) {
  const config = JSON.parse(fs.readFileSync(path.join(root, 'tsconfig.build.json'), 'utf8'));
  return config.exclude ?? [];
}

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
    absWorkingDir: root,
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outExtension: { '.js': extension },
    packages,
    minify,
    define: minify ? SHIPPED : {},
    metafile: true,
    logLevel: 'silent',
    // Licences are collected from what was bundled; comments would repeat some of them and miss others.
    legalComments: 'none',
    plugins: [libraryOutside(root, folder), ...(minify ? [withoutNode] : [])],
  });
  return Object.keys(metafile.inputs);
}

/**
 * Imports of what tsc compiles become `require` of the compiled file, relative to the bundle's own folder. A name of
 * package.json's `imports` stays what it is, and Node resolves it.
 */
function libraryOutside(root, folder) {
  const source = path.join(root, 'src');
  const bundled = bundledFolders(root).map((name) => path.join(root, name));
  const inside = (file, place) => file.startsWith(place + path.sep);
  return {
    name: 'library-outside',
    setup(context) {
      context.onResolve({ filter: /^#/ }, ({ path: name }) => ({ path: name, external: true }));
      context.onResolve({ filter: /^\./ }, ({ path: wanted, resolveDir, kind }) => {
        if (kind === 'entry-point') return undefined;
        const file = path.resolve(resolveDir, wanted);
        if (!inside(file, source) || bundled.some((place) => inside(file, place))) return undefined;
        const compiled = path.join(root, 'dist', path.relative(source, file));
        if (!fs.existsSync(compiled)) return { errors: [{ text: `${wanted} is no file of the library` }] };
        const relative = path.relative(folder, compiled).split(path.sep).join('/');
        return { path: relative.startsWith('.') ? relative : `./${relative}`, external: true };
      });
    },
  };
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
