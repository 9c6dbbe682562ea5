/** What was built from what: a hash of the inputs, kept beside the clone, so that a second start has nothing to do. */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/** What dist/ is built from. */
const DIST_INPUTS = [
  'src',
  'web',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.web.json',
  'scripts/build-dist.mjs',
  'scripts/lib',
];

/** What the addon is built from, beside the scripts that build it. */
const ADDON_INPUTS = ['native', 'CMakeLists.txt', 'package-lock.json', 'scripts/build-addon.mjs'];

/** One hash over the names and contents of files and folders; what does not exist counts as absent. */
function hashOf(root, places, ignored = []) {
  const hash = createHash('sha256');
  for (const file of places.flatMap((place) => filesOf(root, place, ignored)).sort())
    hash
      .update(file)
      .update('\0')
      .update(fs.readFileSync(path.join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function filesOf(root, place, ignored) {
  if (ignored.includes(place)) return [];
  const stat = fs.statSync(path.join(root, place), { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [place];
  return fs.readdirSync(path.join(root, place)).flatMap((name) => filesOf(root, `${place}/${name}`, ignored));
}

const fileOf = (root) => path.join(root, '.bootstrap', 'stamp.json');

/**
 * @typedef {{ dist?: string, addon?: any, prebuilds?: Record<string, string> }} Stamp
 * What was built: hashes of the inputs of the library and of each prebuilt binary, and how the build of the addon went.
 */

/** @returns {Stamp} what the last run recorded; empty when there was none or it cannot be read */
function readStamp(root) {
  try {
    return JSON.parse(fs.readFileSync(fileOf(root), 'utf8'));
  } catch {
    return {};
  }
}

/** A stamp that cannot be kept only costs time: the next run builds again. */
function writeStamp(root, stamp) {
  try {
    fs.mkdirSync(path.dirname(fileOf(root)), { recursive: true });
    fs.writeFileSync(fileOf(root), JSON.stringify(stamp, null, 2));
  } catch {}
}

module.exports = { ADDON_INPUTS, DIST_INPUTS, hashOf, readStamp, writeStamp };
