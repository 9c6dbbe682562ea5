/** The loss along a line through the values of one array, and whether backpropagation gives its slope. */

import { CERTAIN, compareSlope, type SlopeComparison, type SlopeOptions } from '../functions/slope.js';
import type { LossVariable } from './training-pass.js';

export interface LossLine {
  /** The coordinate of the current values. */
  readonly here: number;
  loss(at: number): number;
  /** The slope by backpropagation. */
  slope(at: number): number;
}

/** The line on which one element changes; the coordinate is its value. */
export function elementLine({ values, loss, gradient }: LossVariable, index: number): LossLine {
  const here = values[index]!;
  const moved = <T>(at: number, read: () => T): T => {
    values[index] = at;
    try {
      return read();
    } finally {
      values[index] = here;
    }
  };
  return { here, loss: (at) => moved(at, loss), slope: (at) => moved(at, () => gradient()[index]!) };
}

/** The line values + t · direction, on which all elements change together; the coordinate is t. */
export function arrayLine({ values, loss, gradient }: LossVariable, direction: Float64Array): LossLine {
  const start = values.slice();
  const moved = <T>(t: number, read: () => T): T => {
    for (let i = 0; i < values.length; i++) values[i] = start[i]! + t * direction[i]!;
    try {
      return read();
    } finally {
      values.set(start);
    }
  };
  return { here: 0, loss: (t) => moved(t, loss), slope: (t) => moved(t, () => dot(gradient(), direction)) };
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export interface LineComparison extends SlopeComparison {
  /** Whether the point lies at a kink: then `right` and `wrong` are about the points beside it. */
  readonly atKink: boolean;
  /** Whether the claim is wrong beside the point too. */
  readonly wrongBeside: boolean;
}

/** How far from a doubtful point the slope is compared again, as fractions of the scale. */
const BESIDE = [4 ** -9, 4 ** -7, 4 ** -5, 4 ** -3];

/**
 * Compares the slope that backpropagation claims with the losses along the line.
 *
 * Where the slope jumps, backpropagation may give that of either side or of neither (two ReLUs at 0 that switch on in
 * opposite directions). On both sides of the jump it must be right, and a wrong gradient is wrong there too.
 */
export function compareAlong(line: LossLine, claimed: number, options: SlopeOptions): LineComparison {
  const here = compareSlope(line.loss, line.here, claimed, options);
  if (here.verdict === 'right' || here.verdict === 'unresolved') return { ...here, atKink: false, wrongBeside: false };
  for (const part of BESIDE) {
    const distance = part * options.scale;
    const sides = [line.here - distance, line.here + distance].map((at) =>
      compareSlope(line.loss, at, line.slope(at), { ...options, scale: distance }),
    );
    const wrong = sides.find(({ verdict }) => verdict === 'wrong');
    if (wrong !== undefined) {
      return here.verdict === 'wrong'
        ? { ...here, atKink: false, wrongBeside: true }
        : { ...wrong, atKink: true, wrongBeside: true };
    }
    const right = sides.every(({ verdict }) => verdict === 'right');
    if (right && (here.verdict === 'kink' || explain(sides, here))) {
      return { ...sides[0]!, atKink: true, wrongBeside: false };
    }
  }
  return { ...here, atKink: here.verdict === 'kink', wrongBeside: false };
}

/** Whether the slope measured here lies between those of the two sides; otherwise they are too far away to say anything. */
function explain(sides: readonly SlopeComparison[], here: SlopeComparison): boolean {
  const [left, right] = sides.map(({ measured }) => measured) as [number, number];
  const allowed = CERTAIN * here.uncertainty + 0.1 * Math.max(Math.abs(left), Math.abs(right));
  return Math.abs((left + right) / 2 - here.measured) <= allowed;
}
