/** The library in one minified file, as a bundler makes it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { expect, test } from 'vitest';
import { sourceAliases } from '../scripts/lib/source-aliases.mjs';

const root = resolve(import.meta.dirname, '..');

async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    alias: sourceAliases(root, 'node'),
    bundle: true,
    platform: 'node',
    ...options,
    write: false,
  });
  return outputFiles![0]!.text;
}

test('FOUND C6: classes keep their names, which files and messages hold, in a minified bundle', async () => {
  const text = await bundle({ entryPoints: [resolve(root, 'src/index.ts')], minify: true, format: 'cjs' });
  const module = { exports: {} as Record<string, unknown> };
  new Function('module', 'exports', 'require', '__filename', text)(
    module,
    module.exports,
    process.getBuiltinModule,
    resolve(root, 'bundle.js'),
  );
  const classes = Object.entries(module.exports).filter(
    ([name, value]) => /^[A-Z]/.test(name) && typeof value === 'function' && /^class/.test(String(value)),
  );
  expect(classes.length).toBeGreaterThan(20);
  for (const [name, value] of classes) expect((value as { name: string }).name).toBe(name);
});

test.skipIf(!existsSync(resolve(root, 'dist/index.js')))(
  'public functions and classes of the package say their names in stack traces and in the console',
  () => {
    const library = createRequire(import.meta.url)(resolve(root, 'dist/index.js')) as Record<string, unknown>;
    const functions = Object.entries(library).filter(([, value]) => typeof value === 'function');
    expect(functions.length).toBeGreaterThan(100);
    for (const [name, value] of functions) expect((value as { name: string }).name).toBe(name);
  },
);

// dist, because esbuild leaves imports of Node alone and only \`require\` has to be made up for.
test.skipIf(!existsSync(resolve(root, 'dist/index.js')))(
  'FOUND C6: an ES module bundle asks the process for the modules of Node, without a banner that makes a require',
  async () => {
    const contents =
      "import { loadMnist, Tensor } from './dist/index.mjs'; console.log(Tensor.from([1, 2]).sum()); loadMnist({ dir: '/nowhere' }).catch((error) => console.log(error.code));";
    const text = await bundle({ stdin: { contents, resolveDir: root }, format: 'esm', alias: {} });
    const folder = mkdtempSync(join(tmpdir(), 'zerokara-bundle-'));
    try {
      writeFileSync(join(folder, 'app.mjs'), text);
      const run = spawnSync(process.execPath, ['app.mjs'], { cwd: folder, encoding: 'utf8', timeout: 30_000 });
      expect([run.stdout, run.stderr]).toEqual(['3\nZK_DATA\n', '']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
