import { allocate, type Floats } from '../backend/backend.js';
import type { Random } from '../random.js';
import type { ImageShape } from '../tensor/shape-types.js';
import type { Augmentation } from './augmentation.js';

/** Pixels of background around an image: one before and two after, so that all neighbours of a position are there. */
const BORDERS = 3;

/** A position in an image is that of p · o + q · o′ + a constant, in pixels. */
interface Turn {
  p: number;
  q: number;
  /** Where the first pixel of the image comes from. */
  y: number;
  x: number;
  /** Whether the image is mirrored before it is moved. */
  mirrored: boolean;
}

/**
 * Shifts, turns and scales images in place, each by random numbers of its own. Bilinear; background outside.
 *
 * Computed in double and rounded once, so that all backends see the same images.
 */
export class Augmenter {
  /** One channel of an image, between its borders. */
  private readonly plane: Floats;
  /** How the present image is changed; overwritten for each. */
  private readonly turn: Turn = { p: 1, q: 0, y: 0, x: 0, mirrored: false };

  /** @param background what lies outside an image, in the unit of the batch */
  constructor(
    private readonly augmentation: Augmentation,
    private readonly shape: ImageShape,
    private readonly background: number,
    readonly random: Random,
  ) {
    const [height, width] = shape;
    this.plane = allocate('float64', (height + BORDERS) * (width + BORDERS), 'Batches').fill(background);
  }

  /** Changes the first `count` images of `x`, rows of height · width · channels numbers. Allocates nothing. */
  apply(x: Floats, count: number): void {
    const { plane, turn, shape, background } = this;
    const [height, width, channels] = shape;
    for (let image = 0, at = 0; image < count; image++, at += height * width * channels) {
      this.draw();
      for (let channel = 0; channel < channels; channel++) {
        fillPlane(plane, x, at + channel, height, width, channels, turn.mirrored);
        resample(x, at + channel, plane, height, width, channels, turn, background);
      }
    }
  }

  /** Draws what `apply` draws for so many images, which are changed elsewhere. */
  skip(count: number): void {
    for (let image = 0; image < count; image++) this.draw();
  }

  /** Four numbers for each image, whatever the options, and one more with `flip`. */
  private draw(): void {
    const { turn, augmentation, shape } = this;
    const [height, width] = shape;
    const down = this.within(augmentation.shift);
    const right = this.within(augmentation.shift);
    const angle = this.within((augmentation.rotate / 180) * Math.PI);
    const size = 1 + this.within(augmentation.scale);
    // The pixel at o comes from c + R(−θ)·(o − c − t) / z: centre c, shift t, angle θ, size z.
    turn.p = Math.cos(angle) / size;
    turn.q = Math.sin(angle) / size;
    const [centreY, centreX] = [(height - 1) / 2, (width - 1) / 2];
    const [fromY, fromX] = [-centreY - down, -centreX - right];
    turn.y = turn.p * fromY + turn.q * fromX + centreY;
    turn.x = turn.p * fromX - turn.q * fromY + centreX;
    turn.mirrored = augmentation.flip && this.random.uniform() < 0.5;
  }

  /** Uniform in [−range, range). */
  private within(range: number): number {
    return range * (2 * this.random.uniform() - 1);
  }
}

/** Copies one channel of an image between the borders of the plane, or its mirror image. */
function fillPlane(
  plane: Floats,
  x: Floats,
  at: number,
  height: number,
  width: number,
  channels: number,
  mirrored: boolean,
): void {
  const stride = width + BORDERS;
  const step = mirrored ? -1 : 1;
  let from = at;
  for (let i = 0; i < height; i++) {
    let to = (i + 1) * stride + (mirrored ? width : 1);
    for (let j = 0; j < width; j++, from += channels, to += step) plane[to] = x[from]!;
  }
}

/** Writes each pixel of one channel from the four pixels of the plane around the position it comes from. */
function resample(
  x: Floats,
  at: number,
  plane: Floats,
  height: number,
  width: number,
  channels: number,
  { p, q, y, x: firstX }: Turn,
  background: number,
): void {
  const stride = width + BORDERS;
  let to = at;
  for (let i = 0; i < height; i++) {
    const rowY = y + p * i + 1;
    const rowX = firstX - q * i + 1;
    for (let j = 0; j < width; j++, to += channels) {
      const fromY = rowY + q * j;
      const fromX = rowX + p * j;
      if (!(fromY >= 0 && fromY <= height + 1 && fromX >= 0 && fromX <= width + 1)) {
        x[to] = background;
        continue;
      }
      const top = fromY | 0;
      const left = fromX | 0;
      const cell = top * stride + left;
      const upper = plane[cell]! + (fromX - left) * (plane[cell + 1]! - plane[cell]!);
      const below = cell + stride;
      const lower = plane[below]! + (fromX - left) * (plane[below + 1]! - plane[below]!);
      x[to] = upper + (fromY - top) * (lower - upper);
    }
  }
}
