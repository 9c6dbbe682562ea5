// Bundles app.js by every tool, the library inside: out/<tool>/app.cjs or app.mjs.
import path from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';

const out = (tool) => path.resolve('out', tool);

const esbuildOptions = {
  entryPoints: ['app.js'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
};
await esbuild({ ...esbuildOptions, format: 'cjs', outfile: path.join(out('esbuild-cjs'), 'app.cjs') });
await esbuild({ ...esbuildOptions, format: 'esm', outfile: path.join(out('esbuild-esm'), 'app.mjs') });

for (const [format, extension] of [
  ['cjs', 'cjs'],
  ['es', 'mjs'],
]) {
  const bundle = await rollup({
    input: 'app.js',
    external: /^node:/,
    plugins: [nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs(), json()],
    onwarn(warning) {
      throw new Error(warning.message);
    },
  });
  await bundle.write({ file: path.join(out(`rollup-${format}`), `app.${extension}`), format });
}

await vite({
  logLevel: 'warn',
  ssr: { noExternal: true },
  build: {
    ssr: 'app.js',
    outDir: out('vite'),
    minify: false,
    rollupOptions: { output: { entryFileNames: 'app.mjs' } },
  },
});

await new Promise((resolve, reject) => {
  const options = {
    mode: 'production',
    target: 'node20',
    entry: './app.js',
    output: { path: out('webpack'), filename: 'app.cjs' },
  };
  webpack(options, (error, stats) => {
    if (error) reject(error);
    else if (stats.hasErrors() || stats.hasWarnings()) reject(new Error(stats.toString('errors-warnings')));
    else resolve();
  });
});
