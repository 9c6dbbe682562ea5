import { describe, expect, test } from 'vitest';
import { allocate, type Floats } from '../../src/backend/backend.js';
import type { Augmentation } from '../../src/data/augmentation.js';
import { Augmenter } from '../../src/data/augmenter.js';
import { Random } from '../../src/random.js';
import type { ImageShape } from '../../src/tensor/shape-types.js';

const NONE: Augmentation = { shift: 0, rotate: 0, scale: 0, flip: false, background: 0 };

/** A generator whose numbers are these, in turn: 0 is one end of a range, 0.5 its middle, 1 the other end. */
function drawing(...numbers: number[]): Random {
  let next = 0;
  return Object.assign(new Random(1), { uniform: () => numbers[next++ % numbers.length]! });
}

/** The changed copy of one image. */
function changed(
  image: readonly number[],
  shape: ImageShape,
  augmentation: Partial<Augmentation>,
  random: Random,
): number[] {
  const x = Float64Array.from(image);
  const all = { ...NONE, ...augmentation };
  new Augmenter(all, shape, all.background, random).apply(x, 1);
  return [...x];
}

/** Equal but for the rounding of positions of at most 10 pixels and of a few products. */
function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)));
  });
}

const [DOWN, RIGHT, ANGLE, SIZE] = [
  [1, 0.5, 0.5, 0.5],
  [0.5, 1, 0.5, 0.5],
  [0.5, 0.5, 1, 0.5],
  [0.5, 0.5, 0.5, 1],
] as const;

describe('an image', () => {
  const image = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const shape = [3, 3, 1] as const;

  test('shifted by whole pixels is the same image, background where it came from', () => {
    expect(changed(image, shape, { shift: 1 }, drawing(...DOWN))).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6]);
    expect(changed(image, shape, { shift: 2 }, drawing(...RIGHT))).toEqual([0, 0, 1, 0, 0, 4, 0, 0, 7]);
    expect(changed(image, shape, { shift: 1, background: -5 }, drawing(...RIGHT))).toEqual([
      -5, 1, 2, -5, 4, 5, -5, 7, 8,
    ]);
    expect(changed(image, shape, { shift: 1 }, drawing(0, 0, 0.5, 0.5))).toEqual([5, 6, 0, 8, 9, 0, 0, 0, 0]);
  });

  test('mirrored is from right to left, where a number below ½ is drawn, and is mirrored before it is moved', () => {
    const still = [0.5, 0.5, 0.5, 0.5];
    expect(changed(image, shape, { flip: true }, drawing(...still, 0.49))).toEqual([3, 2, 1, 6, 5, 4, 9, 8, 7]);
    expect(changed(image, shape, { flip: true }, drawing(...still, 0.5))).toEqual(image);
    expect(changed(image, shape, { shift: 1, flip: true }, drawing(...RIGHT, 0))).toEqual([0, 3, 2, 0, 6, 5, 0, 9, 8]);
    expect(changed([1, -1, 2, -2], [1, 2, 2], { flip: true }, drawing(...still, 0))).toEqual([2, -2, 1, -1]);
  });

  test('shifted by half a pixel is the mean of neighbours', () => {
    expect(changed(image, shape, { shift: 0.5 }, drawing(...DOWN))).toEqual([
      0.5, 1, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5,
    ]);
  });

  test('shifted out of sight is all background', () => {
    expect(changed(image, shape, { shift: 1e9, background: 7 }, drawing(...DOWN))).toEqual(new Array(9).fill(7));
  });

  test.each([
    [90, [3, 6, 9, 2, 5, 8, 1, 4, 7]],
    [180, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ])('turned by %i degrees, counter-clockwise', (rotate, expected) => {
    const turned = changed(image, shape, { rotate }, drawing(...ANGLE));
    expectClose(turned, expected);
  });

  test('grown by a half: a slope is less steep by that factor', () => {
    // Pixel (i, j) is 10 i + j, about the centre (2, 2).
    const slope = Array.from({ length: 25 }, (_, at) => 10 * Math.floor(at / 5) + (at % 5));
    const grown = changed(slope, [5, 5, 1], { scale: 0.5 }, drawing(...SIZE));
    const expected = slope.map((value) => 22 + (value - 22) / 1.5);
    expectClose(grown, expected);
  });

  test.each(['float32', 'float64'] as const)('stays the same to the bit where all ranges are 0, in %s', (dtype) => {
    for (const shape of [
      [4, 7, 1],
      [1, 1, 3],
      [5, 2, 2],
    ] as const) {
      const random = new Random(3);
      const x = allocate(dtype, shape[0] * shape[1] * shape[2] * 5).map(() => random.normal());
      const before = x.slice();
      new Augmenter(NONE, shape, 0, new Random(4)).apply(x, 5);
      expect(x).toEqual(before);
    }
  });

  test('draws its own numbers, whatever is drawn for others', () => {
    const random = new Random(9);
    const shape = [6, 5, 2] as const;
    const x = Float32Array.from({ length: 60 * 4 }, () => random.uniform());
    const together = x.slice();
    const options = { shift: 2, rotate: 30, scale: 0.2, flip: false, background: 0 };
    new Augmenter(options, shape, 0, new Random(5)).apply(together, 4);
    const one = new Augmenter(options, shape, 0, new Random(5));
    for (let image = 0; image < 4; image++) {
      const alone = x.slice(60 * image, 60 * (image + 1));
      one.apply(alone, 1);
      expect(together.slice(60 * image, 60 * (image + 1))).toEqual(alone);
      expect(alone).not.toEqual(x.slice(60 * image, 60 * (image + 1)));
    }
  });

  test('beyond the count is not touched', () => {
    const x = new Float64Array(27).fill(1);
    new Augmenter({ ...NONE, shift: 3 }, [3, 3, 1], 0, drawing(...DOWN)).apply(x, 2);
    expect([...x]).toEqual([...new Array(18).fill(0), ...new Array(9).fill(1)]);
  });
});

test('300 random images equal an independent bilinear transformation', () => {
  const random = new Random(11);
  for (let round = 0; round < 300; round++) {
    const shape: ImageShape = [1 + random.integer(9), 1 + random.integer(9), 1 + random.integer(4)];
    const numbers = Array.from({ length: 4 }, () => random.uniform());
    const augmentation = {
      shift: 4 * random.uniform(),
      rotate: 180 * random.uniform(),
      scale: 0.9 * random.uniform(),
      flip: false,
      background: random.normal(),
    };
    const image = Float64Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.normal());
    const expected = reference(image, shape, augmentation, numbers);
    const float64 = image.slice();
    new Augmenter(augmentation, shape, augmentation.background, drawing(...numbers)).apply(float64, 1);
    expectClose(float64, expected);
    const float32 = Float32Array.from(image);
    const exact = Float64Array.from(float32);
    const background = Math.fround(augmentation.background);
    new Augmenter(augmentation, shape, background, drawing(...numbers)).apply(float32, 1);
    new Augmenter(augmentation, shape, background, drawing(...numbers)).apply(exact, 1);
    expect(float32).toEqual(Float32Array.from(exact)); // computed in double, rounded once
  }
});

/** Each pixel by the inverse of the matrix that maps the image to the changed one, as the sum over all pixels of weights. */
function reference(
  image: Floats,
  [height, width, channels]: ImageShape,
  { shift, rotate, scale, background }: Augmentation,
  [u0, u1, u2, u3]: readonly number[],
): number[] {
  const range = (r: number, u: number): number => -r + 2 * r * u;
  const [dy, dx] = [range(shift, u0!), range(shift, u1!)];
  const angle = (range(rotate, u2!) * Math.PI) / 180;
  const size = 1 + range(scale, u3!);
  // (y, x) → size · [[cos, −sin], [sin, cos]] (y, x) in rows and columns: counter-clockwise, as the rows go down.
  const matrix = [size * Math.cos(angle), -size * Math.sin(angle), size * Math.sin(angle), size * Math.cos(angle)];
  const [a, b, c, d] = matrix as [number, number, number, number];
  const determinant = a * d - b * c;
  const hat = (t: number): number => Math.max(0, 1 - Math.abs(t));
  const changed: number[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const [v, w] = [i - (height - 1) / 2 - dy, j - (width - 1) / 2 - dx];
      const y = (d * v - b * w) / determinant + (height - 1) / 2;
      const x = (a * w - c * v) / determinant + (width - 1) / 2;
      for (let channel = 0; channel < channels; channel++) {
        let [sum, inside] = [0, 0];
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const weight = hat(y - row) * hat(x - column);
            sum += weight * image[(row * width + column) * channels + channel]!;
            inside += weight;
          }
        }
        changed.push(sum + (1 - inside) * background);
      }
    }
  }
  return changed;
}
