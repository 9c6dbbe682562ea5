/** Is what `npm publish` would pack from this folder the package that the README describes? */
import fs from 'node:fs';
import path from 'node:path';
import { ADDON_INPUTS, DIST_INPUTS, hashOf, readStamp } from './stamp.cjs';

/** The platform for which the README promises a binary. */
const PROMISED = 'linux-x64';

/** @param {string} root @returns {string[]} a sentence for each reason not to publish, with what to do */
export function complaintsAboutPublishing(root) {
  const stamp = readStamp(root);
  const binary = `prebuilds/${PROMISED}/zerokara.node`;
  const isThere = fs.existsSync(path.join(root, binary));
  const prebuilt = stamp.prebuilds?.[PROMISED]; // unknown where the binary came from another machine
  const complaints = [];
  if (!isThere)
    complaints.push(`${binary} is missing, which the README promises; npm run prebuild makes it on ${PROMISED}`);
  if (isThere && prebuilt !== undefined && prebuilt !== hashOf(root, ADDON_INPUTS, ['native/build']))
    complaints.push(`${binary} was built from other sources than these; npm run prebuild makes it again`);
  if (!fs.existsSync(path.join(root, 'dist/index.js')) || stamp.dist !== hashOf(root, DIST_INPUTS))
    complaints.push('dist was not built from these sources; npm run build:dist makes it');
  return complaints;
}
