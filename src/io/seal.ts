/**
 * The SHA-256 by which our own safetensors files notice damage: every bit of the file is under it.
 *
 * The format checks nothing by itself: of 1,500 random bit flips its rules find 6. So `__metadata__` carries a hash of
 * the whole file, taken with the hash's own 64 digits still zero. A second entry says that the file is ours and must
 * have a hash; a flip in either entry's name leaves the other, so no single flip can take a file out of the check.
 */

import { platform } from '#platform';

/** The two entries of `__metadata__`. */
export const HASH_KEY = 'zerokara.sha256';
export const ORIGIN_KEY = 'format';
export const ORIGIN = 'zerokara';

/** What the hash reads as while it is computed. */
export const ZERO_HASH: string = '0'.repeat(64);

const entry = (hash: string): string => `${JSON.stringify(HASH_KEY)}:"${hash}"`;

/**
 * Puts the hash of prefix, header and data in the place of `ZERO_HASH` in the header, which must hold it once.
 *
 * @param prefix the file's first 8 bytes, the length of the header
 */
export function seal(prefix: Uint8Array, header: string, data: Uint8Array): string {
  return header.replace(entry(ZERO_HASH), entry(hashOf(prefix, header, data)));
}

/** Whether the file says that it is ours, or has a hash. */
export function isSealed(metadata: Readonly<Record<string, string>>): boolean {
  return metadata[ORIGIN_KEY] === ORIGIN || metadata[HASH_KEY] !== undefined;
}

/** What is wrong with the seal of a sealed file, or undefined if it holds. */
export function brokenSeal(
  metadata: Readonly<Record<string, string>>,
  prefix: Uint8Array,
  header: string,
  data: Uint8Array,
): string | undefined {
  const hash = metadata[HASH_KEY];
  if (hash === undefined) return `its metadata lacks "${HASH_KEY}"`;
  const parts = header.split(entry(hash));
  const computed = parts.length === 2 ? hashOf(prefix, parts.join(entry(ZERO_HASH)), data) : undefined;
  return computed === hash ? undefined : 'its contents do not match its SHA-256';
}

function hashOf(prefix: Uint8Array, header: string, data: Uint8Array): string {
  return platform.sha256([prefix, new TextEncoder().encode(header), data]);
}
