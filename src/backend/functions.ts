/**
 * The backend functions as a table: one row per function lists its arguments in order and says what each of them is.
 *
 * backend.ts has the contract in prose; a row is the part of it that a machine can check. parameters.ts has the kinds of
 * arguments. Derived from the rows are
 * - the argument checks, the calls into WebAssembly and the calls into the addon: calls.ts, which
 *   scripts/build-calls.mjs writes;
 * - the hostile calls, the random calls and the list of functions in the conformance tests.
 */

import type { Operation } from './backend.js';
import {
  activation,
  byteOutput,
  flag,
  input,
  integerOutput,
  labels,
  leadingDimension,
  matrix,
  output,
  picks,
  places,
  type Row,
  returning,
  row,
  rows,
  scalar,
  size,
  sizes,
  update,
} from './parameters.js';

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

export const FUNCTIONS: Readonly<Record<Operation, Row>> = {
  gemm: row(
    flag('transA'),
    flag('transB'),
    size('m'),
    size('n'),
    size('k'),
    scalar('alpha'),
    matrix('a', 'input', 'm', 'k', { transposedBy: 'transA' }),
    leadingDimension('lda'),
    matrix('b', 'input', 'k', 'n', { transposedBy: 'transB' }),
    leadingDimension('ldb'),
    scalar('beta'),
    matrix('c', 'update', 'm', 'n', { unreadIf: ['beta', '0'] }),
    leadingDimension('ldc'),
  ),

  biasActivation: row(update('y', 'm × n'), input('bias', 'n'), size('m'), size('n'), activation('f')),

  biasActivationBackward: row(
    output('dz', 'm × n', { mayBe: 'dy', elementwise: true }),
    output('db', 'n'),
    input('dy', 'm × n'),
    input('y', 'm × n', { unreadIf: ['f', "'identity'"] }),
    size('m'),
    size('n'),
    activation('f'),
  ),

  activation: row(output('y', 'n', { mayBe: 'x', elementwise: true }), input('x', 'n'), size('n'), activation('f')),

  activationBackward: row(
    output('dx', 'n', { mayBe: 'dy', elementwise: true }),
    input('dy', 'n'),
    input('y', 'n', { unreadIf: ['f', "'identity'"] }),
    size('n'),
    activation('f'),
  ),

  leakyRelu: row(output('y', 'n', { mayBe: 'x', elementwise: true }), input('x', 'n'), size('n'), scalar('alpha')),

  leakyReluBackward: row(
    output('dx', 'n', { mayBe: 'dy', elementwise: true }),
    input('dy', 'n'),
    input('x', 'n'),
    size('n'),
    scalar('alpha'),
  ),

  softplus: row(output('y', 'n', { mayBe: 'x', elementwise: true }), input('x', 'n'), size('n')),

  softplusBackward: row(
    output('dx', 'n', { mayBe: 'dy', elementwise: true }),
    input('dy', 'n'),
    input('x', 'n'),
    size('n'),
  ),

  gelu: row(output('y', 'n', { mayBe: 'x', elementwise: true }), input('x', 'n'), size('n'), flag('exact')),

  geluBackward: row(
    output('dx', 'n', { mayBe: 'dy', elementwise: true }),
    input('dy', 'n'),
    input('x', 'n'),
    size('n'),
    flag('exact'),
  ),

  columnSums: row(output('out', 'n'), input('x', 'm × n'), size('m'), size('n')),

  softmax: row(output('y', 'm × n', { mayBe: 'x' }), input('x', 'm × n'), size('m'), size('n')),

  softmaxCrossEntropy: returning(
    output('dlogits', 'm × n', { orNull: true, neededAnyway: true, mayBe: 'logits' }),
    input('logits', 'm × n'),
    labels('labels', 'm', { below: 'n' }),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
  ),

  softmaxCrossEntropyDense: returning(
    output('dlogits', 'm × n', { orNull: true, neededAnyway: true, mayBe: 'logits' }),
    input('logits', 'm × n'),
    input('targets', 'm × n'),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
  ),

  sigmoidCrossEntropy: returning(
    output('dlogits', 'm × n', { orNull: true, neededAnyway: true, mayBe: 'logits' }),
    input('logits', 'm × n'),
    input('yes', 'm × n'),
    input('no', 'm × n', { orNull: true }),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
  ),

  squaredError: returning(
    output('dy', 'm × n', { orNull: true, neededAnyway: true, mayBe: 'y' }),
    input('y', 'm × n'),
    input('targets', 'm × n'),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
  ),

  huber: returning(
    output('dy', 'm × n', { orNull: true, neededAnyway: true, mayBe: 'y' }),
    input('y', 'm × n'),
    input('targets', 'm × n'),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
    scalar('delta'),
  ),

  argMaxRows: row(
    integerOutput('out', 'm'),
    input('x', 'm × n'),
    size('m'),
    size('n', { unless: 'm', expected: 'at least 1 column to take the maximum of' }),
  ),

  gatherRows: row(
    output('out', 'count × width'),
    rows('source', { width: 'width', by: 'indices' }),
    picks('indices', 'start + count', { below: 'source', start: 'start', count: 'count' }),
    size('start'),
    size('count'),
    size('width'),
    scalar('scale'),
  ),

  axpy: row(size('n'), scalar('alpha'), input('x', 'n'), update('y', 'n')),

  sumOfSquares: returning(input('x', 'n'), size('n')),

  scale: row(update('x', 'n'), size('n'), scalar('alpha')),

  multiply: row(output('y', 'n', { mayBe: 'a', elementwise: true }), input('a', 'n'), input('b', 'n'), size('n')),

  clip: row(
    output('y', 'n', { mayBe: 'x', elementwise: true }),
    input('x', 'n'),
    size('n'),
    scalar('low'),
    scalar('high'),
  ),

  sgdUpdate: row(update('w', 'n'), input('g', 'n'), size('n'), scalar('rate'), scalar('decay')),

  momentumUpdate: row(
    update('w', 'n'),
    update('v', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('momentum'),
    scalar('decay'),
  ),

  nesterovUpdate: row(
    update('w', 'n'),
    update('v', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('momentum'),
    scalar('decay'),
  ),

  adaGradUpdate: row(
    update('w', 'n'),
    update('h', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('epsilon'),
    scalar('decay'),
  ),

  rmsPropUpdate: row(
    update('w', 'n'),
    update('h', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('rho'),
    scalar('epsilon'),
    scalar('decay'),
  ),

  adamUpdate: row(
    update('w', 'n'),
    update('m', 'n'),
    update('v', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('beta1'),
    scalar('beta2'),
    scalar('root'),
    scalar('epsilon'),
    scalar('decay'),
    scalar('keep'),
  ),

  layerNormalization: row(
    output('y', 'm × n'),
    output('normalized', 'm × n', { orNull: true, neededAnyway: true }),
    output('variance', 'm', { orNull: true, neededAnyway: true }),
    input('x', 'm × n'),
    input('gamma', 'n'),
    input('beta', 'n'),
    size('m'),
    size('n'),
    scalar('epsilon'),
  ),

  layerNormalizationBackward: row(
    output('dx', 'm × n', { orNull: true }),
    output('dgamma', 'n'),
    output('dbeta', 'n'),
    input('dy', 'm × n'),
    input('normalized', 'm × n'),
    input('variance', 'm'),
    input('gamma', 'n'),
    size('m'),
    size('n'),
    scalar('epsilon'),
  ),

  batchNormalization: row(
    output('y', 'm × n'),
    output('normalized', 'm × n'),
    output('mean', 'n'),
    output('variance', 'n'),
    input('x', 'm × n'),
    input('gamma', 'n'),
    input('beta', 'n'),
    size('m'),
    size('n'),
    scalar('epsilon'),
  ),

  batchNormalizationBackward: row(
    output('dx', 'm × n', { orNull: true }),
    output('dgamma', 'n'),
    output('dbeta', 'n'),
    input('dy', 'm × n'),
    input('normalized', 'm × n'),
    input('variance', 'n'),
    input('gamma', 'n'),
    size('m'),
    size('n'),
    scalar('epsilon'),
  ),

  batchNormalizationInference: row(
    output('y', 'm × n'),
    input('x', 'm × n'),
    input('mean', 'n'),
    input('variance', 'n'),
    input('gamma', 'n'),
    input('beta', 'n'),
    size('m'),
    size('n'),
    scalar('epsilon'),
  ),

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

/** The names of all backend functions. */
export const OPERATIONS = Object.keys(FUNCTIONS) as readonly Operation[];
