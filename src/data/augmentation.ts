/** How the images of training batches are changed, so that a network sees each a little differently every epoch. */

import { ArgumentError, show } from '../errors.js';
import { checkOptions, type Elsewhere, requireFlag } from '../options.js';
import type { ImageShape } from '../tensor/shape-types.js';

/** How far images are changed: each of them by numbers drawn uniformly from these ranges. */
export interface AugmentOptions {
  /** Pixels up or down, and left or right: from [−shift, shift]. Default 0. */
  readonly shift?: number;
  /** Degrees about the centre: from [−rotate, rotate]. Default 0. */
  readonly rotate?: number;
  /** Size: a factor from [1 − scale, 1 + scale]. Default 0. */
  readonly scale?: number;
  /** Mirror each image with probability ½: left becomes right. Default false. */
  readonly flip?: boolean;
  /** What lies outside an image, in the unit of x (of bytes before they are scaled). Default 0. */
  readonly background?: number;
}

/** The same with the defaults in place. */
export type Augmentation = Required<AugmentOptions>;

const NAMES = ['shift', 'rotate', 'scale', 'flip', 'background'] as const satisfies readonly (keyof AugmentOptions)[];

/** Names in other libraries, and the names here. */
const ELSEWHERE: Elsewhere = {
  translate: 'did you mean "shift"?',
  degrees: 'did you mean "rotate"?',
  rotation: 'did you mean "rotate"?',
  zoom: 'did you mean "scale"?',
  horizontalFlip: 'did you mean "flip"?',
  horizontal_flip: 'did you mean "flip"?',
  mirror: 'did you mean "flip"?',
  fill: 'did you mean "background"?',
};

/**
 * @param data the data set whose images are changed: its name, and their shape
 * @throws {ArgumentError} for an unknown option, none of the four, a number out of its range, or samples that are not images
 */
export function readAugmentation(
  operation: string,
  options: unknown,
  data: { readonly name: string; readonly inputShape: ImageShape | undefined; readonly inputSize: number },
): Augmentation {
  checkOptions(`${operation}: augment`, options, NAMES, ELSEWHERE);
  const given = options as AugmentOptions;
  const flip = requireFlag(operation, 'augment.flip', given.flip ?? false);
  if (given.shift === undefined && given.rotate === undefined && given.scale === undefined && !flip) {
    throw new ArgumentError({
      operation,
      found: 'augment has none of shift, rotate, scale and flip: true',
      expected: 'at least one of them, e.g. { shift: 2, rotate: 10, scale: 0.1 }',
    });
  }
  const inRange = (
    name: Exclude<keyof AugmentOptions, 'flip'>,
    range: string,
    test: (value: number) => boolean,
  ): number => {
    const value = given[name] ?? 0;
    if (typeof value === 'number' && Number.isFinite(value) && test(value)) return value;
    throw new ArgumentError({ operation, found: `augment.${name} is ${show(value)}`, expected: range });
  };
  const augmentation = {
    shift: inRange('shift', 'a finite number of pixels of at least 0', (value) => value >= 0),
    rotate: inRange('rotate', 'degrees in [0, 180]', (value) => value >= 0 && value <= 180),
    scale: inRange('scale', 'a number in [0, 1)', (value) => value >= 0 && value < 1),
    flip,
    background: inRange('background', 'a finite number', () => true),
  };
  const { name, inputShape, inputSize } = data;
  if (inputShape === undefined) {
    throw new ArgumentError({
      operation,
      found: `augment is given, and ${name} has rows of ${inputSize}`,
      expected: 'images, whose shape is known',
      fix: 'Give x as (N, height, width, channels), or Dataset.from the option inputShape: [height, width, channels]',
    });
  }
  return augmentation;
}
