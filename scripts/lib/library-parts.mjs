/**
 * Where the modules of the library are after a build: in few files, each module by its name, because a program that starts needs a
 * sixth of a millisecond for every file of its own (bench/start.mjs).
 *
 * All that is built beside the library reaches it there, so a process has one instance of every class, the one that
 * `require('zerokara')` gets, and a program runs what the package ships.
 */
import fs from 'node:fs';
import path from 'node:path';
import { sourceAliases } from './source-aliases.mjs';

/** Folders of src whose modules are in a file of their own: few programs write reports. */
const APART = ['src/report'];

/** The folders of src that are not part of the library: tsc leaves them out, and bundles hold them. */
export function bundledFolders(root) {
  const config = JSON.parse(fs.readFileSync(path.join(root, 'tsconfig.build.json'), 'utf8'));
  return config.exclude ?? [];
}

/** @param {string} file of src @returns {{ part: string, name: string }} `dist/library.js` and `layers/affine` */
export function placeOf(file) {
  const folder = APART.find((name) => file.startsWith(`${name}/`)) ?? 'src';
  return {
    part: `${folder.replace(/^src/, 'dist')}/library.js`,
    name: file.replace(/^src\//, '').replace(/\.[jt]s$/, ''),
  };
}

/** @returns {string[]} the modules of the library in Node, relative to root */
export function libraryModules(root) {
  const bundled = bundledFolders(root);
  const forPages = Object.values(sourceAliases(root, 'browser')).map((file) => slashes(path.relative(root, file)));
  return fs
    .readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => slashes(path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name))))
    .filter((file) => !forPages.includes(file) && !bundled.some((folder) => file.startsWith(`${folder}/`)))
    .sort();
}

/**
 * For esbuild: an import of a module of the library becomes what the built library has by its name, and that of a door to a
 * package becomes `require` of the built door.
 *
 * @param {string} root the folder of package.json, src and dist
 * @param {string} folder where the bundle goes, absolute
 * @param {string} [own] the part of the library that is being bundled; its modules stay inside
 */
export function libraryOutside(root, folder, own) {
  const modules = new Set(libraryModules(root));
  const aliases = sourceAliases(root, 'node');
  const bundled = bundledFolders(root);
  const fromBundle = (file) => {
    const relative = slashes(path.relative(folder, path.join(root, file)));
    return relative.startsWith('.') ? relative : `./${relative}`;
  };
  return {
    name: 'library-outside',
    setup(context) {
      context.onResolve({ filter: /^[#.]/ }, ({ path: wanted, resolveDir, kind, namespace }) => {
        if (namespace === 'library') return { path: wanted, external: true };
        if (kind === 'entry-point') return undefined;
        const source = aliases[wanted] ?? path.resolve(resolveDir, wanted);
        const named = slashes(path.relative(root, source));
        if (!named.startsWith('src/') || bundled.some((place) => named.startsWith(`${place}/`))) return undefined;
        const file = named.replace(/\.js$/, '.ts');
        if (modules.has(file)) {
          const { part, name } = placeOf(file);
          if (part === own) return { path: path.join(root, file) };
          return { path: name, namespace: 'library', pluginData: fromBundle(part) };
        }
        if (named.endsWith('.js') && fs.existsSync(source)) {
          return { path: fromBundle(named.replace(/^src/, 'dist')), external: true };
        }
        return { errors: [{ text: `${wanted} is not a file of the library` }] };
      });
      context.onLoad({ filter: /.*/, namespace: 'library' }, ({ path: name, pluginData }) => ({
        contents: `module.exports = require(${JSON.stringify(pluginData)})[${JSON.stringify(name)}];`,
      }));
    },
  };
}

const slashes = (file) => file.split(path.sep).join('/');
