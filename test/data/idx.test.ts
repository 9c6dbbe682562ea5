import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { type IdxArray, readIdx } from '../../src/data/idx.js';
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

const folder = mkdtempSync(join(tmpdir(), 'zerokara-idx-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LIMIT = 2 ** 20;

/** Reads the bytes as a file. */
function read(bytes: Uint8Array, rank = 3): Promise<IdxArray> {
  const path = join(folder, 'images');
  writeFileSync(path, bytes);
  return readIdx('loadMnist', path, { rank, maxBytes: LIMIT });
}

async function messageOf(bytes: Uint8Array, rank = 3): Promise<string> {
  const error = await read(bytes, rank).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message.replace(join(folder, 'images'), 'images');
}

describe('an IDX file', () => {
  test('is read with its shape, as a plain Uint8Array', async () => {
    const { data, shape } = await read(images);
    expect(shape).toEqual([2, 3, 4]);
    expect(data).toEqual(pixels);
    expect(Object.getPrototypeOf(data)).toBe(Uint8Array.prototype);
  });

  test('is read gzipped too, whatever its name', async () => {
    expect(await read(gzipSync(images))).toEqual({ data: pixels, shape: [2, 3, 4] });
  });

  test('is read from a gzip file much longer than the part that shows its header', async () => {
    const random = new Random(1);
    const noise = Uint8Array.from({ length: 90_000 }, () => random.integer(256));
    const { data } = await read(gzipSync(idx([100, 30, 30], noise)));
    expect(Buffer.from(data).equals(noise)).toBe(true);
  });

  test('may hold nothing', async () => {
    expect(await read(idx([0], new Uint8Array(0)), 1)).toEqual({
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
      'it declares 4294967295 × 4294967295 × 4294967295 elements; expected at most 1048576 bytes (the option maxBytes)',
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
      const outcome = await read(bad).catch((error: unknown) => error);
      if (!(outcome instanceof DataError)) expect(outcome).toEqual({ data: pixels, shape: [2, 3, 4] });
    }
  });
});

describe('readIdx', () => {
  const messageAt = async (path: string, options: object = {}): Promise<string> => {
    const error = await readIdx('loadMnist', path, { rank: 3, maxBytes: LIMIT, ...options }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    return (error as Error).message;
  };
  const at = (name: string): string => join(folder, name);
  const memoryOf = async (use: () => Promise<unknown>): Promise<number> => {
    const before = process.resourceUsage().maxRSS;
    await use();
    return (process.resourceUsage().maxRSS - before) * 1024;
  };

  test('names a file that is not there', async () => {
    expect(await messageAt(at('labels'))).toBe(
      `loadMnist: ${at('labels')} cannot be read (ENOENT: no such file or directory)`,
    );
  });

  test('FOUND L3: reads no device, pipe or folder, also through a link, and waits for none', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('/dev/zero', at('link'));
    for (const [path, kind] of [
      ['/dev/zero', 'device'],
      [at('link'), 'device'],
      [at('pipe'), 'pipe'],
      [folder, 'folder'],
    ] as const) {
      expect(await messageAt(path)).toBe(`loadMnist: ${path} is a ${kind}; expected a regular file`);
    }
  });

  test('FOUND L3: believes no declared size that is not on the disk, and reads no more than the header of it', async () => {
    writeFileSync(at('sparse'), idx([2, 3, 4], pixels));
    truncateSync(at('sparse'), 1_500_000_000);
    writeFileSync(at('short'), idx([30_000, 100, 100], pixels));
    const large = { maxBytes: 2 ** 31 - 1 };
    const grown = await memoryOf(async () => {
      expect(await messageAt(at('sparse'))).toBe(
        `loadMnist: ${at('sparse')}: the file has 1500000000 bytes; expected at most 1048576 bytes (the option maxBytes)`,
      );
      expect(await messageAt(at('sparse'), large)).toBe(
        `loadMnist: ${at('sparse')}: the file has 1500000000 bytes; expected 40 (16 of header and 2 × 3 × 4 elements)`,
      );
      expect(await messageAt(at('short'), large)).toBe(
        `loadMnist: ${at('short')}: the file has 40 bytes; expected 300000016 (16 of header and 30000 × 100 × 100 elements)`,
      );
      expect(await messageAt(at('short'))).toBe(
        `loadMnist: ${at('short')}: it declares 30000 × 100 × 100 elements; expected at most 1048576 bytes (the option maxBytes)`,
      );
    });
    expect(grown).toBeLessThan(2 ** 26);
  });

  test('FOUND L3: unpacks no gzip file that is too small for what it declares, or whose shape is refused', async () => {
    const packed = gzipSync(idx([1024, 1024, 256], pixels));
    writeFileSync(at('bomb.gz'), packed);
    const large = { maxBytes: 2 ** 31 - 1 };
    expect(await messageAt(at('bomb.gz'), large)).toBe(
      `loadMnist: ${at('bomb.gz')}: the gzip file has ${packed.length} bytes; expected more, to unpack to 268435472 (16 of header and 1024 × 1024 × 256 elements)`,
    );
    // As large as it says, but not what the caller can use: nothing of it is unpacked.
    const header = gzipSync(idx([128, 1024, 1024], new Uint8Array(0)));
    const member = gzipSync(Buffer.alloc(1 << 20)); // joined, so that making the file takes no memory that would hide a failure
    writeFileSync(at('zeros.gz'), Buffer.concat([header, ...Array<Buffer>(128).fill(member)]));
    const refusal = new DataError({ operation: 'loadMnist', found: 'too many' });
    const grown = await memoryOf(async () => {
      const requireShape = (): void => {
        throw refusal;
      };
      expect(await messageAt(at('zeros.gz'), { ...large, requireShape })).toBe('loadMnist: too many');
    });
    expect(grown).toBeLessThan(2 ** 25);
  });
});
