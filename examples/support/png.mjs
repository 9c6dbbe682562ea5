// Grey pictures as PNG, as text that an SVG document can hold.
import { deflateSync } from 'node:zlib';

/**
 * @param {Uint8Array} grey height · width bytes, 0 black, 255 white
 * @param {number} height
 * @param {number} width
 */
export function pngUrl(grey, height, width) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits of a pixel; the rest is 0: grey, deflate, no filter, not interlaced
  const lines = Buffer.alloc(height * (width + 1)); // each line begins with the number of its filter, 0
  for (let i = 0; i < height; i++) lines.set(grey.subarray(i * width, (i + 1) * width), i * (width + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [signature, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))];
  return `data:image/png;base64,${Buffer.concat(parts).toString('base64')}`;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** The checksum of PNG and gzip: the remainder by the polynomial 0xedb88320, bit by bit. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
