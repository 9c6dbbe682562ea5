// Small pictures side by side, each with a line below it: digits, filters, what filters make of a digit.
import { COLORS, FONT } from './chart.mjs';
import { pngUrl } from './png.mjs';

/** Pixels between two pictures, and for the line below one. */
const GAP = 10;
const LINE = 18;

/**
 * @typedef {object} Picture
 * @property {ArrayLike<number>} values height · width numbers
 * @property {number} height
 * @property {number} width
 * @property {string} [below]
 * @property {[number, number]} [range] the values that are white and black; default the least and the greatest
 */

/**
 * @param {{ title: string, pictures: Picture[] }[]} groups each under its title
 * @param {{ columns: number, side: number }} look pictures in a row, and the pixels of the longer side of one
 */
export function gallery(groups, { columns, side }) {
  const parts = [];
  let y = 0;
  for (const { title, pictures } of groups) {
    y += 30;
    parts.push(words(title, 12, y, 15, 600));
    y += 14;
    for (const [i, picture] of pictures.entries()) {
      const x = 12 + (i % columns) * (side + GAP);
      const top = y + Math.floor(i / columns) * (side + GAP + LINE);
      parts.push(drawn(picture, x, top, side));
    }
    y += Math.ceil(pictures.length / columns) * (side + GAP + LINE);
  }
  const [width, height] = [24 + columns * (side + GAP) - GAP, y + 6];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" fill="${COLORS.paper}"/>
${parts.join('\n')}
</svg>
`;
}

/**
 * @param {Picture} picture
 * @param {number} x
 * @param {number} y
 * @param {number} side
 */
function drawn({ values, height, width, below, range }, x, y, side) {
  const scale = side / Math.max(height, width);
  const size = `width="${width * scale}" height="${height * scale}"`;
  const image = `<image href="${pngUrl(greyOf(values, range), height, width)}" x="${x}" y="${y}" ${size} preserveAspectRatio="none" style="image-rendering: pixelated"/>`;
  const frame = `<rect x="${x}" y="${y}" ${size} fill="none" stroke="${COLORS.line}"/>`;
  return below === undefined ? image + frame : image + frame + words(below, x, y + side + LINE - 5, 12, 400);
}

/** Ink on paper: the greatest value is black. */
function greyOf(values, range) {
  const numbers = Float64Array.from(values);
  const [low, high] = range ?? [Math.min(...numbers), Math.max(...numbers)];
  const scale = high > low ? 255 / (high - low) : 0;
  return Uint8Array.from(numbers, (value) => 255 - Math.round(Math.min(255, Math.max(0, (value - low) * scale))));
}

function words(text, x, y, size, weight) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" fill="${COLORS.ink}" font-family="${FONT.replaceAll('"', "'")}" font-size="${size}" font-weight="${weight}">${escaped}</text>`;
}
