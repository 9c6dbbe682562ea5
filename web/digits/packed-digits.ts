/**
 * The file of digits that the page trains on: gzipped, 4 bits a pixel.
 *
 * Layout: two little-endian integers of 32 bits, the digits of the training data and of the test data; then 392 bytes for each, row by
 * row, the left pixel of two in the upper half. Row i of either part shows the digit i mod 10, so no labels are stored.
 */

export const SIDE = 28;
export const PIXELS: number = SIDE * SIDE;

/** 15 becomes 255. */
const STEP = 17;

export interface Digits {
  /** 784 bytes for each digit. */
  readonly train: Uint8Array;
  readonly test: Uint8Array;
}

/** @throws {Error} for bytes that are not such a file, without gzip */
export function unpackDigits(bytes: Uint8Array): Digits {
  const header = 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [train, test] = bytes.length < header ? [0, 0] : [view.getUint32(0, true), view.getUint32(4, true)];
  const expected = header + ((train + test) * PIXELS) / 2;
  if (bytes.length !== expected || train === 0 || test === 0) {
    throw new Error(`The file of digits has ${bytes.length} bytes, which do not hold ${train} and ${test} digits`);
  }
  const pixels = new Uint8Array((train + test) * PIXELS);
  for (let i = header, at = 0; i < bytes.length; i++) {
    pixels[at++] = (bytes[i]! >> 4) * STEP;
    pixels[at++] = (bytes[i]! & 15) * STEP;
  }
  return { train: pixels.subarray(0, train * PIXELS), test: pixels.subarray(train * PIXELS) };
}

/** The digit that each row shows. */
export function labelsOf(pixels: Uint8Array): Int32Array {
  return Int32Array.from({ length: pixels.length / PIXELS }, (_, row) => row % 10);
}
