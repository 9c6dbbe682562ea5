/**
 * The backend functions as a table: one row per function lists its arguments in order and says what each of them is.
 *
 * backend.ts has the contract in prose; a row is the part of it that a machine can check. parameters.ts has the kinds of
 * arguments. Derived from the rows are
 * - the argument checks, the calls into WebAssembly and the calls into the addon: calls.ts, which
 *   scripts/build-calls.mjs writes;
 * - the hostile calls, the random calls and the list of functions in the conformance tests.
 */

import { ARITHMETIC_ROWS } from './arithmetic-rows.js';
import type { Operation } from './backend.js';
import { CONVOLUTION_ROWS } from './convolution-rows.js';
import {
  activation,
  flag,
  input,
  integerOutput,
  labels,
  leadingDimension,
  matrix,
  output,
  picks,
  type Row,
  returning,
  row,
  rows,
  scalar,
  size,
  update,
} from './parameters.js';

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

  affine: row(
    output('y', 'm × n'),
    input('x', 'm × k'),
    input('w', 'k × n'),
    input('b', 'n'),
    size('m'),
    size('n'),
    size('k'),
    activation('f'),
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

  ...ARITHMETIC_ROWS,

  ...CONVOLUTION_ROWS,
};

/** The names of all backend functions. */
export const OPERATIONS = Object.keys(FUNCTIONS) as readonly Operation[];
