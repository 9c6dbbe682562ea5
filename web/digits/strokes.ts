/**
 * From what a pen drew to 28 × 28 pixels, as the makers of MNIST did it: the digit is scaled into a box of 20 × 20 pixels,
 * its proportions kept, and its centre of mass is put into the middle of the picture.
 *
 * The strokes are scaled, not their picture: so a small digit and a large one get the same pen.
 *
 * Source: LeCun, Cortes and Burges, The MNIST database of handwritten digits.
 */

import { PIXELS, SIDE } from './packed-digits.js';

/** In units of the drawing pad's side. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the pen drew without being lifted. */
export type Stroke = readonly Point[];

/** The side of the box that the digit is scaled into, pen included. */
const BOX = 20;

/** Where the centre of mass lies, in pixels from the middle of the first one: of all digits of MNIST it is at 14.0. */
const CENTRE = SIDE / 2;

/** Half the pen's width, in pixels of the result: the digits of MNIST have as much ink, about 100 full pixels each. */
const PEN = 1.3;

/** A pixel fades over the width of one. */
const FADE = 0.5;

/** A digit is at least this share of the pad: a dot does not become a disk. */
const SMALLEST = 0.2;

/** The digit as 784 bytes, 0 the paper and 255 the ink; undefined if nothing is drawn. */
export function digitOf(strokes: readonly Stroke[]): Uint8Array | undefined {
  const points = strokes.flat();
  if (points.length === 0) return undefined;
  const [left, right] = rangeOf(points.map(({ x }) => x));
  const [top, bottom] = rangeOf(points.map(({ y }) => y));
  const scale = (BOX - 2 * (PEN + FADE)) / Math.max(right - left, bottom - top, SMALLEST);
  // First with the box in the middle, then moved by what the centre of mass lies beside it.
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  const mass = centreOfMass(draw(strokes, scale, middle));
  const centre = { x: middle.x + mass.x / scale, y: middle.y + mass.y / scale };
  return Uint8Array.from(draw(strokes, scale, centre), (ink) => Math.round(255 * ink));
}

function rangeOf(values: readonly number[]): readonly [least: number, most: number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

/** The ink of each pixel, in [0, 1], with `centre` of the pad where the centre of mass should be. */
function draw(strokes: readonly Stroke[], scale: number, centre: Point): Float32Array {
  const ink = new Float32Array(PIXELS);
  const place = ({ x, y }: Point): Point => ({
    x: (x - centre.x) * scale + CENTRE,
    y: (y - centre.y) * scale + CENTRE,
  });
  for (const stroke of strokes) {
    let from = place(stroke[0]!);
    for (const point of stroke) {
      const to = place(point);
      drawSegment(ink, from, to);
      from = to;
    }
  }
  return ink;
}

/** Only the pixels that the pen reaches are looked at: a stroke has hundreds of segments. */
function drawSegment(ink: Float32Array, from: Point, to: Point): void {
  const reach = PEN + FADE;
  const first = (a: number, b: number): number => Math.max(0, Math.ceil(Math.min(a, b) - reach));
  const last = (a: number, b: number): number => Math.min(SIDE - 1, Math.floor(Math.max(a, b) + reach));
  for (let y = first(from.y, to.y); y <= last(from.y, to.y); y++) {
    for (let x = first(from.x, to.x); x <= last(from.x, to.x); x++) {
      const covered = Math.min(1, Math.max(0, reach - distanceTo(from, to, x, y)));
      const i = y * SIDE + x;
      ink[i] = Math.max(ink[i]!, covered);
    }
  }
}

/** From a point to the nearest of a segment. */
function distanceTo(from: Point, to: Point, x: number, y: number): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / length;
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - from.x - at * dx, y - from.y - at * dy);
}

/** Where the ink is on average, from where it should be. */
export function centreOfMass(ink: ArrayLike<number>): Point {
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < PIXELS; i++) {
    sum += ink[i]!;
    sumX += ink[i]! * (i % SIDE);
    sumY += ink[i]! * Math.floor(i / SIDE);
  }
  return sum === 0 ? { x: 0, y: 0 } : { x: sumX / sum - CENTRE, y: sumY / sum - CENTRE };
}
