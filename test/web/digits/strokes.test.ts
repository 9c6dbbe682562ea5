/** Drawings become pictures as the digits of MNIST are. */
import { describe, expect, test } from 'vitest';
import { PIXELS, SIDE } from '../../../web/digits/packed-digits.js';
import { centreOfMass, digitOf, type Stroke } from '../../../web/digits/strokes.js';

/** A 7 in the unit square: a bar, and a leg to the bottom left. */
const SEVEN: readonly Stroke[] = [
  [
    { x: 0, y: 0 },
    { x: 0.6, y: 0 },
    { x: 0.2, y: 1 },
  ],
];

function moved(strokes: readonly Stroke[], size: number, left: number, top: number): readonly Stroke[] {
  return strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: left + size * x, y: top + size * y })));
}

function boxOf(pixels: Uint8Array): { readonly width: number; readonly height: number } {
  const inked = [...pixels.keys()].filter((i) => pixels[i]! > 0);
  const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values) + 1;
  return { width: range(inked.map((i) => i % SIDE)), height: range(inked.map((i) => Math.floor(i / SIDE))) };
}

describe('digitOf', () => {
  test('gives nothing for an empty pad', () => {
    expect(digitOf([])).toBeUndefined();
  });

  test('scales the longer side to a box of 20 pixels and keeps the proportions', () => {
    const { width, height } = boxOf(digitOf(moved(SEVEN, 0.7, 0.1, 0.2))!);
    expect(height).toBeGreaterThanOrEqual(19);
    expect(height).toBeLessThanOrEqual(21); // a box of 20 whose edges lie within pixels
    // The pen is as wide in both directions: 16.4 pixels from end to end of the bar, times 0.6, and the pen.
    expect(width).toBeGreaterThanOrEqual(12);
    expect(width).toBeLessThanOrEqual(15);
  });

  test('puts the centre of mass to where it is in MNIST', () => {
    const { x, y } = centreOfMass(digitOf(moved(SEVEN, 0.5, 0.4, 0))!);
    expect(Math.abs(x)).toBeLessThan(0.1); // what is drawn between pixels is rounded to them
    expect(Math.abs(y)).toBeLessThan(0.1);
  });

  test('gives the same picture wherever and however large the digit was drawn', () => {
    const large = digitOf(moved(SEVEN, 0.9, 0.05, 0.05))!;
    const small = digitOf(moved(SEVEN, 0.3, 0.6, 0.5))!;
    const differences = large.map((value, i) => Math.abs(value - small[i]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  });

  test('has about as much ink as the digits of MNIST, 104 full pixels on average', () => {
    const circle = Array.from({ length: 40 }, (_, i) => ({
      x: 0.5 + 0.25 * Math.sin(i / 6.2),
      y: 0.5 - 0.35 * Math.cos(i / 6.2),
    }));
    const ink = digitOf([circle])!.reduce((sum, value) => sum + value / 255, 0);
    expect(ink).toBeGreaterThan(80);
    expect(ink).toBeLessThan(140);
  });

  test('a dot stays a dot, in the middle', () => {
    const pixels = digitOf([[{ x: 0.9, y: 0.1 }]])!;
    expect(boxOf(pixels)).toEqual({ width: 3, height: 3 });
    expect(pixels[14 * SIDE + 14]).toBe(255);
  });

  test('draws outside the pad of a wide, flat line nothing', () => {
    const pixels = digitOf([
      [
        { x: 0, y: 0.99 },
        { x: 1, y: 0.99 },
      ],
    ])!;
    expect(pixels).toHaveLength(PIXELS);
    expect(boxOf(pixels)).toEqual({ width: 19, height: 3 });
  });
});

test('the centre of mass of no ink is where it should be', () => {
  expect(centreOfMass(new Uint8Array(PIXELS))).toEqual({ x: 0, y: 0 });
});
