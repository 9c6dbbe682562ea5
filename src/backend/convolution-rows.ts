/** The rows of the functions of convolutions.ts; functions.ts says what rows are. */

import type { ConvolutionFunctions } from './convolutions.js';
import { activation, byteOutput, input, output, places, type Row, row, size, sizes } from './parameters.js';

/** The sizes of a convolution, in the order in which compiled code gets them; likewise below. */
const CONVOLUTION = [
  'height',
  'width',
  'channels',
  'filters',
  'kernelHeight',
  'kernelWidth',
  'stride',
  'padTop',
  'padLeft',
  'outHeight',
  'outWidth',
];
const POOLING = [
  'height',
  'width',
  'channels',
  'poolHeight',
  'poolWidth',
  'stride',
  'padTop',
  'padLeft',
  'outHeight',
  'outWidth',
];
const POOLED = [...CONVOLUTION, 'poolHeight', 'poolWidth', 'poolStride', 'pooledHeight', 'pooledWidth'];

const WINDOW = 'shape.poolHeight × shape.poolWidth';
const BYTES = { product: WINDOW, limit: 256, why: 'the place of a winner in its window is a byte' };

const convolutionShape = sizes('shape', 'ConvolutionShape', CONVOLUTION, { positive: ['stride'] });
const averagedShape = sizes('shape', 'PoolingShape', POOLING, { positive: ['poolHeight', 'poolWidth', 'stride'] });
const poolingShape = { ...averagedShape, most: BYTES };
const pooledShape = sizes('shape', 'PooledConvolutionShape', POOLED, {
  positive: ['stride', 'poolHeight', 'poolWidth', 'poolStride'],
  most: BYTES,
});

/** Lengths of arrays. */
const IMAGES = 'images × shape.height × shape.width × shape.channels';
const FILTERED = 'images × shape.outHeight × shape.outWidth × shape.filters';
const POOLED_CHANNELS = 'images × shape.outHeight × shape.outWidth × shape.channels';
const POOLED_FILTERS = 'images × shape.pooledHeight × shape.pooledWidth × shape.filters';
const KERNEL = 'shape.kernelHeight × shape.kernelWidth × shape.channels × shape.filters';

export const CONVOLUTION_ROWS: Readonly<Record<keyof ConvolutionFunctions, Row>> = {
  convolution: row(
    output('y', FILTERED),
    input('x', IMAGES),
    input('w', KERNEL),
    input('b', 'shape.filters'),
    size('images'),
    convolutionShape,
    activation('f'),
  ),

  convolutionWeightGradient: row(
    output('dw', KERNEL),
    input('x', IMAGES),
    input('dz', FILTERED),
    size('images'),
    convolutionShape,
  ),

  convolutionInputGradient: row(
    output('dx', IMAGES),
    input('dz', FILTERED),
    input('w', KERNEL),
    size('images'),
    convolutionShape,
  ),

  maxPooling: row(
    output('y', POOLED_CHANNELS),
    byteOutput('winners', POOLED_CHANNELS),
    input('x', IMAGES),
    size('images'),
    poolingShape,
  ),

  maxPoolingBackward: row(
    output('dx', IMAGES),
    input('dy', POOLED_CHANNELS),
    places('winners', POOLED_CHANNELS, { below: WINDOW }),
    size('images'),
    poolingShape,
  ),

  averagePooling: row(output('y', POOLED_CHANNELS), input('x', IMAGES), size('images'), averagedShape),

  averagePoolingBackward: row(output('dx', IMAGES), input('dy', POOLED_CHANNELS), size('images'), averagedShape),

  convolutionMaxPooling: row(
    output('y', POOLED_FILTERS),
    byteOutput('winners', POOLED_FILTERS),
    input('x', IMAGES),
    input('w', KERNEL),
    input('b', 'shape.filters'),
    size('images'),
    pooledShape,
    activation('f'),
  ),

  convolutionMaxPoolingBackward: row(
    output('dw', KERNEL),
    output('db', 'shape.filters'),
    output('dx', IMAGES, { orNull: true }),
    input('dy', POOLED_FILTERS),
    input('y', POOLED_FILTERS, { unreadIf: ['f', "'identity'"] }),
    places('winners', POOLED_FILTERS, { below: WINDOW }),
    input('x', IMAGES),
    input('w', KERNEL),
    size('images'),
    pooledShape,
    activation('f'),
  ),
};
