/**
 * The command line program as one file: its own code and its dev dependencies inside, the library outside.
 *
 * The library stays outside so that the process has one instance of it, the one that a user's `require('zerokara')` gets.
 */
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { noticesOf } from './notices.mjs';

/**
 * @param {string[]} bundled folders of src that tsc does not compile, e.g. `src/cli`
 * @returns {Promise<string[]>} the files written, relative to root
 */
export async function bundleCli(root, manifest, bundled) {
  const outputs = [];
  for (const target of Object.values(manifest.bin ?? {})) {
    const entry = target.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts');
    const outfile = path.join(root, target);
    const result = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      metafile: true,
      logLevel: 'silent',
      // Licences are collected from what was bundled; comments would repeat some of them and miss others.
      legalComments: 'none',
      plugins: [libraryOutside(root, path.dirname(outfile), bundled)],
    });
    makeExecutable(outfile);
    const notices = path.join(path.dirname(target), 'THIRD-PARTY-NOTICES.txt');
    fs.writeFileSync(path.join(root, notices), noticesOf(root, Object.keys(result.metafile.inputs)));
    outputs.push(path.normalize(target), path.normalize(notices));
  }
  return outputs;
}

function makeExecutable(file) {
  const text = fs.readFileSync(file, 'utf8');
  if (!text.startsWith('#!')) fs.writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  fs.chmodSync(file, 0o755);
}

/**
 * Imports of what tsc compiles become `require` of the compiled file, relative to the bundle's own folder. A name of
 * package.json's `imports` stays what it is, and Node resolves it.
 */
function libraryOutside(root, outFolder, bundled) {
  const source = path.join(root, 'src');
  const inside = (file, folder) => file.startsWith(folder + path.sep);
  return {
    name: 'library-outside',
    setup(context) {
      context.onResolve({ filter: /^#/ }, ({ path: name }) => ({ path: name, external: true }));
      context.onResolve({ filter: /^\./ }, ({ path: wanted, resolveDir }) => {
        const file = path.resolve(resolveDir, wanted);
        const library = inside(file, source) && !bundled.some((folder) => inside(file, path.join(root, folder)));
        if (!library) return undefined;
        const compiled = path.join(root, 'dist', path.relative(source, file));
        if (!fs.existsSync(compiled)) return { errors: [{ text: `${wanted} is no file of the library` }] };
        const relative = path.relative(outFolder, compiled).split(path.sep).join('/');
        return { path: relative.startsWith('.') ? relative : `./${relative}`, external: true };
      });
    },
  };
}
