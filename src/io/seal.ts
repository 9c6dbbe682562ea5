/**
 * The SHA-256 that reveals damage to our own safetensors files: it covers every bit of the file.
 *
 * The format has no checksum: of 1,500 random bit flips its rules find 6. So `__metadata__` has a hash of the whole
 * file, computed with the hash's own 64 digits set to zero. A second entry says that the file is ours and must have a
 * hash. A bit flip in the name of one entry leaves the other, so no single flip can exempt a file from the check.
 */

import { platform } from '#platform';

/** The two entries of `__metadata__`. */
export const HASH_KEY = 'zerokara.sha256';
export const ORIGIN_KEY = 'format';
export const ORIGIN = 'zerokara';

/** The digits that stand for the hash while it is computed. */
export const ZERO_HASH: string = '0'.repeat(64);

const entry = (hash: string): string => `${JSON.stringify(HASH_KEY)}:"${hash}"`;

/**
 * Replaces `ZERO_HASH`, which must occur once in the header, by the hash of prefix, header and data.
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
