/** What the package must hold to work by itself, and what must not be in it. */
import fs from 'node:fs';
import path from 'node:path';

/**
 * Bytes without prebuilds/, so that the same package passes where a binary was made for it and where none was. 1.2 MB are the
 * library for Node, 0.53 MB what the report uses of ECharts, 1.3 MB the library for pages, 1.0 MB the playground.
 */
export const LARGEST = 7.1e6;

const NEEDED = [
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'CMakeLists.txt',
  'native/binding.gyp',
  'native/addon.cc',
  'docs/guide.md',
  'docs/installing.md',
  'docs/playground.md',
  'docs/tables.md',
  'examples/README.md',
  'examples/data/iris.csv',
  'scripts/build-addon.mjs',
  'scripts/lib/build-failure.mjs',
  'dist/index.js',
  'dist/library.js',
  'dist/index.mjs',
  'dist/backend/index.js',
  'dist/backend/index.mjs',
  'dist/browser/index.mjs',
  'dist/browser/backend/index.mjs',
  'dist/browser/zerokara.min.mjs',
  'dist/browser/THIRD-PARTY-NOTICES.txt',
  'dist/io/records/THIRD-PARTY-NOTICES.txt',
  'dist/report/index.js',
  'dist/report/library.js',
  'dist/report/index.mjs',
  'dist/report/draw-svg.js',
  'dist/report/THIRD-PARTY-NOTICES.txt',
  'dist/cli/zerokara.js',
  'dist/cli/THIRD-PARTY-NOTICES.txt',
  'dist/web/index.html',
  'dist/web/style.css',
  'dist/web/THIRD-PARTY-NOTICES.txt',
  'dist/web/points.css',
  'dist/web/points.js',
  'dist/web/points-worker.js',
  'dist/web/digits.html',
  'dist/web/digits.css',
  'dist/web/digits.js',
  'dist/web/digits-worker.js',
  'dist/web/digits.bin',
  'dist/headers/node-addon-api/napi.h',
  'dist/headers/node-api-headers/include/node_api.h',
];

/** Sources and traces of the machine that packed. */
const UNWANTED = [
  /^src\//,
  /^test\//,
  /^bench\//,
  /^dist\/(bench|cli)\/.*\.d\.ts$/,
  /^docs\/api\//,
  /^examples\/out\//,
  /^build\//,
  /^native\/build\//,
  /\.tsbuildinfo$/,
  /\.o$/,
  /^\.npmrc$/,
];

/** Scripts that a package manager would run on the user's machine. */
const HOOKS = ['preinstall', 'install', 'postinstall', 'prepare'];

/** @param {string} folder the unpacked package @returns {{ files: number, size: number }} without prebuilds/, in bytes */
export function measureContents(folder) {
  const files = filesOf(folder).filter((file) => !file.startsWith('prebuilds/'));
  return { files: files.length, size: files.reduce((sum, file) => sum + fs.statSync(path.join(folder, file)).size, 0) };
}

function filesOf(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .map((file) => file.split(path.sep).join('/'));
}

/** @param {string} folder the unpacked package @returns {string[]} a sentence for every rule that is broken */
export function complaintsAboutContents(folder) {
  const files = filesOf(folder);
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const binaries = files.filter((file) => /^prebuilds\/.*\.node$/.test(file));
  const { size } = measureContents(folder);
  return [
    ...NEEDED.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...files
      .filter((file) => UNWANTED.some((pattern) => pattern.test(file)))
      .map((file) => `${file} does not belong in the package`),
    ...HOOKS.filter((hook) => manifest.scripts?.[hook]).map((hook) => `package.json has the install script ${hook}`),
    ...Object.keys(manifest.dependencies ?? {}).map((name) => `${name} is a runtime dependency`),
    ...files.filter((file) => file.endsWith('.md')).flatMap((file) => deadLinks(folder, file)),
    ...(size > LARGEST ? [`the package has ${size} bytes without prebuilds/; at most ${LARGEST} are wanted`] : []),
    ...(binaries.length > 0 && !files.some((file) => /^prebuilds\/licences\/.*OpenBLAS/.test(file))
      ? ['the licence of OpenBLAS, which the prebuilt binaries contain, is missing']
      : []),
  ];
}

/** The package has no address on the web: what its pages link to must be in it. @returns {string[]} */
export function deadLinks(folder, page) {
  // Code is not prose: a link inside it is an example of one.
  const text = fs.readFileSync(path.join(folder, page), 'utf8').replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, '');
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !fs.existsSync(path.join(folder, path.dirname(page), target)))
    .map((target) => `${page} links to ${target}, which is not in the package`);
}
