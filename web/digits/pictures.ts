/** Sheets of small pictures on one canvas: filters, feature maps, neurons. */

import { colourOf, paletteOf } from '../shared/theme.js';
import type { Pictures } from './messages.js';

/** How large a picture is on the screen, in CSS pixels: small ones would not be seen. */
function sizeOf({ height, width }: Pictures): number {
  if (height * width === 1) return 26;
  return width < 10 ? 44 : width < 20 ? 52 : 64;
}

/** A colour for each value: the negative end, the background of the panel for 0, and the positive end. */
export interface SheetColours {
  readonly low: string;
  readonly high: string;
}

/**
 * Draws all pictures, as many in a row as fit, with one scale of colours: 0 is the colour of the panel, and the largest
 * magnitude of all of them that of an end.
 *
 * @param available the width that the sheet may take, in CSS pixels
 */
export function drawSheet(
  canvas: HTMLCanvasElement,
  pictures: Pictures,
  { low, high }: SheetColours,
  available: number,
): void {
  const { count, height, width } = pictures;
  const size = sizeOf(pictures);
  const gap = 3;
  const columns = Math.max(1, Math.min(count, Math.floor((available + gap) / (size + gap))));
  const rows = Math.ceil(count / columns);
  // Device pixels, a whole number for each of a picture, so that all of them are squares of one size.
  const ratio = window.devicePixelRatio || 1;
  const zoom = Math.max(1, Math.round((size * ratio) / width));
  const space = Math.round(gap * ratio);
  const [stepX, stepY] = [width * zoom + space, height * zoom + space];
  const [sheetWidth, sheetHeight] = [columns * stepX - space, rows * stepY - space];
  if (canvas.width !== sheetWidth) canvas.width = sheetWidth;
  if (canvas.height !== sheetHeight) canvas.height = sheetHeight;
  canvas.style.inlineSize = `${sheetWidth / ratio}px`;
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, sheetWidth, sheetHeight);
  context.imageSmoothingEnabled = false;
  const strip = stripOf(pictures, paletteOf(colourOf(low), colourOf('--blank'), colourOf(high)));
  for (let picture = 0; picture < count; picture++) {
    const [left, top] = [(picture % columns) * stepX, Math.floor(picture / columns) * stepY];
    context.drawImage(strip, 0, picture * height, width, height, left, top, width * zoom, height * zoom);
  }
}

/** The pictures below each other, a pixel for each number: the browser enlarges them, which is faster than to do it here. */
function stripOf({ count, height, width, data }: Pictures, palette: Uint32Array): OffscreenCanvas {
  const image = new ImageData(width, height * count);
  const pixels = new Uint32Array(image.data.buffer);
  const factor = 127.5 / (largestMagnitude(data) || 1);
  for (let i = 0; i < pixels.length; i++) pixels[i] = palette[Math.round(127.5 + factor * data[i]!)]!;
  const strip = new OffscreenCanvas(image.width, image.height);
  strip.getContext('2d')!.putImageData(image, 0, 0);
  return strip;
}

function largestMagnitude(values: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!);
    if (magnitude > largest && magnitude !== Infinity) largest = magnitude;
  }
  return largest;
}

/** What is said where not all are shown. */
export function firstOf(count: number, total: number): string {
  return count < total ? `, the first ${count} shown` : '';
}

/** The place of the picture whose numbers are largest on average. */
export function strongest({ count, height, width, data }: Pictures): number {
  const size = height * width;
  let [best, most] = [0, -Infinity];
  for (let picture = 0; picture < count; picture++) {
    let sum = 0;
    for (let i = picture * size; i < (picture + 1) * size; i++) sum += data[i]!;
    if (sum > most) [best, most] = [picture, sum];
  }
  return best;
}
