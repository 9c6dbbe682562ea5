// Bundles app.js as CommonJS and as an ES module, and puts the native file beside each: out/ is all that is shipped.
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const common = { entryPoints: ['app.js'], bundle: true, platform: 'node', target: 'node20' };

await build({ ...common, format: 'cjs', outfile: 'out/cjs/app.cjs' });
await build({
  ...common,
  format: 'esm',
  outfile: 'out/esm/app.mjs',
  // Before Node 20.16 the library loads node:fs with require, which an ES module has only if it defines one.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});

// The addon is opened by path, so no bundler sees it. For Alpine Linux the folder ends with -musl.
const zerokara = path.dirname(createRequire(import.meta.url).resolve('zerokara/package.json'));
const native = path.join(zerokara, 'prebuilds', `${process.platform}-${process.arch}`, 'zerokara.node');
for (const folder of ['out/cjs', 'out/esm']) copyFileSync(native, path.join(folder, 'zerokara.node'));
