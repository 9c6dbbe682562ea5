import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeIdx, readIdx } from '../../src/data/idx.js';
import { DataError } from '../../src/errors.js';
import { Random } from '../../src/random.js';

/** An IDX file of bytes, as the MNIST files are laid out. */
function idx(shape: readonly number[], elements: Uint8Array, magic = 0x0800 | shape.length): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(magic);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return Buffer.concat([header, elements]);
}

const pixels = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
const images = idx([2, 3, 4], pixels);

async function messageOf(bytes: Uint8Array, rank = 3): Promise<string> {
  const error = await decodeIdx(bytes, 'loadMnist', 'images', rank).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

describe('an IDX file', () => {
  test('is read with its shape, as a plain Uint8Array', async () => {
    const { data, shape } = await decodeIdx(images, 'loadMnist', 'images', 3);
    expect(shape).toEqual([2, 3, 4]);
    expect(data).toEqual(pixels);
    expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype);
  });

  test('is read gzipped too, whatever its name', async () => {
    expect(await decodeIdx(gzipSync(images), 'loadMnist', 'images', 3)).toEqual({ data: pixels, shape: [2, 3, 4] });
  });

  test('is read from a gzip file much longer than the part that shows its header', async () => {
    const random = new Random(1);
    const noise = Uint8Array.from({ length: 90_000 }, () => random.integer(256));
    const { data } = await decodeIdx(gzipSync(idx([100, 30, 30], noise)), 'loadMnist', 'images', 3);
    expect(Buffer.from(data).equals(noise)).toBe(true);
  });

  test('may hold nothing', async () => {
    expect(await decodeIdx(idx([0], new Uint8Array(0)), 'loadMnist', 'labels', 1)).toEqual({
      data: new Uint8Array(0),
      shape: [0],
    });
  });
});

describe('a bad IDX file', () => {
  test.each<[string, Uint8Array, string]>([
    ['is empty', Buffer.alloc(0), 'the file has 0 bytes; expected at least 16 (an IDX header of 3 dimensions)'],
    [
      'ends in its header',
      images.subarray(0, 15),
      'the file has 15 bytes; expected at least 16 (an IDX header of 3 dimensions)',
    ],
    [
      'has the magic number of labels',
      idx([2, 3, 4], pixels, 0x0801),
      'the magic number is 0x00000801; expected 0x00000803 (IDX, uint8, 3 dimensions)',
    ],
    [
      'has floats',
      idx([2, 3, 4], pixels, 0x0d03),
      'the magic number is 0x00000d03; expected 0x00000803 (IDX, uint8, 3 dimensions)',
    ],
    [
      'is cut short',
      images.subarray(0, 39),
      'the file has 39 bytes; expected 40 (16 of header and 2 × 3 × 4 elements)',
    ],
    [
      'has a byte too many',
      Buffer.concat([images, Buffer.alloc(1)]),
      'the file has 41 bytes; expected 40 (16 of header and 2 × 3 × 4 elements)',
    ],
    [
      'declares more than any such file has',
      idx([0xffffffff, 0xffffffff, 0xffffffff], pixels),
      'it declares 4294967295 × 4294967295 × 4294967295 elements; expected at most 1073741824',
    ],
    [
      'is gzipped and its contents are cut short',
      gzipSync(images.subarray(0, 39)),
      'the file has 39 bytes; expected 40 (16 of header and 2 × 3 × 4 elements)',
    ],
    [
      'is gzipped and its contents go on',
      gzipSync(Buffer.concat([images, Buffer.alloc(1)])),
      'it inflates to more bytes than declared; expected 40 (16 of header and 2 × 3 × 4 elements)',
    ],
    [
      'is gzipped twice over in one file',
      Buffer.concat([gzipSync(images), gzipSync(images)]),
      'it inflates to more bytes than declared; expected 40 (16 of header and 2 × 3 × 4 elements)',
    ],
    [
      'is gzipped and followed by zeros',
      Buffer.concat([gzipSync(images), Buffer.alloc(7)]),
      `the gzip file has ${gzipSync(images).length + 7} bytes; expected ${gzipSync(images).length} (the end of its compressed data)`,
    ],
    ['is a gzip file cut short', gzipSync(images).subarray(0, -9), 'the gzip file is cut short'],
    [
      'is a gzip file cut in its first bytes',
      gzipSync(images).subarray(0, 5),
      'the file has 0 bytes; expected at least 16 (an IDX header of 3 dimensions)',
    ],
    [
      'is a gzip file with a wrong checksum',
      Buffer.from(gzipSync(images)).fill(0, gzipSync(images).length - 8, gzipSync(images).length - 4),
      'the gzip file is damaged (incorrect data check)',
    ],
    [
      'is a gzip file of another method',
      Buffer.from(gzipSync(images)).fill(7, 2, 3),
      'the gzip file is damaged (unknown compression method)',
    ],
  ])('is refused when it %s', async (_, bytes, message) => {
    expect(await messageOf(bytes)).toBe(`loadMnist: images: ${message}`);
  });

  test('names one dimension in the singular', async () => {
    expect(await messageOf(images, 1)).toBe(
      'loadMnist: images: the magic number is 0x00000803; expected 0x00000801 (IDX, uint8, 1 dimension)',
    );
  });

  test('does not inflate a gzip bomb', async () => {
    // 256 MiB of zeros as members of 1 MiB each, so that making the file takes no memory that would hide the failure.
    const member = gzipSync(Buffer.alloc(1 << 20));
    const bomb = Buffer.concat([gzipSync(images), ...Array<Buffer>(256).fill(member)]);
    expect(bomb.length).toBeLessThan(300_000);
    const before = process.resourceUsage().maxRSS;
    expect(await messageOf(bomb)).toBe(
      'loadMnist: images: it inflates to more bytes than declared; expected 40 (16 of header and 2 × 3 × 4 elements)',
    );
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(64 << 10); // KiB
  });

  test('is refused, and nothing else happens, after any one bit flip of a gzip file', async () => {
    const good = gzipSync(images);
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good);
      bad[bit >> 3]! ^= 1 << (bit & 7);
      // Flips in the gzip header's time and system fields change nothing; all others must be a DataError.
      const outcome = await decodeIdx(bad, 'loadMnist', 'images', 3).catch((error: unknown) => error);
      if (!(outcome instanceof DataError)) expect(outcome).toEqual({ data: pixels, shape: [2, 3, 4] });
    }
  });
});

describe('readIdx', () => {
  test('reads a file and names one that is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zerokara-idx-'));
    try {
      writeFileSync(join(folder, 'images'), images);
      expect(await readIdx('loadMnist', join(folder, 'images'), 3)).toEqual({ data: pixels, shape: [2, 3, 4] });
      const missing = join(folder, 'labels');
      const error = await readIdx('loadMnist', missing, 1).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(DataError);
      expect((error as Error).message).toBe(`loadMnist: ${missing} cannot be read (ENOENT: no such file or directory)`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
