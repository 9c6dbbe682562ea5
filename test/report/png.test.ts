import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { pngUrl } from '../../src/report/png.js';

/** The chunks of the image, by name. */
function chunksOf(url: string): { name: string; data: Buffer; sum: number }[] {
  expect(url).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
  const bytes = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const [name, data] = [bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length)];
    chunks.push({ name, data, sum: bytes.readUInt32BE(at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

describe('pngUrl', () => {
  test('holds size, kind and pixels, and the checksums of the format', () => {
    const chunks = chunksOf(pngUrl({ height: 2, width: 3, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) }));
    expect(chunks.map(({ name }) => name)).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect([...chunks[0]!.data]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
    // inflateSync checks Adler's sum.
    expect([...inflateSync(chunks[1]!.data)]).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
    expect(chunks[2]!.sum).toBe(0xae426082); // as in every PNG file
  });

  test('takes colours, and more bytes than one block holds', () => {
    const bytes = Uint8Array.from({ length: 200 * 200 * 3 }, (_, i) => i % 251);
    const [header, pixels] = chunksOf(pngUrl({ height: 200, width: 200, bytes, channels: 3 }));
    expect(header!.data[9]).toBe(2);
    const lines = inflateSync(pixels!.data);
    expect(lines.length).toBe(200 * 601);
    expect([...lines.subarray(601, 610)]).toEqual([0, ...bytes.subarray(600, 608)]);
  });
});
