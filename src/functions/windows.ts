/** Windows that slide over images, as the filters of a convolution and pooling do: sizes, and what is refused. */

import { ArgumentError, show } from '../errors.js';
import { requireInteger } from '../options.js';
import type { ImageShape } from '../tensor/shape-types.js';

/** A square window by its side, or its height and width. */
export type WindowSize = number | readonly [height: number, width: number];

/**
 * What surrounds an image. A number: so many rows and columns on each side. 'valid': none. 'same': as many as give one output
 * for each `stride` places, ⌈length / stride⌉; of an odd number the extra one is at the bottom or right, as in Keras.
 */
export type Padding = number | 'valid' | 'same';

/** Where the windows lie on an image, in the terms of the backend. */
export interface Windows {
  /** Rows above the image and columns left of it. Those on the other sides follow. */
  readonly padTop: number;
  readonly padLeft: number;
  /** How many windows lie below and beside each other. */
  readonly outHeight: number;
  readonly outWidth: number;
}

/** A window and its way over the image, as checked options. */
export interface Slide {
  readonly size: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: Padding;
}

/** Backends count in 32 bits. */
const LARGEST = 2 ** 31 - 1;

/** @throws {ArgumentError} unless it is a list of height, width and channels */
export function requireImageShape(operation: string, shape: unknown): ImageShape {
  if (Array.isArray(shape) && shape.length === 3) {
    const names = ['height', 'width', 'channels'];
    const checked = shape.map((length, axis) =>
      requireInteger(operation, `inputShape[${axis}] (${names[axis]})`, length, 1, LARGEST),
    );
    return Object.freeze(checked) as ImageShape;
  }
  const isGrey = Array.isArray(shape) && shape.length === 2;
  throw new ArgumentError({
    operation,
    found: `inputShape is ${show(shape)}`,
    expected: 'the shape of an image, [height, width, channels]',
    fix: isGrey ? `A grey image has one channel: ${show([...(shape as unknown[]), 1])}` : undefined,
  });
}

/** @throws {ArgumentError} unless it is an integer in [1, 2³¹) or a list of two */
export function requireWindowSize(operation: string, name: string, size: unknown): Slide['size'] {
  if (typeof size === 'number') {
    requireInteger(operation, name, size, 1, LARGEST);
    return Object.freeze([size, size] as const);
  }
  if (Array.isArray(size) && size.length === 2) {
    const [height, width] = size.map((side, i) => requireInteger(operation, `${name}[${i}]`, side, 1, LARGEST));
    return Object.freeze([height!, width!] as const);
  }
  throw new ArgumentError({
    operation,
    found: `${name} is ${show(size)}`,
    expected: 'the side of a square, or [height, width]',
  });
}

/** @throws {ArgumentError} unless it is an integer in [1, 2³¹) */
export function requireStride(operation: string, stride: unknown): number {
  return requireInteger(operation, 'stride', stride, 1, LARGEST);
}

/** @throws {ArgumentError} unless it is 'valid', 'same' or an integer of at least 0 */
export function requirePadding(operation: string, padding: unknown): Padding {
  if (padding === 'valid' || padding === 'same') return padding;
  if (typeof padding === 'number' && Number.isInteger(padding) && padding >= 0) return padding;
  throw new ArgumentError({
    operation,
    found: `padding is ${show(padding)}`,
    expected: 'an integer of at least 0, "valid" or "same"',
  });
}

/**
 * Where windows lie on an image: out = ⌊(length + 2 · padding − size) / stride⌋ + 1 along each axis.
 *
 * @param name the option that gives the size, e.g. `kernelSize`
 * @throws {ArgumentError} for a window larger than the padded image, or a padding in which a whole window fits
 */
export function slideOver(operation: string, name: string, [height, width]: ImageShape, slide: Slide): Windows {
  const { size, stride, padding } = slide;
  if (padding === 'same') {
    const [rows, columns] = [same(height, size[0], stride), same(width, size[1], stride)];
    return { padTop: rows.pad, padLeft: columns.pad, outHeight: rows.out, outWidth: columns.out };
  }
  const pad = padding === 'valid' ? 0 : padding;
  const outHeight = Math.floor((height + 2 * pad - size[0]) / stride) + 1;
  const outWidth = Math.floor((width + 2 * pad - size[1]) / stride) + 1;
  const least = Math.min(...size);
  if (outHeight >= 1 && outWidth >= 1 && pad < least) return { padTop: pad, padLeft: pad, outHeight, outWidth };

  const found = `${name} is ${size.join(' × ')} for images of ${height} × ${width} with padding ${pad} and stride ${stride}`;
  if (pad >= least) {
    throw new ArgumentError({
      operation,
      found,
      expected: `a padding of at most ${least - 1}`,
      fix: 'Windows that lie wholly in the padding see nothing of the image',
    });
  }
  throw new ArgumentError({
    operation,
    found,
    expected: `at most ${height + 2 * pad} × ${width + 2 * pad}, the padded image`,
    fix: `Use a smaller ${name}, or padding: 'same'`,
  });
}

/** 'same' along one axis: the number of windows, and the padding before the first. */
function same(length: number, size: number, stride: number): { readonly out: number; readonly pad: number } {
  const out = Math.ceil(length / stride);
  const around = Math.max((out - 1) * stride + size - length, 0);
  return { out, pad: Math.floor(around / 2) };
}
