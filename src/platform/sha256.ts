/**
 * SHA-256 in plain JavaScript, for browsers: their own is asynchronous, and only available on secure pages.
 *
 * Source: NIST, FIPS 180-4, Secure Hash Standard, §6.2.
 */

/** The first 32 bits of the fractional parts of the cube (K) and square (H) roots of the first primes. */
const K = firstPrimes(64).map((prime) => fraction32(Math.cbrt(prime)));
const H = firstPrimes(8).map((prime) => fraction32(Math.sqrt(prime)));

/** Bytes that are hashed at a time. */
const BLOCK = 64;

/** The SHA-256 of the parts, one after another, in hexadecimal. */
export function sha256(parts: readonly Uint8Array[]): string {
  const state = Int32Array.from(H);
  const schedule = new Int32Array(64);
  const block = new Uint8Array(BLOCK);
  let filled = 0;
  let length = 0;
  const put = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(BLOCK - filled, bytes.length - at);
      block.set(bytes.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < BLOCK) return;
      compress(state, schedule, block);
      filled = 0;
    }
  };
  for (const part of parts) {
    put(part);
    length += part.length;
  }
  // The padding: a one bit, zeros up to 8 bytes before the end of a block, and the length in bits.
  const zeros = (2 * BLOCK - 9 - (length % BLOCK)) % BLOCK;
  const end = new Uint8Array(1 + zeros + 8);
  end[0] = 0x80;
  new DataView(end.buffer).setBigUint64(1 + zeros, BigInt(length) * 8n);
  put(end);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Updates the state with one block. */
function compress(state: Int32Array, w: Int32Array, block: Uint8Array): void {
  const words = new DataView(block.buffer);
  for (let t = 0; t < 16; t++) w[t] = words.getInt32(4 * t);
  for (let t = 16; t < 64; t++) {
    const early = w[t - 15]!;
    const late = w[t - 2]!;
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    w[t] = w[t - 16]! + sigma0 + w[t - 7]! + sigma1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < 64; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + K[t]! + w[t]!) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + sum0 + majority) | 0];
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + word;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function fraction32(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}
