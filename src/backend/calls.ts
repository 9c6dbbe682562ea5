/**
 * The calls of every backend function, written by scripts/build-calls.mjs from the rows of functions.ts.
 *
 * The order of the checks is part of the contract, so that all backends report the same mistake first:
 *
 * 1. kind and type of every argument, in parameter order: flags, sizes, the fields of shapes, scalars, arrays (element
 *    type, then the type of the first `Floats` of the call, then shared memory), names of operations; then sizes that
 *    must not be 0 or too large, or must be 1 or equal to another;
 * 2. leading dimensions, in parameter order;
 * 3. lengths of arrays, in parameter order;
 * 4. overlap of an output with the other arrays, in parameter order;
 * 5. the values of labels, indices or places, in order.
 *
 * A valid call allocates nothing. The addon checks the same rules in the same order; it refuses a call without a
 * message, and the check of the same name here says why.
 */

import {
  apart,
  atLeast,
  bytes,
  extent,
  flag,
  floats,
  floatsLike,
  inRange,
  int32s,
  isBytes,
  isObject,
  leadingDimension,
  lengthOf,
  oneOf,
  repeatable,
  sameOrApart,
  scalar,
  size,
  sizes,
  storedMatrix,
  tooLarge,
  tooSmall,
  unshared,
} from './argument-rules.js';
import {
  ACTIVATIONS,
  type Activation,
  BINARY_OPERATIONS,
  type BinaryOperation,
  type CompiledFunctions,
  type ConvolutionShape,
  dtypeOf,
  type Floats,
  type Functions,
  type Operation,
  type PooledConvolutionShape,
  type PoolingShape,
  REDUCTIONS,
  type Reduction,
  UNARY_OPERATIONS,
  type UnaryOperation,
} from './backend.js';
import type { Scratch } from './wasm/scratch.js';

const CONVOLUTION_SHAPE = [
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
const POOLING_SHAPE = [
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
const POOLED_CONVOLUTION_SHAPE = [
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
  'poolHeight',
  'poolWidth',
  'poolStride',
  'pooledHeight',
  'pooledWidth',
];

export function checkGemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: Floats,
  lda: number,
  b: Floats,
  ldb: number,
  beta: number,
  c: Floats,
  ldc: number,
): void {
  flag('gemm', 'transA', transA);
  flag('gemm', 'transB', transB);
  size('gemm', 'm', m);
  size('gemm', 'n', n);
  size('gemm', 'k', k);
  scalar('gemm', 'alpha', alpha);
  const aType = floats('gemm', 'a', a);
  size('gemm', 'lda', lda);
  floatsLike('gemm', 'b', b, 'a', aType);
  size('gemm', 'ldb', ldb);
  scalar('gemm', 'beta', beta);
  floatsLike('gemm', 'c', c, 'a', aType);
  const cMemory = unshared('gemm', 'c', c);
  size('gemm', 'ldc', ldc);
  leadingDimension('gemm', 'a', transA ? m : k, lda);
  leadingDimension('gemm', 'b', transB ? k : n, ldb);
  leadingDimension('gemm', 'c', n, ldc);
  storedMatrix('gemm', 'a', a, transA ? k : m, transA ? m : k, lda);
  storedMatrix('gemm', 'b', b, transB ? n : k, transB ? k : n, ldb);
  storedMatrix('gemm', 'c', c, m, n, ldc);
  if (cMemory === a.buffer)
    apart('gemm', 'c', c, extent(m, n, ldc), 'a', a, extent(transA ? k : m, transA ? m : k, lda));
  if (cMemory === b.buffer)
    apart('gemm', 'c', c, extent(m, n, ldc), 'b', b, extent(transB ? n : k, transB ? k : n, ldb));
}

export function checkAffine(
  y: Floats,
  x: Floats,
  w: Floats,
  b: Floats,
  m: number,
  n: number,
  k: number,
  f: Activation,
): void {
  const yType = floats('affine', 'y', y);
  const yMemory = unshared('affine', 'y', y);
  floatsLike('affine', 'x', x, 'y', yType);
  floatsLike('affine', 'w', w, 'y', yType);
  floatsLike('affine', 'b', b, 'y', yType);
  size('affine', 'm', m);
  size('affine', 'n', n);
  size('affine', 'k', k);
  oneOf('affine', 'f', f, ACTIVATIONS);
  atLeast('affine', 'y', y, m * n, 'm × n');
  atLeast('affine', 'x', x, m * k, 'm × k');
  atLeast('affine', 'w', w, k * n, 'k × n');
  atLeast('affine', 'b', b, n, 'n');
  if (yMemory === x.buffer) apart('affine', 'y', y, m * n, 'x', x, m * k);
  if (yMemory === w.buffer) apart('affine', 'y', y, m * n, 'w', w, k * n);
  if (yMemory === b.buffer) apart('affine', 'y', y, m * n, 'b', b, n);
}

export function checkBiasActivation(y: Floats, bias: Floats, m: number, n: number, f: Activation): void {
  const yType = floats('biasActivation', 'y', y);
  const yMemory = unshared('biasActivation', 'y', y);
  floatsLike('biasActivation', 'bias', bias, 'y', yType);
  size('biasActivation', 'm', m);
  size('biasActivation', 'n', n);
  oneOf('biasActivation', 'f', f, ACTIVATIONS);
  atLeast('biasActivation', 'y', y, m * n, 'm × n');
  atLeast('biasActivation', 'bias', bias, n, 'n');
  if (yMemory === bias.buffer) apart('biasActivation', 'y', y, m * n, 'bias', bias, n);
}

export function checkBiasActivationBackward(
  dz: Floats,
  db: Floats,
  dy: Floats,
  y: Floats,
  m: number,
  n: number,
  f: Activation,
): void {
  const dzType = floats('biasActivationBackward', 'dz', dz);
  const dzMemory = unshared('biasActivationBackward', 'dz', dz);
  floatsLike('biasActivationBackward', 'db', db, 'dz', dzType);
  const dbMemory = unshared('biasActivationBackward', 'db', db);
  floatsLike('biasActivationBackward', 'dy', dy, 'dz', dzType);
  floatsLike('biasActivationBackward', 'y', y, 'dz', dzType);
  size('biasActivationBackward', 'm', m);
  size('biasActivationBackward', 'n', n);
  oneOf('biasActivationBackward', 'f', f, ACTIVATIONS);
  atLeast('biasActivationBackward', 'dz', dz, m * n, 'm × n');
  atLeast('biasActivationBackward', 'db', db, n, 'n');
  atLeast('biasActivationBackward', 'dy', dy, m * n, 'm × n');
  atLeast('biasActivationBackward', 'y', y, m * n, 'm × n');
  const dyMemory = dy.buffer;
  const yMemory = y.buffer;
  if (dzMemory === dbMemory) apart('biasActivationBackward', 'dz', dz, m * n, 'db', db, n);
  if (dz !== dy && dzMemory === dyMemory) sameOrApart('biasActivationBackward', 'dz', dz, m * n, 'dy', dy, m * n);
  if (dzMemory === yMemory) apart('biasActivationBackward', 'dz', dz, m * n, 'y', y, m * n);
  if (dbMemory === dyMemory) apart('biasActivationBackward', 'db', db, n, 'dy', dy, m * n);
  if (dbMemory === yMemory) apart('biasActivationBackward', 'db', db, n, 'y', y, m * n);
}

export function checkActivation(y: Floats, x: Floats, n: number, f: Activation): void {
  const yType = floats('activation', 'y', y);
  const yMemory = unshared('activation', 'y', y);
  floatsLike('activation', 'x', x, 'y', yType);
  size('activation', 'n', n);
  oneOf('activation', 'f', f, ACTIVATIONS);
  atLeast('activation', 'y', y, n, 'n');
  atLeast('activation', 'x', x, n, 'n');
  if (y !== x && yMemory === x.buffer) sameOrApart('activation', 'y', y, n, 'x', x, n);
}

export function checkActivationBackward(dx: Floats, dy: Floats, y: Floats, n: number, f: Activation): void {
  const dxType = floats('activationBackward', 'dx', dx);
  const dxMemory = unshared('activationBackward', 'dx', dx);
  floatsLike('activationBackward', 'dy', dy, 'dx', dxType);
  floatsLike('activationBackward', 'y', y, 'dx', dxType);
  size('activationBackward', 'n', n);
  oneOf('activationBackward', 'f', f, ACTIVATIONS);
  atLeast('activationBackward', 'dx', dx, n, 'n');
  atLeast('activationBackward', 'dy', dy, n, 'n');
  atLeast('activationBackward', 'y', y, n, 'n');
  if (dx !== dy && dxMemory === dy.buffer) sameOrApart('activationBackward', 'dx', dx, n, 'dy', dy, n);
  if (dxMemory === y.buffer) apart('activationBackward', 'dx', dx, n, 'y', y, n);
}

export function checkLeakyRelu(y: Floats, x: Floats, n: number, alpha: number): void {
  const yType = floats('leakyRelu', 'y', y);
  const yMemory = unshared('leakyRelu', 'y', y);
  floatsLike('leakyRelu', 'x', x, 'y', yType);
  size('leakyRelu', 'n', n);
  scalar('leakyRelu', 'alpha', alpha);
  atLeast('leakyRelu', 'y', y, n, 'n');
  atLeast('leakyRelu', 'x', x, n, 'n');
  if (y !== x && yMemory === x.buffer) sameOrApart('leakyRelu', 'y', y, n, 'x', x, n);
}

export function checkLeakyReluBackward(dx: Floats, dy: Floats, x: Floats, n: number, alpha: number): void {
  const dxType = floats('leakyReluBackward', 'dx', dx);
  const dxMemory = unshared('leakyReluBackward', 'dx', dx);
  floatsLike('leakyReluBackward', 'dy', dy, 'dx', dxType);
  floatsLike('leakyReluBackward', 'x', x, 'dx', dxType);
  size('leakyReluBackward', 'n', n);
  scalar('leakyReluBackward', 'alpha', alpha);
  atLeast('leakyReluBackward', 'dx', dx, n, 'n');
  atLeast('leakyReluBackward', 'dy', dy, n, 'n');
  atLeast('leakyReluBackward', 'x', x, n, 'n');
  if (dx !== dy && dxMemory === dy.buffer) sameOrApart('leakyReluBackward', 'dx', dx, n, 'dy', dy, n);
  if (dxMemory === x.buffer) apart('leakyReluBackward', 'dx', dx, n, 'x', x, n);
}

export function checkSoftplus(y: Floats, x: Floats, n: number): void {
  const yType = floats('softplus', 'y', y);
  const yMemory = unshared('softplus', 'y', y);
  floatsLike('softplus', 'x', x, 'y', yType);
  size('softplus', 'n', n);
  atLeast('softplus', 'y', y, n, 'n');
  atLeast('softplus', 'x', x, n, 'n');
  if (y !== x && yMemory === x.buffer) sameOrApart('softplus', 'y', y, n, 'x', x, n);
}

export function checkSoftplusBackward(dx: Floats, dy: Floats, x: Floats, n: number): void {
  const dxType = floats('softplusBackward', 'dx', dx);
  const dxMemory = unshared('softplusBackward', 'dx', dx);
  floatsLike('softplusBackward', 'dy', dy, 'dx', dxType);
  floatsLike('softplusBackward', 'x', x, 'dx', dxType);
  size('softplusBackward', 'n', n);
  atLeast('softplusBackward', 'dx', dx, n, 'n');
  atLeast('softplusBackward', 'dy', dy, n, 'n');
  atLeast('softplusBackward', 'x', x, n, 'n');
  if (dx !== dy && dxMemory === dy.buffer) sameOrApart('softplusBackward', 'dx', dx, n, 'dy', dy, n);
  if (dxMemory === x.buffer) apart('softplusBackward', 'dx', dx, n, 'x', x, n);
}

export function checkGelu(y: Floats, x: Floats, n: number, exact: boolean): void {
  const yType = floats('gelu', 'y', y);
  const yMemory = unshared('gelu', 'y', y);
  floatsLike('gelu', 'x', x, 'y', yType);
  size('gelu', 'n', n);
  flag('gelu', 'exact', exact);
  atLeast('gelu', 'y', y, n, 'n');
  atLeast('gelu', 'x', x, n, 'n');
  if (y !== x && yMemory === x.buffer) sameOrApart('gelu', 'y', y, n, 'x', x, n);
}

export function checkGeluBackward(dx: Floats, dy: Floats, x: Floats, n: number, exact: boolean): void {
  const dxType = floats('geluBackward', 'dx', dx);
  const dxMemory = unshared('geluBackward', 'dx', dx);
  floatsLike('geluBackward', 'dy', dy, 'dx', dxType);
  floatsLike('geluBackward', 'x', x, 'dx', dxType);
  size('geluBackward', 'n', n);
  flag('geluBackward', 'exact', exact);
  atLeast('geluBackward', 'dx', dx, n, 'n');
  atLeast('geluBackward', 'dy', dy, n, 'n');
  atLeast('geluBackward', 'x', x, n, 'n');
  if (dx !== dy && dxMemory === dy.buffer) sameOrApart('geluBackward', 'dx', dx, n, 'dy', dy, n);
  if (dxMemory === x.buffer) apart('geluBackward', 'dx', dx, n, 'x', x, n);
}

export function checkColumnSums(out: Floats, x: Floats, m: number, n: number): void {
  const outType = floats('columnSums', 'out', out);
  const outMemory = unshared('columnSums', 'out', out);
  floatsLike('columnSums', 'x', x, 'out', outType);
  size('columnSums', 'm', m);
  size('columnSums', 'n', n);
  atLeast('columnSums', 'out', out, n, 'n');
  atLeast('columnSums', 'x', x, m * n, 'm × n');
  if (outMemory === x.buffer) apart('columnSums', 'out', out, n, 'x', x, m * n);
}

export function checkSoftmax(y: Floats, x: Floats, m: number, n: number): void {
  const yType = floats('softmax', 'y', y);
  const yMemory = unshared('softmax', 'y', y);
  floatsLike('softmax', 'x', x, 'y', yType);
  size('softmax', 'm', m);
  size('softmax', 'n', n);
  atLeast('softmax', 'y', y, m * n, 'm × n');
  atLeast('softmax', 'x', x, m * n, 'm × n');
  if (y !== x && yMemory === x.buffer) sameOrApart('softmax', 'y', y, m * n, 'x', x, m * n);
}

export function checkSoftmaxCrossEntropy(
  dlogits: Floats | null,
  logits: Floats,
  labels: Int32Array,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
): void {
  let dlogitsType = '';
  let dlogitsMemory: unknown;
  if (dlogits !== null) {
    dlogitsType = floats('softmaxCrossEntropy', 'dlogits', dlogits, ' or null');
    dlogitsMemory = unshared('softmaxCrossEntropy', 'dlogits', dlogits);
  }
  const logitsType =
    dlogits === null
      ? floats('softmaxCrossEntropy', 'logits', logits)
      : floatsLike('softmaxCrossEntropy', 'logits', logits, 'dlogits', dlogitsType);
  int32s('softmaxCrossEntropy', 'labels', labels);
  const labelsMemory = unshared('softmaxCrossEntropy', 'labels', labels);
  if (weights !== null) {
    floatsLike('softmaxCrossEntropy', 'weights', weights, 'logits', logitsType, ' or null');
  }
  size('softmaxCrossEntropy', 'm', m);
  size('softmaxCrossEntropy', 'n', n);
  scalar('softmaxCrossEntropy', 'scale', scale);
  if (dlogits !== null) atLeast('softmaxCrossEntropy', 'dlogits', dlogits, m * n, 'm × n');
  atLeast('softmaxCrossEntropy', 'logits', logits, m * n, 'm × n');
  atLeast('softmaxCrossEntropy', 'labels', labels, m, 'm');
  if (weights !== null) atLeast('softmaxCrossEntropy', 'weights', weights, m, 'm');
  if (dlogits !== null && dlogits !== logits && dlogitsMemory === logits.buffer)
    sameOrApart('softmaxCrossEntropy', 'dlogits', dlogits, m * n, 'logits', logits, m * n);
  if (dlogits !== null && dlogitsMemory === labelsMemory)
    apart('softmaxCrossEntropy', 'dlogits', dlogits, m * n, 'labels', labels, m);
  if (dlogits !== null && weights !== null && dlogitsMemory === weights.buffer)
    apart('softmaxCrossEntropy', 'dlogits', dlogits, m * n, 'weights', weights, m);
  inRange('softmaxCrossEntropy', 'labels', labels, 0, m, n, '');
}

export function checkSoftmaxCrossEntropyDense(
  dlogits: Floats | null,
  logits: Floats,
  targets: Floats,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
): void {
  let dlogitsType = '';
  let dlogitsMemory: unknown;
  if (dlogits !== null) {
    dlogitsType = floats('softmaxCrossEntropyDense', 'dlogits', dlogits, ' or null');
    dlogitsMemory = unshared('softmaxCrossEntropyDense', 'dlogits', dlogits);
  }
  const logitsType =
    dlogits === null
      ? floats('softmaxCrossEntropyDense', 'logits', logits)
      : floatsLike('softmaxCrossEntropyDense', 'logits', logits, 'dlogits', dlogitsType);
  floatsLike('softmaxCrossEntropyDense', 'targets', targets, 'logits', logitsType);
  if (weights !== null) {
    floatsLike('softmaxCrossEntropyDense', 'weights', weights, 'logits', logitsType, ' or null');
  }
  size('softmaxCrossEntropyDense', 'm', m);
  size('softmaxCrossEntropyDense', 'n', n);
  scalar('softmaxCrossEntropyDense', 'scale', scale);
  if (dlogits !== null) atLeast('softmaxCrossEntropyDense', 'dlogits', dlogits, m * n, 'm × n');
  atLeast('softmaxCrossEntropyDense', 'logits', logits, m * n, 'm × n');
  atLeast('softmaxCrossEntropyDense', 'targets', targets, m * n, 'm × n');
  if (weights !== null) atLeast('softmaxCrossEntropyDense', 'weights', weights, m, 'm');
  if (dlogits !== null && dlogits !== logits && dlogitsMemory === logits.buffer)
    sameOrApart('softmaxCrossEntropyDense', 'dlogits', dlogits, m * n, 'logits', logits, m * n);
  if (dlogits !== null && dlogitsMemory === targets.buffer)
    apart('softmaxCrossEntropyDense', 'dlogits', dlogits, m * n, 'targets', targets, m * n);
  if (dlogits !== null && weights !== null && dlogitsMemory === weights.buffer)
    apart('softmaxCrossEntropyDense', 'dlogits', dlogits, m * n, 'weights', weights, m);
}

export function checkSigmoidCrossEntropy(
  dlogits: Floats | null,
  logits: Floats,
  yes: Floats,
  no: Floats | null,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
): void {
  let dlogitsType = '';
  let dlogitsMemory: unknown;
  if (dlogits !== null) {
    dlogitsType = floats('sigmoidCrossEntropy', 'dlogits', dlogits, ' or null');
    dlogitsMemory = unshared('sigmoidCrossEntropy', 'dlogits', dlogits);
  }
  const logitsType =
    dlogits === null
      ? floats('sigmoidCrossEntropy', 'logits', logits)
      : floatsLike('sigmoidCrossEntropy', 'logits', logits, 'dlogits', dlogitsType);
  floatsLike('sigmoidCrossEntropy', 'yes', yes, 'logits', logitsType);
  if (no !== null) {
    floatsLike('sigmoidCrossEntropy', 'no', no, 'logits', logitsType, ' or null');
  }
  if (weights !== null) {
    floatsLike('sigmoidCrossEntropy', 'weights', weights, 'logits', logitsType, ' or null');
  }
  size('sigmoidCrossEntropy', 'm', m);
  size('sigmoidCrossEntropy', 'n', n);
  scalar('sigmoidCrossEntropy', 'scale', scale);
  if (dlogits !== null) atLeast('sigmoidCrossEntropy', 'dlogits', dlogits, m * n, 'm × n');
  atLeast('sigmoidCrossEntropy', 'logits', logits, m * n, 'm × n');
  atLeast('sigmoidCrossEntropy', 'yes', yes, m * n, 'm × n');
  if (no !== null) atLeast('sigmoidCrossEntropy', 'no', no, m * n, 'm × n');
  if (weights !== null) atLeast('sigmoidCrossEntropy', 'weights', weights, m, 'm');
  if (dlogits !== null && dlogits !== logits && dlogitsMemory === logits.buffer)
    sameOrApart('sigmoidCrossEntropy', 'dlogits', dlogits, m * n, 'logits', logits, m * n);
  if (dlogits !== null && dlogitsMemory === yes.buffer)
    apart('sigmoidCrossEntropy', 'dlogits', dlogits, m * n, 'yes', yes, m * n);
  if (dlogits !== null && no !== null && dlogitsMemory === no.buffer)
    apart('sigmoidCrossEntropy', 'dlogits', dlogits, m * n, 'no', no, m * n);
  if (dlogits !== null && weights !== null && dlogitsMemory === weights.buffer)
    apart('sigmoidCrossEntropy', 'dlogits', dlogits, m * n, 'weights', weights, m);
}

export function checkSquaredError(
  dy: Floats | null,
  y: Floats,
  targets: Floats,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
): void {
  let dyType = '';
  let dyMemory: unknown;
  if (dy !== null) {
    dyType = floats('squaredError', 'dy', dy, ' or null');
    dyMemory = unshared('squaredError', 'dy', dy);
  }
  const yType = dy === null ? floats('squaredError', 'y', y) : floatsLike('squaredError', 'y', y, 'dy', dyType);
  floatsLike('squaredError', 'targets', targets, 'y', yType);
  if (weights !== null) {
    floatsLike('squaredError', 'weights', weights, 'y', yType, ' or null');
  }
  size('squaredError', 'm', m);
  size('squaredError', 'n', n);
  scalar('squaredError', 'scale', scale);
  if (dy !== null) atLeast('squaredError', 'dy', dy, m * n, 'm × n');
  atLeast('squaredError', 'y', y, m * n, 'm × n');
  atLeast('squaredError', 'targets', targets, m * n, 'm × n');
  if (weights !== null) atLeast('squaredError', 'weights', weights, m, 'm');
  if (dy !== null && dy !== y && dyMemory === y.buffer) sameOrApart('squaredError', 'dy', dy, m * n, 'y', y, m * n);
  if (dy !== null && dyMemory === targets.buffer) apart('squaredError', 'dy', dy, m * n, 'targets', targets, m * n);
  if (dy !== null && weights !== null && dyMemory === weights.buffer)
    apart('squaredError', 'dy', dy, m * n, 'weights', weights, m);
}

export function checkHuber(
  dy: Floats | null,
  y: Floats,
  targets: Floats,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
  delta: number,
): void {
  let dyType = '';
  let dyMemory: unknown;
  if (dy !== null) {
    dyType = floats('huber', 'dy', dy, ' or null');
    dyMemory = unshared('huber', 'dy', dy);
  }
  const yType = dy === null ? floats('huber', 'y', y) : floatsLike('huber', 'y', y, 'dy', dyType);
  floatsLike('huber', 'targets', targets, 'y', yType);
  if (weights !== null) {
    floatsLike('huber', 'weights', weights, 'y', yType, ' or null');
  }
  size('huber', 'm', m);
  size('huber', 'n', n);
  scalar('huber', 'scale', scale);
  scalar('huber', 'delta', delta);
  if (dy !== null) atLeast('huber', 'dy', dy, m * n, 'm × n');
  atLeast('huber', 'y', y, m * n, 'm × n');
  atLeast('huber', 'targets', targets, m * n, 'm × n');
  if (weights !== null) atLeast('huber', 'weights', weights, m, 'm');
  if (dy !== null && dy !== y && dyMemory === y.buffer) sameOrApart('huber', 'dy', dy, m * n, 'y', y, m * n);
  if (dy !== null && dyMemory === targets.buffer) apart('huber', 'dy', dy, m * n, 'targets', targets, m * n);
  if (dy !== null && weights !== null && dyMemory === weights.buffer)
    apart('huber', 'dy', dy, m * n, 'weights', weights, m);
}

export function checkArgMaxRows(out: Int32Array, x: Floats, m: number, n: number): void {
  int32s('argMaxRows', 'out', out);
  const outMemory = unshared('argMaxRows', 'out', out);
  floats('argMaxRows', 'x', x);
  size('argMaxRows', 'm', m);
  size('argMaxRows', 'n', n);
  if (n === 0 && m > 0) tooSmall('argMaxRows', 'n', n, 'at least 1 column to take the maximum of');
  atLeast('argMaxRows', 'out', out, m, 'm');
  atLeast('argMaxRows', 'x', x, m * n, 'm × n');
  if (outMemory === x.buffer) apart('argMaxRows', 'out', out, m, 'x', x, m * n);
}

export function checkGatherRows(
  out: Floats,
  source: Floats | Uint8Array,
  indices: Int32Array,
  start: number,
  count: number,
  width: number,
  scale: number,
): void {
  const outType = floats('gatherRows', 'out', out);
  const outMemory = unshared('gatherRows', 'out', out);
  if (!isBytes(source)) floatsLike('gatherRows', 'source', source, 'out', outType, ' or a Uint8Array');
  int32s('gatherRows', 'indices', indices);
  const indicesMemory = unshared('gatherRows', 'indices', indices);
  size('gatherRows', 'start', start);
  size('gatherRows', 'count', count);
  size('gatherRows', 'width', width);
  scalar('gatherRows', 'scale', scale);
  atLeast('gatherRows', 'out', out, count * width, 'count × width');
  atLeast('gatherRows', 'indices', indices, start + count, 'start + count');
  if (outMemory === source.buffer) apart('gatherRows', 'out', out, count * width, 'source', source, lengthOf(source));
  if (outMemory === indicesMemory) apart('gatherRows', 'out', out, count * width, 'indices', indices, start + count);
  if (width > 0)
    inRange('gatherRows', 'indices', indices, start, count, Math.floor(lengthOf(source) / width), ' (rows of source)');
}

export function checkAxpy(n: number, alpha: number, x: Floats, y: Floats): void {
  size('axpy', 'n', n);
  scalar('axpy', 'alpha', alpha);
  const xType = floats('axpy', 'x', x);
  floatsLike('axpy', 'y', y, 'x', xType);
  const yMemory = unshared('axpy', 'y', y);
  atLeast('axpy', 'x', x, n, 'n');
  atLeast('axpy', 'y', y, n, 'n');
  if (yMemory === x.buffer) apart('axpy', 'y', y, n, 'x', x, n);
}

export function checkSumOfSquares(x: Floats, n: number): void {
  floats('sumOfSquares', 'x', x);
  size('sumOfSquares', 'n', n);
  atLeast('sumOfSquares', 'x', x, n, 'n');
}

export function checkScale(x: Floats, n: number, alpha: number): void {
  floats('scale', 'x', x);
  unshared('scale', 'x', x);
  size('scale', 'n', n);
  scalar('scale', 'alpha', alpha);
  atLeast('scale', 'x', x, n, 'n');
}

export function checkMultiply(y: Floats, a: Floats, b: Floats, n: number): void {
  const yType = floats('multiply', 'y', y);
  const yMemory = unshared('multiply', 'y', y);
  floatsLike('multiply', 'a', a, 'y', yType);
  floatsLike('multiply', 'b', b, 'y', yType);
  size('multiply', 'n', n);
  atLeast('multiply', 'y', y, n, 'n');
  atLeast('multiply', 'a', a, n, 'n');
  atLeast('multiply', 'b', b, n, 'n');
  if (y !== a && yMemory === a.buffer) sameOrApart('multiply', 'y', y, n, 'a', a, n);
  if (yMemory === b.buffer) apart('multiply', 'y', y, n, 'b', b, n);
}

export function checkClip(y: Floats, x: Floats, n: number, low: number, high: number): void {
  const yType = floats('clip', 'y', y);
  const yMemory = unshared('clip', 'y', y);
  floatsLike('clip', 'x', x, 'y', yType);
  size('clip', 'n', n);
  scalar('clip', 'low', low);
  scalar('clip', 'high', high);
  atLeast('clip', 'y', y, n, 'n');
  atLeast('clip', 'x', x, n, 'n');
  if (y !== x && yMemory === x.buffer) sameOrApart('clip', 'y', y, n, 'x', x, n);
}

export function checkSgdUpdate(w: Floats, g: Floats, n: number, rate: number, decay: number): void {
  const wType = floats('sgdUpdate', 'w', w);
  const wMemory = unshared('sgdUpdate', 'w', w);
  floatsLike('sgdUpdate', 'g', g, 'w', wType);
  size('sgdUpdate', 'n', n);
  scalar('sgdUpdate', 'rate', rate);
  scalar('sgdUpdate', 'decay', decay);
  atLeast('sgdUpdate', 'w', w, n, 'n');
  atLeast('sgdUpdate', 'g', g, n, 'n');
  if (wMemory === g.buffer) apart('sgdUpdate', 'w', w, n, 'g', g, n);
}

export function checkMomentumUpdate(
  w: Floats,
  v: Floats,
  g: Floats,
  n: number,
  rate: number,
  momentum: number,
  decay: number,
): void {
  const wType = floats('momentumUpdate', 'w', w);
  const wMemory = unshared('momentumUpdate', 'w', w);
  floatsLike('momentumUpdate', 'v', v, 'w', wType);
  const vMemory = unshared('momentumUpdate', 'v', v);
  floatsLike('momentumUpdate', 'g', g, 'w', wType);
  size('momentumUpdate', 'n', n);
  scalar('momentumUpdate', 'rate', rate);
  scalar('momentumUpdate', 'momentum', momentum);
  scalar('momentumUpdate', 'decay', decay);
  atLeast('momentumUpdate', 'w', w, n, 'n');
  atLeast('momentumUpdate', 'v', v, n, 'n');
  atLeast('momentumUpdate', 'g', g, n, 'n');
  const gMemory = g.buffer;
  if (wMemory === vMemory) apart('momentumUpdate', 'w', w, n, 'v', v, n);
  if (wMemory === gMemory) apart('momentumUpdate', 'w', w, n, 'g', g, n);
  if (vMemory === gMemory) apart('momentumUpdate', 'v', v, n, 'g', g, n);
}

export function checkNesterovUpdate(
  w: Floats,
  v: Floats,
  g: Floats,
  n: number,
  rate: number,
  momentum: number,
  decay: number,
): void {
  const wType = floats('nesterovUpdate', 'w', w);
  const wMemory = unshared('nesterovUpdate', 'w', w);
  floatsLike('nesterovUpdate', 'v', v, 'w', wType);
  const vMemory = unshared('nesterovUpdate', 'v', v);
  floatsLike('nesterovUpdate', 'g', g, 'w', wType);
  size('nesterovUpdate', 'n', n);
  scalar('nesterovUpdate', 'rate', rate);
  scalar('nesterovUpdate', 'momentum', momentum);
  scalar('nesterovUpdate', 'decay', decay);
  atLeast('nesterovUpdate', 'w', w, n, 'n');
  atLeast('nesterovUpdate', 'v', v, n, 'n');
  atLeast('nesterovUpdate', 'g', g, n, 'n');
  const gMemory = g.buffer;
  if (wMemory === vMemory) apart('nesterovUpdate', 'w', w, n, 'v', v, n);
  if (wMemory === gMemory) apart('nesterovUpdate', 'w', w, n, 'g', g, n);
  if (vMemory === gMemory) apart('nesterovUpdate', 'v', v, n, 'g', g, n);
}

export function checkAdaGradUpdate(
  w: Floats,
  h: Floats,
  g: Floats,
  n: number,
  rate: number,
  epsilon: number,
  decay: number,
): void {
  const wType = floats('adaGradUpdate', 'w', w);
  const wMemory = unshared('adaGradUpdate', 'w', w);
  floatsLike('adaGradUpdate', 'h', h, 'w', wType);
  const hMemory = unshared('adaGradUpdate', 'h', h);
  floatsLike('adaGradUpdate', 'g', g, 'w', wType);
  size('adaGradUpdate', 'n', n);
  scalar('adaGradUpdate', 'rate', rate);
  scalar('adaGradUpdate', 'epsilon', epsilon);
  scalar('adaGradUpdate', 'decay', decay);
  atLeast('adaGradUpdate', 'w', w, n, 'n');
  atLeast('adaGradUpdate', 'h', h, n, 'n');
  atLeast('adaGradUpdate', 'g', g, n, 'n');
  const gMemory = g.buffer;
  if (wMemory === hMemory) apart('adaGradUpdate', 'w', w, n, 'h', h, n);
  if (wMemory === gMemory) apart('adaGradUpdate', 'w', w, n, 'g', g, n);
  if (hMemory === gMemory) apart('adaGradUpdate', 'h', h, n, 'g', g, n);
}

export function checkRmsPropUpdate(
  w: Floats,
  h: Floats,
  g: Floats,
  n: number,
  rate: number,
  rho: number,
  epsilon: number,
  decay: number,
): void {
  const wType = floats('rmsPropUpdate', 'w', w);
  const wMemory = unshared('rmsPropUpdate', 'w', w);
  floatsLike('rmsPropUpdate', 'h', h, 'w', wType);
  const hMemory = unshared('rmsPropUpdate', 'h', h);
  floatsLike('rmsPropUpdate', 'g', g, 'w', wType);
  size('rmsPropUpdate', 'n', n);
  scalar('rmsPropUpdate', 'rate', rate);
  scalar('rmsPropUpdate', 'rho', rho);
  scalar('rmsPropUpdate', 'epsilon', epsilon);
  scalar('rmsPropUpdate', 'decay', decay);
  atLeast('rmsPropUpdate', 'w', w, n, 'n');
  atLeast('rmsPropUpdate', 'h', h, n, 'n');
  atLeast('rmsPropUpdate', 'g', g, n, 'n');
  const gMemory = g.buffer;
  if (wMemory === hMemory) apart('rmsPropUpdate', 'w', w, n, 'h', h, n);
  if (wMemory === gMemory) apart('rmsPropUpdate', 'w', w, n, 'g', g, n);
  if (hMemory === gMemory) apart('rmsPropUpdate', 'h', h, n, 'g', g, n);
}

export function checkAdamUpdate(
  w: Floats,
  m: Floats,
  v: Floats,
  g: Floats,
  n: number,
  rate: number,
  beta1: number,
  beta2: number,
  root: number,
  epsilon: number,
  decay: number,
  keep: number,
): void {
  const wType = floats('adamUpdate', 'w', w);
  const wMemory = unshared('adamUpdate', 'w', w);
  floatsLike('adamUpdate', 'm', m, 'w', wType);
  const mMemory = unshared('adamUpdate', 'm', m);
  floatsLike('adamUpdate', 'v', v, 'w', wType);
  const vMemory = unshared('adamUpdate', 'v', v);
  floatsLike('adamUpdate', 'g', g, 'w', wType);
  size('adamUpdate', 'n', n);
  scalar('adamUpdate', 'rate', rate);
  scalar('adamUpdate', 'beta1', beta1);
  scalar('adamUpdate', 'beta2', beta2);
  scalar('adamUpdate', 'root', root);
  scalar('adamUpdate', 'epsilon', epsilon);
  scalar('adamUpdate', 'decay', decay);
  scalar('adamUpdate', 'keep', keep);
  atLeast('adamUpdate', 'w', w, n, 'n');
  atLeast('adamUpdate', 'm', m, n, 'n');
  atLeast('adamUpdate', 'v', v, n, 'n');
  atLeast('adamUpdate', 'g', g, n, 'n');
  const gMemory = g.buffer;
  if (wMemory === mMemory) apart('adamUpdate', 'w', w, n, 'm', m, n);
  if (wMemory === vMemory) apart('adamUpdate', 'w', w, n, 'v', v, n);
  if (wMemory === gMemory) apart('adamUpdate', 'w', w, n, 'g', g, n);
  if (mMemory === vMemory) apart('adamUpdate', 'm', m, n, 'v', v, n);
  if (mMemory === gMemory) apart('adamUpdate', 'm', m, n, 'g', g, n);
  if (vMemory === gMemory) apart('adamUpdate', 'v', v, n, 'g', g, n);
}

export function checkLayerNormalization(
  y: Floats,
  normalized: Floats | null,
  variance: Floats | null,
  x: Floats,
  gamma: Floats,
  beta: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  const yType = floats('layerNormalization', 'y', y);
  const yMemory = unshared('layerNormalization', 'y', y);
  let normalizedMemory: unknown;
  if (normalized !== null) {
    floatsLike('layerNormalization', 'normalized', normalized, 'y', yType, ' or null');
    normalizedMemory = unshared('layerNormalization', 'normalized', normalized);
  }
  let varianceMemory: unknown;
  if (variance !== null) {
    floatsLike('layerNormalization', 'variance', variance, 'y', yType, ' or null');
    varianceMemory = unshared('layerNormalization', 'variance', variance);
  }
  floatsLike('layerNormalization', 'x', x, 'y', yType);
  floatsLike('layerNormalization', 'gamma', gamma, 'y', yType);
  floatsLike('layerNormalization', 'beta', beta, 'y', yType);
  size('layerNormalization', 'm', m);
  size('layerNormalization', 'n', n);
  scalar('layerNormalization', 'epsilon', epsilon);
  atLeast('layerNormalization', 'y', y, m * n, 'm × n');
  if (normalized !== null) atLeast('layerNormalization', 'normalized', normalized, m * n, 'm × n');
  if (variance !== null) atLeast('layerNormalization', 'variance', variance, m, 'm');
  atLeast('layerNormalization', 'x', x, m * n, 'm × n');
  atLeast('layerNormalization', 'gamma', gamma, n, 'n');
  atLeast('layerNormalization', 'beta', beta, n, 'n');
  const xMemory = x.buffer;
  const gammaMemory = gamma.buffer;
  const betaMemory = beta.buffer;
  if (normalized !== null && yMemory === normalizedMemory)
    apart('layerNormalization', 'y', y, m * n, 'normalized', normalized, m * n);
  if (variance !== null && yMemory === varianceMemory)
    apart('layerNormalization', 'y', y, m * n, 'variance', variance, m);
  if (yMemory === xMemory) apart('layerNormalization', 'y', y, m * n, 'x', x, m * n);
  if (yMemory === gammaMemory) apart('layerNormalization', 'y', y, m * n, 'gamma', gamma, n);
  if (yMemory === betaMemory) apart('layerNormalization', 'y', y, m * n, 'beta', beta, n);
  if (normalized !== null && variance !== null && normalizedMemory === varianceMemory)
    apart('layerNormalization', 'normalized', normalized, m * n, 'variance', variance, m);
  if (normalized !== null && normalizedMemory === xMemory)
    apart('layerNormalization', 'normalized', normalized, m * n, 'x', x, m * n);
  if (normalized !== null && normalizedMemory === gammaMemory)
    apart('layerNormalization', 'normalized', normalized, m * n, 'gamma', gamma, n);
  if (normalized !== null && normalizedMemory === betaMemory)
    apart('layerNormalization', 'normalized', normalized, m * n, 'beta', beta, n);
  if (variance !== null && varianceMemory === xMemory)
    apart('layerNormalization', 'variance', variance, m, 'x', x, m * n);
  if (variance !== null && varianceMemory === gammaMemory)
    apart('layerNormalization', 'variance', variance, m, 'gamma', gamma, n);
  if (variance !== null && varianceMemory === betaMemory)
    apart('layerNormalization', 'variance', variance, m, 'beta', beta, n);
}

export function checkLayerNormalizationBackward(
  dx: Floats | null,
  dgamma: Floats,
  dbeta: Floats,
  dy: Floats,
  normalized: Floats,
  variance: Floats,
  gamma: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  let dxType = '';
  let dxMemory: unknown;
  if (dx !== null) {
    dxType = floats('layerNormalizationBackward', 'dx', dx, ' or null');
    dxMemory = unshared('layerNormalizationBackward', 'dx', dx);
  }
  const dgammaType =
    dx === null
      ? floats('layerNormalizationBackward', 'dgamma', dgamma)
      : floatsLike('layerNormalizationBackward', 'dgamma', dgamma, 'dx', dxType);
  const dgammaMemory = unshared('layerNormalizationBackward', 'dgamma', dgamma);
  floatsLike('layerNormalizationBackward', 'dbeta', dbeta, 'dgamma', dgammaType);
  const dbetaMemory = unshared('layerNormalizationBackward', 'dbeta', dbeta);
  floatsLike('layerNormalizationBackward', 'dy', dy, 'dgamma', dgammaType);
  floatsLike('layerNormalizationBackward', 'normalized', normalized, 'dgamma', dgammaType);
  floatsLike('layerNormalizationBackward', 'variance', variance, 'dgamma', dgammaType);
  floatsLike('layerNormalizationBackward', 'gamma', gamma, 'dgamma', dgammaType);
  size('layerNormalizationBackward', 'm', m);
  size('layerNormalizationBackward', 'n', n);
  scalar('layerNormalizationBackward', 'epsilon', epsilon);
  if (dx !== null) atLeast('layerNormalizationBackward', 'dx', dx, m * n, 'm × n');
  atLeast('layerNormalizationBackward', 'dgamma', dgamma, n, 'n');
  atLeast('layerNormalizationBackward', 'dbeta', dbeta, n, 'n');
  atLeast('layerNormalizationBackward', 'dy', dy, m * n, 'm × n');
  atLeast('layerNormalizationBackward', 'normalized', normalized, m * n, 'm × n');
  atLeast('layerNormalizationBackward', 'variance', variance, m, 'm');
  atLeast('layerNormalizationBackward', 'gamma', gamma, n, 'n');
  const dyMemory = dy.buffer;
  const normalizedMemory = normalized.buffer;
  const varianceMemory = variance.buffer;
  const gammaMemory = gamma.buffer;
  if (dx !== null && dxMemory === dgammaMemory)
    apart('layerNormalizationBackward', 'dx', dx, m * n, 'dgamma', dgamma, n);
  if (dx !== null && dxMemory === dbetaMemory) apart('layerNormalizationBackward', 'dx', dx, m * n, 'dbeta', dbeta, n);
  if (dx !== null && dxMemory === dyMemory) apart('layerNormalizationBackward', 'dx', dx, m * n, 'dy', dy, m * n);
  if (dx !== null && dxMemory === normalizedMemory)
    apart('layerNormalizationBackward', 'dx', dx, m * n, 'normalized', normalized, m * n);
  if (dx !== null && dxMemory === varianceMemory)
    apart('layerNormalizationBackward', 'dx', dx, m * n, 'variance', variance, m);
  if (dx !== null && dxMemory === gammaMemory) apart('layerNormalizationBackward', 'dx', dx, m * n, 'gamma', gamma, n);
  if (dgammaMemory === dbetaMemory) apart('layerNormalizationBackward', 'dgamma', dgamma, n, 'dbeta', dbeta, n);
  if (dgammaMemory === dyMemory) apart('layerNormalizationBackward', 'dgamma', dgamma, n, 'dy', dy, m * n);
  if (dgammaMemory === normalizedMemory)
    apart('layerNormalizationBackward', 'dgamma', dgamma, n, 'normalized', normalized, m * n);
  if (dgammaMemory === varianceMemory)
    apart('layerNormalizationBackward', 'dgamma', dgamma, n, 'variance', variance, m);
  if (dgammaMemory === gammaMemory) apart('layerNormalizationBackward', 'dgamma', dgamma, n, 'gamma', gamma, n);
  if (dbetaMemory === dyMemory) apart('layerNormalizationBackward', 'dbeta', dbeta, n, 'dy', dy, m * n);
  if (dbetaMemory === normalizedMemory)
    apart('layerNormalizationBackward', 'dbeta', dbeta, n, 'normalized', normalized, m * n);
  if (dbetaMemory === varianceMemory) apart('layerNormalizationBackward', 'dbeta', dbeta, n, 'variance', variance, m);
  if (dbetaMemory === gammaMemory) apart('layerNormalizationBackward', 'dbeta', dbeta, n, 'gamma', gamma, n);
}

export function checkBatchNormalization(
  y: Floats,
  normalized: Floats,
  mean: Floats,
  variance: Floats,
  x: Floats,
  gamma: Floats,
  beta: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  const yType = floats('batchNormalization', 'y', y);
  const yMemory = unshared('batchNormalization', 'y', y);
  floatsLike('batchNormalization', 'normalized', normalized, 'y', yType);
  const normalizedMemory = unshared('batchNormalization', 'normalized', normalized);
  floatsLike('batchNormalization', 'mean', mean, 'y', yType);
  const meanMemory = unshared('batchNormalization', 'mean', mean);
  floatsLike('batchNormalization', 'variance', variance, 'y', yType);
  const varianceMemory = unshared('batchNormalization', 'variance', variance);
  floatsLike('batchNormalization', 'x', x, 'y', yType);
  floatsLike('batchNormalization', 'gamma', gamma, 'y', yType);
  floatsLike('batchNormalization', 'beta', beta, 'y', yType);
  size('batchNormalization', 'm', m);
  size('batchNormalization', 'n', n);
  scalar('batchNormalization', 'epsilon', epsilon);
  atLeast('batchNormalization', 'y', y, m * n, 'm × n');
  atLeast('batchNormalization', 'normalized', normalized, m * n, 'm × n');
  atLeast('batchNormalization', 'mean', mean, n, 'n');
  atLeast('batchNormalization', 'variance', variance, n, 'n');
  atLeast('batchNormalization', 'x', x, m * n, 'm × n');
  atLeast('batchNormalization', 'gamma', gamma, n, 'n');
  atLeast('batchNormalization', 'beta', beta, n, 'n');
  const xMemory = x.buffer;
  const gammaMemory = gamma.buffer;
  const betaMemory = beta.buffer;
  if (yMemory === normalizedMemory) apart('batchNormalization', 'y', y, m * n, 'normalized', normalized, m * n);
  if (yMemory === meanMemory) apart('batchNormalization', 'y', y, m * n, 'mean', mean, n);
  if (yMemory === varianceMemory) apart('batchNormalization', 'y', y, m * n, 'variance', variance, n);
  if (yMemory === xMemory) apart('batchNormalization', 'y', y, m * n, 'x', x, m * n);
  if (yMemory === gammaMemory) apart('batchNormalization', 'y', y, m * n, 'gamma', gamma, n);
  if (yMemory === betaMemory) apart('batchNormalization', 'y', y, m * n, 'beta', beta, n);
  if (normalizedMemory === meanMemory) apart('batchNormalization', 'normalized', normalized, m * n, 'mean', mean, n);
  if (normalizedMemory === varianceMemory)
    apart('batchNormalization', 'normalized', normalized, m * n, 'variance', variance, n);
  if (normalizedMemory === xMemory) apart('batchNormalization', 'normalized', normalized, m * n, 'x', x, m * n);
  if (normalizedMemory === gammaMemory) apart('batchNormalization', 'normalized', normalized, m * n, 'gamma', gamma, n);
  if (normalizedMemory === betaMemory) apart('batchNormalization', 'normalized', normalized, m * n, 'beta', beta, n);
  if (meanMemory === varianceMemory) apart('batchNormalization', 'mean', mean, n, 'variance', variance, n);
  if (meanMemory === xMemory) apart('batchNormalization', 'mean', mean, n, 'x', x, m * n);
  if (meanMemory === gammaMemory) apart('batchNormalization', 'mean', mean, n, 'gamma', gamma, n);
  if (meanMemory === betaMemory) apart('batchNormalization', 'mean', mean, n, 'beta', beta, n);
  if (varianceMemory === xMemory) apart('batchNormalization', 'variance', variance, n, 'x', x, m * n);
  if (varianceMemory === gammaMemory) apart('batchNormalization', 'variance', variance, n, 'gamma', gamma, n);
  if (varianceMemory === betaMemory) apart('batchNormalization', 'variance', variance, n, 'beta', beta, n);
}

export function checkBatchNormalizationBackward(
  dx: Floats | null,
  dgamma: Floats,
  dbeta: Floats,
  dy: Floats,
  normalized: Floats,
  variance: Floats,
  gamma: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  let dxType = '';
  let dxMemory: unknown;
  if (dx !== null) {
    dxType = floats('batchNormalizationBackward', 'dx', dx, ' or null');
    dxMemory = unshared('batchNormalizationBackward', 'dx', dx);
  }
  const dgammaType =
    dx === null
      ? floats('batchNormalizationBackward', 'dgamma', dgamma)
      : floatsLike('batchNormalizationBackward', 'dgamma', dgamma, 'dx', dxType);
  const dgammaMemory = unshared('batchNormalizationBackward', 'dgamma', dgamma);
  floatsLike('batchNormalizationBackward', 'dbeta', dbeta, 'dgamma', dgammaType);
  const dbetaMemory = unshared('batchNormalizationBackward', 'dbeta', dbeta);
  floatsLike('batchNormalizationBackward', 'dy', dy, 'dgamma', dgammaType);
  floatsLike('batchNormalizationBackward', 'normalized', normalized, 'dgamma', dgammaType);
  floatsLike('batchNormalizationBackward', 'variance', variance, 'dgamma', dgammaType);
  floatsLike('batchNormalizationBackward', 'gamma', gamma, 'dgamma', dgammaType);
  size('batchNormalizationBackward', 'm', m);
  size('batchNormalizationBackward', 'n', n);
  scalar('batchNormalizationBackward', 'epsilon', epsilon);
  if (dx !== null) atLeast('batchNormalizationBackward', 'dx', dx, m * n, 'm × n');
  atLeast('batchNormalizationBackward', 'dgamma', dgamma, n, 'n');
  atLeast('batchNormalizationBackward', 'dbeta', dbeta, n, 'n');
  atLeast('batchNormalizationBackward', 'dy', dy, m * n, 'm × n');
  atLeast('batchNormalizationBackward', 'normalized', normalized, m * n, 'm × n');
  atLeast('batchNormalizationBackward', 'variance', variance, n, 'n');
  atLeast('batchNormalizationBackward', 'gamma', gamma, n, 'n');
  const dyMemory = dy.buffer;
  const normalizedMemory = normalized.buffer;
  const varianceMemory = variance.buffer;
  const gammaMemory = gamma.buffer;
  if (dx !== null && dxMemory === dgammaMemory)
    apart('batchNormalizationBackward', 'dx', dx, m * n, 'dgamma', dgamma, n);
  if (dx !== null && dxMemory === dbetaMemory) apart('batchNormalizationBackward', 'dx', dx, m * n, 'dbeta', dbeta, n);
  if (dx !== null && dxMemory === dyMemory) apart('batchNormalizationBackward', 'dx', dx, m * n, 'dy', dy, m * n);
  if (dx !== null && dxMemory === normalizedMemory)
    apart('batchNormalizationBackward', 'dx', dx, m * n, 'normalized', normalized, m * n);
  if (dx !== null && dxMemory === varianceMemory)
    apart('batchNormalizationBackward', 'dx', dx, m * n, 'variance', variance, n);
  if (dx !== null && dxMemory === gammaMemory) apart('batchNormalizationBackward', 'dx', dx, m * n, 'gamma', gamma, n);
  if (dgammaMemory === dbetaMemory) apart('batchNormalizationBackward', 'dgamma', dgamma, n, 'dbeta', dbeta, n);
  if (dgammaMemory === dyMemory) apart('batchNormalizationBackward', 'dgamma', dgamma, n, 'dy', dy, m * n);
  if (dgammaMemory === normalizedMemory)
    apart('batchNormalizationBackward', 'dgamma', dgamma, n, 'normalized', normalized, m * n);
  if (dgammaMemory === varianceMemory)
    apart('batchNormalizationBackward', 'dgamma', dgamma, n, 'variance', variance, n);
  if (dgammaMemory === gammaMemory) apart('batchNormalizationBackward', 'dgamma', dgamma, n, 'gamma', gamma, n);
  if (dbetaMemory === dyMemory) apart('batchNormalizationBackward', 'dbeta', dbeta, n, 'dy', dy, m * n);
  if (dbetaMemory === normalizedMemory)
    apart('batchNormalizationBackward', 'dbeta', dbeta, n, 'normalized', normalized, m * n);
  if (dbetaMemory === varianceMemory) apart('batchNormalizationBackward', 'dbeta', dbeta, n, 'variance', variance, n);
  if (dbetaMemory === gammaMemory) apart('batchNormalizationBackward', 'dbeta', dbeta, n, 'gamma', gamma, n);
}

export function checkBatchNormalizationInference(
  y: Floats,
  x: Floats,
  mean: Floats,
  variance: Floats,
  gamma: Floats,
  beta: Floats,
  m: number,
  n: number,
  epsilon: number,
): void {
  const yType = floats('batchNormalizationInference', 'y', y);
  const yMemory = unshared('batchNormalizationInference', 'y', y);
  floatsLike('batchNormalizationInference', 'x', x, 'y', yType);
  floatsLike('batchNormalizationInference', 'mean', mean, 'y', yType);
  floatsLike('batchNormalizationInference', 'variance', variance, 'y', yType);
  floatsLike('batchNormalizationInference', 'gamma', gamma, 'y', yType);
  floatsLike('batchNormalizationInference', 'beta', beta, 'y', yType);
  size('batchNormalizationInference', 'm', m);
  size('batchNormalizationInference', 'n', n);
  scalar('batchNormalizationInference', 'epsilon', epsilon);
  atLeast('batchNormalizationInference', 'y', y, m * n, 'm × n');
  atLeast('batchNormalizationInference', 'x', x, m * n, 'm × n');
  atLeast('batchNormalizationInference', 'mean', mean, n, 'n');
  atLeast('batchNormalizationInference', 'variance', variance, n, 'n');
  atLeast('batchNormalizationInference', 'gamma', gamma, n, 'n');
  atLeast('batchNormalizationInference', 'beta', beta, n, 'n');
  if (yMemory === x.buffer) apart('batchNormalizationInference', 'y', y, m * n, 'x', x, m * n);
  if (yMemory === mean.buffer) apart('batchNormalizationInference', 'y', y, m * n, 'mean', mean, n);
  if (yMemory === variance.buffer) apart('batchNormalizationInference', 'y', y, m * n, 'variance', variance, n);
  if (yMemory === gamma.buffer) apart('batchNormalizationInference', 'y', y, m * n, 'gamma', gamma, n);
  if (yMemory === beta.buffer) apart('batchNormalizationInference', 'y', y, m * n, 'beta', beta, n);
}

export function checkUnary(y: Floats, x: Floats, n: number, operation: UnaryOperation): void {
  const yType = floats('unary', 'y', y);
  const yMemory = unshared('unary', 'y', y);
  floatsLike('unary', 'x', x, 'y', yType);
  size('unary', 'n', n);
  oneOf('unary', 'operation', operation, UNARY_OPERATIONS);
  atLeast('unary', 'y', y, n, 'n');
  atLeast('unary', 'x', x, n, 'n');
  if (y !== x && yMemory === x.buffer) sameOrApart('unary', 'y', y, n, 'x', x, n);
}

export function checkBinary(
  y: Floats,
  a: Floats,
  b: Floats,
  m: number,
  n: number,
  aRows: number,
  aColumns: number,
  bRows: number,
  bColumns: number,
  operation: BinaryOperation,
): void {
  const yType = floats('binary', 'y', y);
  const yMemory = unshared('binary', 'y', y);
  floatsLike('binary', 'a', a, 'y', yType);
  floatsLike('binary', 'b', b, 'y', yType);
  size('binary', 'm', m);
  size('binary', 'n', n);
  size('binary', 'aRows', aRows);
  size('binary', 'aColumns', aColumns);
  size('binary', 'bRows', bRows);
  size('binary', 'bColumns', bColumns);
  oneOf('binary', 'operation', operation, BINARY_OPERATIONS);
  repeatable('binary', 'aRows', aRows, 'm', m);
  repeatable('binary', 'aColumns', aColumns, 'n', n);
  repeatable('binary', 'bRows', bRows, 'm', m);
  repeatable('binary', 'bColumns', bColumns, 'n', n);
  atLeast('binary', 'y', y, m * n, 'm × n');
  atLeast('binary', 'a', a, aRows * aColumns, 'aRows × aColumns');
  atLeast('binary', 'b', b, bRows * bColumns, 'bRows × bColumns');
  if (yMemory === a.buffer) sameOrApart('binary', 'y', y, m * n, 'a', a, aRows * aColumns);
  if (yMemory === b.buffer) sameOrApart('binary', 'y', y, m * n, 'b', b, bRows * bColumns);
}

export function checkReduce(
  out: Floats,
  x: Floats,
  outer: number,
  axis: number,
  inner: number,
  operation: Reduction,
): void {
  const outType = floats('reduce', 'out', out);
  const outMemory = unshared('reduce', 'out', out);
  floatsLike('reduce', 'x', x, 'out', outType);
  size('reduce', 'outer', outer);
  size('reduce', 'axis', axis);
  size('reduce', 'inner', inner);
  oneOf('reduce', 'operation', operation, REDUCTIONS);
  const xLength = outer * axis * inner;
  atLeast('reduce', 'out', out, outer * inner, 'outer × inner');
  atLeast('reduce', 'x', x, xLength, 'outer × axis × inner');
  if (outMemory === x.buffer) apart('reduce', 'out', out, outer * inner, 'x', x, xLength);
}

export function checkArgMax(out: Int32Array, x: Floats, outer: number, axis: number, inner: number): void {
  int32s('argMax', 'out', out);
  const outMemory = unshared('argMax', 'out', out);
  floats('argMax', 'x', x);
  size('argMax', 'outer', outer);
  size('argMax', 'axis', axis);
  size('argMax', 'inner', inner);
  if (axis === 0 && outer > 0) tooSmall('argMax', 'axis', axis, 'at least 1 number to take the maximum of');
  const xLength = outer * axis * inner;
  atLeast('argMax', 'out', out, outer * inner, 'outer × inner');
  atLeast('argMax', 'x', x, xLength, 'outer × axis × inner');
  if (outMemory === x.buffer) apart('argMax', 'out', out, outer * inner, 'x', x, xLength);
}

export function checkConvolution(
  y: Floats,
  x: Floats,
  w: Floats,
  b: Floats,
  images: number,
  shape: ConvolutionShape,
  f: Activation,
): void {
  const yType = floats('convolution', 'y', y);
  const yMemory = unshared('convolution', 'y', y);
  floatsLike('convolution', 'x', x, 'y', yType);
  floatsLike('convolution', 'w', w, 'y', yType);
  floatsLike('convolution', 'b', b, 'y', yType);
  size('convolution', 'images', images);
  sizes('convolution', 'shape', shape, CONVOLUTION_SHAPE);
  oneOf('convolution', 'f', f, ACTIVATIONS);
  if (shape.stride === 0) tooSmall('convolution', 'shape.stride', shape.stride, 'at least 1');
  const yLength = images * shape.outHeight * shape.outWidth * shape.filters;
  const xLength = images * shape.height * shape.width * shape.channels;
  const wLength = shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters;
  atLeast('convolution', 'y', y, yLength, 'images × shape.outHeight × shape.outWidth × shape.filters');
  atLeast('convolution', 'x', x, xLength, 'images × shape.height × shape.width × shape.channels');
  atLeast('convolution', 'w', w, wLength, 'shape.kernelHeight × shape.kernelWidth × shape.channels × shape.filters');
  atLeast('convolution', 'b', b, shape.filters, 'shape.filters');
  if (yMemory === x.buffer) apart('convolution', 'y', y, yLength, 'x', x, xLength);
  if (yMemory === w.buffer) apart('convolution', 'y', y, yLength, 'w', w, wLength);
  if (yMemory === b.buffer) apart('convolution', 'y', y, yLength, 'b', b, shape.filters);
}

export function checkConvolutionWeightGradient(
  dw: Floats,
  x: Floats,
  dz: Floats,
  images: number,
  shape: ConvolutionShape,
): void {
  const dwType = floats('convolutionWeightGradient', 'dw', dw);
  const dwMemory = unshared('convolutionWeightGradient', 'dw', dw);
  floatsLike('convolutionWeightGradient', 'x', x, 'dw', dwType);
  floatsLike('convolutionWeightGradient', 'dz', dz, 'dw', dwType);
  size('convolutionWeightGradient', 'images', images);
  sizes('convolutionWeightGradient', 'shape', shape, CONVOLUTION_SHAPE);
  if (shape.stride === 0) tooSmall('convolutionWeightGradient', 'shape.stride', shape.stride, 'at least 1');
  const dwLength = shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters;
  const xLength = images * shape.height * shape.width * shape.channels;
  const dzLength = images * shape.outHeight * shape.outWidth * shape.filters;
  atLeast(
    'convolutionWeightGradient',
    'dw',
    dw,
    dwLength,
    'shape.kernelHeight × shape.kernelWidth × shape.channels × shape.filters',
  );
  atLeast('convolutionWeightGradient', 'x', x, xLength, 'images × shape.height × shape.width × shape.channels');
  atLeast('convolutionWeightGradient', 'dz', dz, dzLength, 'images × shape.outHeight × shape.outWidth × shape.filters');
  if (dwMemory === x.buffer) apart('convolutionWeightGradient', 'dw', dw, dwLength, 'x', x, xLength);
  if (dwMemory === dz.buffer) apart('convolutionWeightGradient', 'dw', dw, dwLength, 'dz', dz, dzLength);
}

export function checkConvolutionInputGradient(
  dx: Floats,
  dz: Floats,
  w: Floats,
  images: number,
  shape: ConvolutionShape,
): void {
  const dxType = floats('convolutionInputGradient', 'dx', dx);
  const dxMemory = unshared('convolutionInputGradient', 'dx', dx);
  floatsLike('convolutionInputGradient', 'dz', dz, 'dx', dxType);
  floatsLike('convolutionInputGradient', 'w', w, 'dx', dxType);
  size('convolutionInputGradient', 'images', images);
  sizes('convolutionInputGradient', 'shape', shape, CONVOLUTION_SHAPE);
  if (shape.stride === 0) tooSmall('convolutionInputGradient', 'shape.stride', shape.stride, 'at least 1');
  const dxLength = images * shape.height * shape.width * shape.channels;
  const dzLength = images * shape.outHeight * shape.outWidth * shape.filters;
  const wLength = shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters;
  atLeast('convolutionInputGradient', 'dx', dx, dxLength, 'images × shape.height × shape.width × shape.channels');
  atLeast('convolutionInputGradient', 'dz', dz, dzLength, 'images × shape.outHeight × shape.outWidth × shape.filters');
  atLeast(
    'convolutionInputGradient',
    'w',
    w,
    wLength,
    'shape.kernelHeight × shape.kernelWidth × shape.channels × shape.filters',
  );
  if (dxMemory === dz.buffer) apart('convolutionInputGradient', 'dx', dx, dxLength, 'dz', dz, dzLength);
  if (dxMemory === w.buffer) apart('convolutionInputGradient', 'dx', dx, dxLength, 'w', w, wLength);
}

export function checkMaxPooling(y: Floats, winners: Uint8Array, x: Floats, images: number, shape: PoolingShape): void {
  const yType = floats('maxPooling', 'y', y);
  const yMemory = unshared('maxPooling', 'y', y);
  bytes('maxPooling', 'winners', winners);
  const winnersMemory = unshared('maxPooling', 'winners', winners);
  floatsLike('maxPooling', 'x', x, 'y', yType);
  size('maxPooling', 'images', images);
  sizes('maxPooling', 'shape', shape, POOLING_SHAPE);
  if (shape.poolHeight === 0) tooSmall('maxPooling', 'shape.poolHeight', shape.poolHeight, 'at least 1');
  if (shape.poolWidth === 0) tooSmall('maxPooling', 'shape.poolWidth', shape.poolWidth, 'at least 1');
  if (shape.stride === 0) tooSmall('maxPooling', 'shape.stride', shape.stride, 'at least 1');
  if (shape.poolHeight * shape.poolWidth > 256)
    tooLarge(
      'maxPooling',
      'shape.poolHeight × shape.poolWidth',
      shape.poolHeight * shape.poolWidth,
      256,
      'the place of a winner in its window is a byte',
    );
  const yLength = images * shape.outHeight * shape.outWidth * shape.channels;
  const winnersLength = images * shape.outHeight * shape.outWidth * shape.channels;
  const xLength = images * shape.height * shape.width * shape.channels;
  atLeast('maxPooling', 'y', y, yLength, 'images × shape.outHeight × shape.outWidth × shape.channels');
  atLeast(
    'maxPooling',
    'winners',
    winners,
    winnersLength,
    'images × shape.outHeight × shape.outWidth × shape.channels',
  );
  atLeast('maxPooling', 'x', x, xLength, 'images × shape.height × shape.width × shape.channels');
  const xMemory = x.buffer;
  if (yMemory === winnersMemory) apart('maxPooling', 'y', y, yLength, 'winners', winners, winnersLength);
  if (yMemory === xMemory) apart('maxPooling', 'y', y, yLength, 'x', x, xLength);
  if (winnersMemory === xMemory) apart('maxPooling', 'winners', winners, winnersLength, 'x', x, xLength);
}

export function checkMaxPoolingBackward(
  dx: Floats,
  dy: Floats,
  winners: Uint8Array,
  images: number,
  shape: PoolingShape,
): void {
  const dxType = floats('maxPoolingBackward', 'dx', dx);
  const dxMemory = unshared('maxPoolingBackward', 'dx', dx);
  floatsLike('maxPoolingBackward', 'dy', dy, 'dx', dxType);
  bytes('maxPoolingBackward', 'winners', winners);
  const winnersMemory = unshared('maxPoolingBackward', 'winners', winners);
  size('maxPoolingBackward', 'images', images);
  sizes('maxPoolingBackward', 'shape', shape, POOLING_SHAPE);
  if (shape.poolHeight === 0) tooSmall('maxPoolingBackward', 'shape.poolHeight', shape.poolHeight, 'at least 1');
  if (shape.poolWidth === 0) tooSmall('maxPoolingBackward', 'shape.poolWidth', shape.poolWidth, 'at least 1');
  if (shape.stride === 0) tooSmall('maxPoolingBackward', 'shape.stride', shape.stride, 'at least 1');
  if (shape.poolHeight * shape.poolWidth > 256)
    tooLarge(
      'maxPoolingBackward',
      'shape.poolHeight × shape.poolWidth',
      shape.poolHeight * shape.poolWidth,
      256,
      'the place of a winner in its window is a byte',
    );
  const dxLength = images * shape.height * shape.width * shape.channels;
  const dyLength = images * shape.outHeight * shape.outWidth * shape.channels;
  const winnersLength = images * shape.outHeight * shape.outWidth * shape.channels;
  atLeast('maxPoolingBackward', 'dx', dx, dxLength, 'images × shape.height × shape.width × shape.channels');
  atLeast('maxPoolingBackward', 'dy', dy, dyLength, 'images × shape.outHeight × shape.outWidth × shape.channels');
  atLeast(
    'maxPoolingBackward',
    'winners',
    winners,
    winnersLength,
    'images × shape.outHeight × shape.outWidth × shape.channels',
  );
  if (dxMemory === dy.buffer) apart('maxPoolingBackward', 'dx', dx, dxLength, 'dy', dy, dyLength);
  if (dxMemory === winnersMemory) apart('maxPoolingBackward', 'dx', dx, dxLength, 'winners', winners, winnersLength);
  inRange(
    'maxPoolingBackward',
    'winners',
    winners,
    0,
    winnersLength,
    shape.poolHeight * shape.poolWidth,
    ' (shape.poolHeight × shape.poolWidth)',
  );
}

export function checkAveragePooling(y: Floats, x: Floats, images: number, shape: PoolingShape): void {
  const yType = floats('averagePooling', 'y', y);
  const yMemory = unshared('averagePooling', 'y', y);
  floatsLike('averagePooling', 'x', x, 'y', yType);
  size('averagePooling', 'images', images);
  sizes('averagePooling', 'shape', shape, POOLING_SHAPE);
  if (shape.poolHeight === 0) tooSmall('averagePooling', 'shape.poolHeight', shape.poolHeight, 'at least 1');
  if (shape.poolWidth === 0) tooSmall('averagePooling', 'shape.poolWidth', shape.poolWidth, 'at least 1');
  if (shape.stride === 0) tooSmall('averagePooling', 'shape.stride', shape.stride, 'at least 1');
  const yLength = images * shape.outHeight * shape.outWidth * shape.channels;
  const xLength = images * shape.height * shape.width * shape.channels;
  atLeast('averagePooling', 'y', y, yLength, 'images × shape.outHeight × shape.outWidth × shape.channels');
  atLeast('averagePooling', 'x', x, xLength, 'images × shape.height × shape.width × shape.channels');
  if (yMemory === x.buffer) apart('averagePooling', 'y', y, yLength, 'x', x, xLength);
}

export function checkAveragePoolingBackward(dx: Floats, dy: Floats, images: number, shape: PoolingShape): void {
  const dxType = floats('averagePoolingBackward', 'dx', dx);
  const dxMemory = unshared('averagePoolingBackward', 'dx', dx);
  floatsLike('averagePoolingBackward', 'dy', dy, 'dx', dxType);
  size('averagePoolingBackward', 'images', images);
  sizes('averagePoolingBackward', 'shape', shape, POOLING_SHAPE);
  if (shape.poolHeight === 0) tooSmall('averagePoolingBackward', 'shape.poolHeight', shape.poolHeight, 'at least 1');
  if (shape.poolWidth === 0) tooSmall('averagePoolingBackward', 'shape.poolWidth', shape.poolWidth, 'at least 1');
  if (shape.stride === 0) tooSmall('averagePoolingBackward', 'shape.stride', shape.stride, 'at least 1');
  const dxLength = images * shape.height * shape.width * shape.channels;
  const dyLength = images * shape.outHeight * shape.outWidth * shape.channels;
  atLeast('averagePoolingBackward', 'dx', dx, dxLength, 'images × shape.height × shape.width × shape.channels');
  atLeast('averagePoolingBackward', 'dy', dy, dyLength, 'images × shape.outHeight × shape.outWidth × shape.channels');
  if (dxMemory === dy.buffer) apart('averagePoolingBackward', 'dx', dx, dxLength, 'dy', dy, dyLength);
}

export function checkConvolutionMaxPooling(
  y: Floats,
  winners: Uint8Array,
  x: Floats,
  w: Floats,
  b: Floats,
  images: number,
  shape: PooledConvolutionShape,
  f: Activation,
): void {
  const yType = floats('convolutionMaxPooling', 'y', y);
  const yMemory = unshared('convolutionMaxPooling', 'y', y);
  bytes('convolutionMaxPooling', 'winners', winners);
  const winnersMemory = unshared('convolutionMaxPooling', 'winners', winners);
  floatsLike('convolutionMaxPooling', 'x', x, 'y', yType);
  floatsLike('convolutionMaxPooling', 'w', w, 'y', yType);
  floatsLike('convolutionMaxPooling', 'b', b, 'y', yType);
  size('convolutionMaxPooling', 'images', images);
  sizes('convolutionMaxPooling', 'shape', shape, POOLED_CONVOLUTION_SHAPE);
  oneOf('convolutionMaxPooling', 'f', f, ACTIVATIONS);
  if (shape.stride === 0) tooSmall('convolutionMaxPooling', 'shape.stride', shape.stride, 'at least 1');
  if (shape.poolHeight === 0) tooSmall('convolutionMaxPooling', 'shape.poolHeight', shape.poolHeight, 'at least 1');
  if (shape.poolWidth === 0) tooSmall('convolutionMaxPooling', 'shape.poolWidth', shape.poolWidth, 'at least 1');
  if (shape.poolStride === 0) tooSmall('convolutionMaxPooling', 'shape.poolStride', shape.poolStride, 'at least 1');
  if (shape.poolHeight * shape.poolWidth > 256)
    tooLarge(
      'convolutionMaxPooling',
      'shape.poolHeight × shape.poolWidth',
      shape.poolHeight * shape.poolWidth,
      256,
      'the place of a winner in its window is a byte',
    );
  const yLength = images * shape.pooledHeight * shape.pooledWidth * shape.filters;
  const winnersLength = images * shape.pooledHeight * shape.pooledWidth * shape.filters;
  const xLength = images * shape.height * shape.width * shape.channels;
  const wLength = shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters;
  atLeast('convolutionMaxPooling', 'y', y, yLength, 'images × shape.pooledHeight × shape.pooledWidth × shape.filters');
  atLeast(
    'convolutionMaxPooling',
    'winners',
    winners,
    winnersLength,
    'images × shape.pooledHeight × shape.pooledWidth × shape.filters',
  );
  atLeast('convolutionMaxPooling', 'x', x, xLength, 'images × shape.height × shape.width × shape.channels');
  atLeast(
    'convolutionMaxPooling',
    'w',
    w,
    wLength,
    'shape.kernelHeight × shape.kernelWidth × shape.channels × shape.filters',
  );
  atLeast('convolutionMaxPooling', 'b', b, shape.filters, 'shape.filters');
  const xMemory = x.buffer;
  const wMemory = w.buffer;
  const bMemory = b.buffer;
  if (yMemory === winnersMemory) apart('convolutionMaxPooling', 'y', y, yLength, 'winners', winners, winnersLength);
  if (yMemory === xMemory) apart('convolutionMaxPooling', 'y', y, yLength, 'x', x, xLength);
  if (yMemory === wMemory) apart('convolutionMaxPooling', 'y', y, yLength, 'w', w, wLength);
  if (yMemory === bMemory) apart('convolutionMaxPooling', 'y', y, yLength, 'b', b, shape.filters);
  if (winnersMemory === xMemory) apart('convolutionMaxPooling', 'winners', winners, winnersLength, 'x', x, xLength);
  if (winnersMemory === wMemory) apart('convolutionMaxPooling', 'winners', winners, winnersLength, 'w', w, wLength);
  if (winnersMemory === bMemory)
    apart('convolutionMaxPooling', 'winners', winners, winnersLength, 'b', b, shape.filters);
}

export function checkConvolutionMaxPoolingBackward(
  dw: Floats,
  db: Floats,
  dx: Floats | null,
  dy: Floats,
  y: Floats,
  winners: Uint8Array,
  x: Floats,
  w: Floats,
  images: number,
  shape: PooledConvolutionShape,
  f: Activation,
): void {
  const dwType = floats('convolutionMaxPoolingBackward', 'dw', dw);
  const dwMemory = unshared('convolutionMaxPoolingBackward', 'dw', dw);
  floatsLike('convolutionMaxPoolingBackward', 'db', db, 'dw', dwType);
  const dbMemory = unshared('convolutionMaxPoolingBackward', 'db', db);
  let dxMemory: unknown;
  if (dx !== null) {
    floatsLike('convolutionMaxPoolingBackward', 'dx', dx, 'dw', dwType, ' or null');
    dxMemory = unshared('convolutionMaxPoolingBackward', 'dx', dx);
  }
  floatsLike('convolutionMaxPoolingBackward', 'dy', dy, 'dw', dwType);
  floatsLike('convolutionMaxPoolingBackward', 'y', y, 'dw', dwType);
  bytes('convolutionMaxPoolingBackward', 'winners', winners);
  const winnersMemory = unshared('convolutionMaxPoolingBackward', 'winners', winners);
  floatsLike('convolutionMaxPoolingBackward', 'x', x, 'dw', dwType);
  floatsLike('convolutionMaxPoolingBackward', 'w', w, 'dw', dwType);
  size('convolutionMaxPoolingBackward', 'images', images);
  sizes('convolutionMaxPoolingBackward', 'shape', shape, POOLED_CONVOLUTION_SHAPE);
  oneOf('convolutionMaxPoolingBackward', 'f', f, ACTIVATIONS);
  if (shape.stride === 0) tooSmall('convolutionMaxPoolingBackward', 'shape.stride', shape.stride, 'at least 1');
  if (shape.poolHeight === 0)
    tooSmall('convolutionMaxPoolingBackward', 'shape.poolHeight', shape.poolHeight, 'at least 1');
  if (shape.poolWidth === 0)
    tooSmall('convolutionMaxPoolingBackward', 'shape.poolWidth', shape.poolWidth, 'at least 1');
  if (shape.poolStride === 0)
    tooSmall('convolutionMaxPoolingBackward', 'shape.poolStride', shape.poolStride, 'at least 1');
  if (shape.poolHeight * shape.poolWidth > 256)
    tooLarge(
      'convolutionMaxPoolingBackward',
      'shape.poolHeight × shape.poolWidth',
      shape.poolHeight * shape.poolWidth,
      256,
      'the place of a winner in its window is a byte',
    );
  const dwLength = shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters;
  const dxLength = images * shape.height * shape.width * shape.channels;
  const dyLength = images * shape.pooledHeight * shape.pooledWidth * shape.filters;
  const yLength = images * shape.pooledHeight * shape.pooledWidth * shape.filters;
  const winnersLength = images * shape.pooledHeight * shape.pooledWidth * shape.filters;
  const xLength = images * shape.height * shape.width * shape.channels;
  const wLength = shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters;
  atLeast(
    'convolutionMaxPoolingBackward',
    'dw',
    dw,
    dwLength,
    'shape.kernelHeight × shape.kernelWidth × shape.channels × shape.filters',
  );
  atLeast('convolutionMaxPoolingBackward', 'db', db, shape.filters, 'shape.filters');
  if (dx !== null)
    atLeast(
      'convolutionMaxPoolingBackward',
      'dx',
      dx,
      dxLength,
      'images × shape.height × shape.width × shape.channels',
    );
  atLeast(
    'convolutionMaxPoolingBackward',
    'dy',
    dy,
    dyLength,
    'images × shape.pooledHeight × shape.pooledWidth × shape.filters',
  );
  atLeast(
    'convolutionMaxPoolingBackward',
    'y',
    y,
    yLength,
    'images × shape.pooledHeight × shape.pooledWidth × shape.filters',
  );
  atLeast(
    'convolutionMaxPoolingBackward',
    'winners',
    winners,
    winnersLength,
    'images × shape.pooledHeight × shape.pooledWidth × shape.filters',
  );
  atLeast('convolutionMaxPoolingBackward', 'x', x, xLength, 'images × shape.height × shape.width × shape.channels');
  atLeast(
    'convolutionMaxPoolingBackward',
    'w',
    w,
    wLength,
    'shape.kernelHeight × shape.kernelWidth × shape.channels × shape.filters',
  );
  const dyMemory = dy.buffer;
  const yMemory = y.buffer;
  const xMemory = x.buffer;
  const wMemory = w.buffer;
  if (dwMemory === dbMemory) apart('convolutionMaxPoolingBackward', 'dw', dw, dwLength, 'db', db, shape.filters);
  if (dx !== null && dwMemory === dxMemory)
    apart('convolutionMaxPoolingBackward', 'dw', dw, dwLength, 'dx', dx, dxLength);
  if (dwMemory === dyMemory) apart('convolutionMaxPoolingBackward', 'dw', dw, dwLength, 'dy', dy, dyLength);
  if (dwMemory === yMemory) apart('convolutionMaxPoolingBackward', 'dw', dw, dwLength, 'y', y, yLength);
  if (dwMemory === winnersMemory)
    apart('convolutionMaxPoolingBackward', 'dw', dw, dwLength, 'winners', winners, winnersLength);
  if (dwMemory === xMemory) apart('convolutionMaxPoolingBackward', 'dw', dw, dwLength, 'x', x, xLength);
  if (dwMemory === wMemory) apart('convolutionMaxPoolingBackward', 'dw', dw, dwLength, 'w', w, wLength);
  if (dx !== null && dbMemory === dxMemory)
    apart('convolutionMaxPoolingBackward', 'db', db, shape.filters, 'dx', dx, dxLength);
  if (dbMemory === dyMemory) apart('convolutionMaxPoolingBackward', 'db', db, shape.filters, 'dy', dy, dyLength);
  if (dbMemory === yMemory) apart('convolutionMaxPoolingBackward', 'db', db, shape.filters, 'y', y, yLength);
  if (dbMemory === winnersMemory)
    apart('convolutionMaxPoolingBackward', 'db', db, shape.filters, 'winners', winners, winnersLength);
  if (dbMemory === xMemory) apart('convolutionMaxPoolingBackward', 'db', db, shape.filters, 'x', x, xLength);
  if (dbMemory === wMemory) apart('convolutionMaxPoolingBackward', 'db', db, shape.filters, 'w', w, wLength);
  if (dx !== null && dxMemory === dyMemory)
    apart('convolutionMaxPoolingBackward', 'dx', dx, dxLength, 'dy', dy, dyLength);
  if (dx !== null && dxMemory === yMemory) apart('convolutionMaxPoolingBackward', 'dx', dx, dxLength, 'y', y, yLength);
  if (dx !== null && dxMemory === winnersMemory)
    apart('convolutionMaxPoolingBackward', 'dx', dx, dxLength, 'winners', winners, winnersLength);
  if (dx !== null && dxMemory === xMemory) apart('convolutionMaxPoolingBackward', 'dx', dx, dxLength, 'x', x, xLength);
  if (dx !== null && dxMemory === wMemory) apart('convolutionMaxPoolingBackward', 'dx', dx, dxLength, 'w', w, wLength);
  inRange(
    'convolutionMaxPoolingBackward',
    'winners',
    winners,
    0,
    winnersLength,
    shape.poolHeight * shape.poolWidth,
    ' (shape.poolHeight × shape.poolWidth)',
  );
}

/** The check of each function, by name. */
export const CHECKS: Readonly<Record<Operation, (...passed: never[]) => void>> = {
  gemm: checkGemm,
  affine: checkAffine,
  biasActivation: checkBiasActivation,
  biasActivationBackward: checkBiasActivationBackward,
  activation: checkActivation,
  activationBackward: checkActivationBackward,
  leakyRelu: checkLeakyRelu,
  leakyReluBackward: checkLeakyReluBackward,
  softplus: checkSoftplus,
  softplusBackward: checkSoftplusBackward,
  gelu: checkGelu,
  geluBackward: checkGeluBackward,
  columnSums: checkColumnSums,
  softmax: checkSoftmax,
  softmaxCrossEntropy: checkSoftmaxCrossEntropy,
  softmaxCrossEntropyDense: checkSoftmaxCrossEntropyDense,
  sigmoidCrossEntropy: checkSigmoidCrossEntropy,
  squaredError: checkSquaredError,
  huber: checkHuber,
  argMaxRows: checkArgMaxRows,
  gatherRows: checkGatherRows,
  axpy: checkAxpy,
  sumOfSquares: checkSumOfSquares,
  scale: checkScale,
  multiply: checkMultiply,
  clip: checkClip,
  sgdUpdate: checkSgdUpdate,
  momentumUpdate: checkMomentumUpdate,
  nesterovUpdate: checkNesterovUpdate,
  adaGradUpdate: checkAdaGradUpdate,
  rmsPropUpdate: checkRmsPropUpdate,
  adamUpdate: checkAdamUpdate,
  layerNormalization: checkLayerNormalization,
  layerNormalizationBackward: checkLayerNormalizationBackward,
  batchNormalization: checkBatchNormalization,
  batchNormalizationBackward: checkBatchNormalizationBackward,
  batchNormalizationInference: checkBatchNormalizationInference,
  unary: checkUnary,
  binary: checkBinary,
  reduce: checkReduce,
  argMax: checkArgMax,
  convolution: checkConvolution,
  convolutionWeightGradient: checkConvolutionWeightGradient,
  convolutionInputGradient: checkConvolutionInputGradient,
  maxPooling: checkMaxPooling,
  maxPoolingBackward: checkMaxPoolingBackward,
  averagePooling: checkAveragePooling,
  averagePoolingBackward: checkAveragePoolingBackward,
  convolutionMaxPooling: checkConvolutionMaxPooling,
  convolutionMaxPoolingBackward: checkConvolutionMaxPoolingBackward,
};

/** Backend functions made of loops, which are only called with valid arguments and something to compute. */
export function overLoops(loops: Functions): Functions {
  return {
    gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
      checkGemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      if (m === 0 || n === 0) return;
      loops.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    },

    affine(y, x, w, b, m, n, k, f) {
      checkAffine(y, x, w, b, m, n, k, f);
      if (m === 0 || n === 0) return;
      loops.affine(y, x, w, b, m, n, k, f);
    },

    biasActivation(y, bias, m, n, f) {
      checkBiasActivation(y, bias, m, n, f);
      if (m === 0 || n === 0) return;
      loops.biasActivation(y, bias, m, n, f);
    },

    biasActivationBackward(dz, db, dy, y, m, n, f) {
      checkBiasActivationBackward(dz, db, dy, y, m, n, f);
      if (n === 0) return;
      loops.biasActivationBackward(dz, db, dy, y, m, n, f);
    },

    activation(y, x, n, f) {
      checkActivation(y, x, n, f);
      if (n === 0) return;
      loops.activation(y, x, n, f);
    },

    activationBackward(dx, dy, y, n, f) {
      checkActivationBackward(dx, dy, y, n, f);
      if (n === 0) return;
      loops.activationBackward(dx, dy, y, n, f);
    },

    leakyRelu(y, x, n, alpha) {
      checkLeakyRelu(y, x, n, alpha);
      if (n === 0) return;
      loops.leakyRelu(y, x, n, alpha);
    },

    leakyReluBackward(dx, dy, x, n, alpha) {
      checkLeakyReluBackward(dx, dy, x, n, alpha);
      if (n === 0) return;
      loops.leakyReluBackward(dx, dy, x, n, alpha);
    },

    softplus(y, x, n) {
      checkSoftplus(y, x, n);
      if (n === 0) return;
      loops.softplus(y, x, n);
    },

    softplusBackward(dx, dy, x, n) {
      checkSoftplusBackward(dx, dy, x, n);
      if (n === 0) return;
      loops.softplusBackward(dx, dy, x, n);
    },

    gelu(y, x, n, exact) {
      checkGelu(y, x, n, exact);
      if (n === 0) return;
      loops.gelu(y, x, n, exact);
    },

    geluBackward(dx, dy, x, n, exact) {
      checkGeluBackward(dx, dy, x, n, exact);
      if (n === 0) return;
      loops.geluBackward(dx, dy, x, n, exact);
    },

    columnSums(out, x, m, n) {
      checkColumnSums(out, x, m, n);
      if (n === 0) return;
      loops.columnSums(out, x, m, n);
    },

    softmax(y, x, m, n) {
      checkSoftmax(y, x, m, n);
      if (m === 0 || n === 0) return;
      loops.softmax(y, x, m, n);
    },

    softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale) {
      checkSoftmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale);
      if (m === 0 || n === 0) return 0;
      return loops.softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale);
    },

    softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale) {
      checkSoftmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale);
      if (m === 0 || n === 0) return 0;
      return loops.softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale);
    },

    sigmoidCrossEntropy(dlogits, logits, yes, no, weights, m, n, scale) {
      checkSigmoidCrossEntropy(dlogits, logits, yes, no, weights, m, n, scale);
      if (m === 0 || n === 0) return 0;
      return loops.sigmoidCrossEntropy(dlogits, logits, yes, no, weights, m, n, scale);
    },

    squaredError(dy, y, targets, weights, m, n, scale) {
      checkSquaredError(dy, y, targets, weights, m, n, scale);
      if (m === 0 || n === 0) return 0;
      return loops.squaredError(dy, y, targets, weights, m, n, scale);
    },

    huber(dy, y, targets, weights, m, n, scale, delta) {
      checkHuber(dy, y, targets, weights, m, n, scale, delta);
      if (m === 0 || n === 0) return 0;
      return loops.huber(dy, y, targets, weights, m, n, scale, delta);
    },

    argMaxRows(out, x, m, n) {
      checkArgMaxRows(out, x, m, n);
      if (m === 0) return;
      loops.argMaxRows(out, x, m, n);
    },

    gatherRows(out, source, indices, start, count, width, scale) {
      checkGatherRows(out, source, indices, start, count, width, scale);
      if (count === 0 || width === 0) return;
      loops.gatherRows(out, source, indices, start, count, width, scale);
    },

    axpy(n, alpha, x, y) {
      checkAxpy(n, alpha, x, y);
      if (n === 0) return;
      loops.axpy(n, alpha, x, y);
    },

    sumOfSquares(x, n) {
      checkSumOfSquares(x, n);
      if (n === 0) return 0;
      return loops.sumOfSquares(x, n);
    },

    scale(x, n, alpha) {
      checkScale(x, n, alpha);
      if (n === 0) return;
      loops.scale(x, n, alpha);
    },

    multiply(y, a, b, n) {
      checkMultiply(y, a, b, n);
      if (n === 0) return;
      loops.multiply(y, a, b, n);
    },

    clip(y, x, n, low, high) {
      checkClip(y, x, n, low, high);
      if (n === 0) return;
      loops.clip(y, x, n, low, high);
    },

    sgdUpdate(w, g, n, rate, decay) {
      checkSgdUpdate(w, g, n, rate, decay);
      if (n === 0) return;
      loops.sgdUpdate(w, g, n, rate, decay);
    },

    momentumUpdate(w, v, g, n, rate, momentum, decay) {
      checkMomentumUpdate(w, v, g, n, rate, momentum, decay);
      if (n === 0) return;
      loops.momentumUpdate(w, v, g, n, rate, momentum, decay);
    },

    nesterovUpdate(w, v, g, n, rate, momentum, decay) {
      checkNesterovUpdate(w, v, g, n, rate, momentum, decay);
      if (n === 0) return;
      loops.nesterovUpdate(w, v, g, n, rate, momentum, decay);
    },

    adaGradUpdate(w, h, g, n, rate, epsilon, decay) {
      checkAdaGradUpdate(w, h, g, n, rate, epsilon, decay);
      if (n === 0) return;
      loops.adaGradUpdate(w, h, g, n, rate, epsilon, decay);
    },

    rmsPropUpdate(w, h, g, n, rate, rho, epsilon, decay) {
      checkRmsPropUpdate(w, h, g, n, rate, rho, epsilon, decay);
      if (n === 0) return;
      loops.rmsPropUpdate(w, h, g, n, rate, rho, epsilon, decay);
    },

    adamUpdate(w, m, v, g, n, rate, beta1, beta2, root, epsilon, decay, keep) {
      checkAdamUpdate(w, m, v, g, n, rate, beta1, beta2, root, epsilon, decay, keep);
      if (n === 0) return;
      loops.adamUpdate(w, m, v, g, n, rate, beta1, beta2, root, epsilon, decay, keep);
    },

    layerNormalization(y, normalized, variance, x, gamma, beta, m, n, epsilon) {
      checkLayerNormalization(y, normalized, variance, x, gamma, beta, m, n, epsilon);
      if (m === 0) return;
      loops.layerNormalization(y, normalized, variance, x, gamma, beta, m, n, epsilon);
    },

    layerNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon) {
      checkLayerNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
      if (n === 0) return;
      loops.layerNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
    },

    batchNormalization(y, normalized, mean, variance, x, gamma, beta, m, n, epsilon) {
      checkBatchNormalization(y, normalized, mean, variance, x, gamma, beta, m, n, epsilon);
      if (n === 0) return;
      loops.batchNormalization(y, normalized, mean, variance, x, gamma, beta, m, n, epsilon);
    },

    batchNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon) {
      checkBatchNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
      if (n === 0) return;
      loops.batchNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
    },

    batchNormalizationInference(y, x, mean, variance, gamma, beta, m, n, epsilon) {
      checkBatchNormalizationInference(y, x, mean, variance, gamma, beta, m, n, epsilon);
      if (m === 0 || n === 0) return;
      loops.batchNormalizationInference(y, x, mean, variance, gamma, beta, m, n, epsilon);
    },

    unary(y, x, n, operation) {
      checkUnary(y, x, n, operation);
      if (n === 0) return;
      loops.unary(y, x, n, operation);
    },

    binary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation) {
      checkBinary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation);
      if (m === 0 || n === 0) return;
      loops.binary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation);
    },

    reduce(out, x, outer, axis, inner, operation) {
      checkReduce(out, x, outer, axis, inner, operation);
      if (outer === 0 || inner === 0) return;
      loops.reduce(out, x, outer, axis, inner, operation);
    },

    argMax(out, x, outer, axis, inner) {
      checkArgMax(out, x, outer, axis, inner);
      if (outer === 0 || inner === 0) return;
      loops.argMax(out, x, outer, axis, inner);
    },

    convolution(y, x, w, b, images, shape, f) {
      checkConvolution(y, x, w, b, images, shape, f);
      if (images === 0 || shape.outHeight === 0 || shape.outWidth === 0 || shape.filters === 0) return;
      loops.convolution(y, x, w, b, images, shape, f);
    },

    convolutionWeightGradient(dw, x, dz, images, shape) {
      checkConvolutionWeightGradient(dw, x, dz, images, shape);
      if (shape.kernelHeight === 0 || shape.kernelWidth === 0 || shape.channels === 0 || shape.filters === 0) return;
      loops.convolutionWeightGradient(dw, x, dz, images, shape);
    },

    convolutionInputGradient(dx, dz, w, images, shape) {
      checkConvolutionInputGradient(dx, dz, w, images, shape);
      if (images === 0 || shape.height === 0 || shape.width === 0 || shape.channels === 0) return;
      loops.convolutionInputGradient(dx, dz, w, images, shape);
    },

    maxPooling(y, winners, x, images, shape) {
      checkMaxPooling(y, winners, x, images, shape);
      if (images === 0 || shape.outHeight === 0 || shape.outWidth === 0 || shape.channels === 0) return;
      loops.maxPooling(y, winners, x, images, shape);
    },

    maxPoolingBackward(dx, dy, winners, images, shape) {
      checkMaxPoolingBackward(dx, dy, winners, images, shape);
      if (images === 0 || shape.height === 0 || shape.width === 0 || shape.channels === 0) return;
      loops.maxPoolingBackward(dx, dy, winners, images, shape);
    },

    averagePooling(y, x, images, shape) {
      checkAveragePooling(y, x, images, shape);
      if (images === 0 || shape.outHeight === 0 || shape.outWidth === 0 || shape.channels === 0) return;
      loops.averagePooling(y, x, images, shape);
    },

    averagePoolingBackward(dx, dy, images, shape) {
      checkAveragePoolingBackward(dx, dy, images, shape);
      if (images === 0 || shape.height === 0 || shape.width === 0 || shape.channels === 0) return;
      loops.averagePoolingBackward(dx, dy, images, shape);
    },

    convolutionMaxPooling(y, winners, x, w, b, images, shape, f) {
      checkConvolutionMaxPooling(y, winners, x, w, b, images, shape, f);
      if (images === 0 || shape.pooledHeight === 0 || shape.pooledWidth === 0 || shape.filters === 0) return;
      loops.convolutionMaxPooling(y, winners, x, w, b, images, shape, f);
    },

    convolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, f) {
      checkConvolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, f);
      if (shape.filters === 0 && (images === 0 || shape.height === 0 || shape.width === 0 || shape.channels === 0))
        return;
      loops.convolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, f);
    },
  };
}

/** The functions of assembly/: arrays as addresses, matrices without gaps, activations and flags as numbers. */
export interface Kernels {
  gemm(
    transA: number,
    transB: number,
    m: number,
    n: number,
    k: number,
    alpha: number,
    a: number,
    lda: number,
    b: number,
    ldb: number,
    beta: number,
    c: number,
    ldc: number,
  ): void;
  affine(y: number, x: number, w: number, b: number, m: number, n: number, k: number, f: number): void;
  biasActivation(y: number, bias: number, m: number, n: number, f: number): void;
  biasActivationBackward(db: number, dy: number, y: number, m: number, n: number, f: number): void;
  activation(x: number, n: number, f: number): void;
  activationBackward(dy: number, y: number, n: number, f: number): void;
  leakyRelu(x: number, n: number, alpha: number): void;
  leakyReluBackward(dy: number, x: number, n: number, alpha: number): void;
  softplus(x: number, n: number): void;
  softplusBackward(dy: number, x: number, n: number): void;
  gelu(x: number, n: number, exact: number): void;
  geluBackward(dy: number, x: number, n: number, exact: number): void;
  columnSums(out: number, x: number, m: number, n: number): void;
  softmax(y: number, x: number, m: number, n: number): void;
  softmaxCrossEntropy(
    dlogits: number,
    logits: number,
    labels: number,
    weights: number,
    m: number,
    n: number,
    scale: number,
  ): number;
  softmaxCrossEntropyDense(
    dlogits: number,
    logits: number,
    targets: number,
    weights: number,
    m: number,
    n: number,
    scale: number,
  ): number;
  sigmoidCrossEntropy(
    dlogits: number,
    logits: number,
    yes: number,
    no: number,
    weights: number,
    m: number,
    n: number,
    scale: number,
  ): number;
  squaredError(dy: number, y: number, targets: number, weights: number, m: number, n: number, scale: number): number;
  huber(
    dy: number,
    y: number,
    targets: number,
    weights: number,
    m: number,
    n: number,
    scale: number,
    delta: number,
  ): number;
  argMaxRows(out: number, x: number, m: number, n: number): void;
  gatherRows(out: number, source: number, isBytes: number, count: number, width: number, scale: number): void;
  axpy(n: number, alpha: number, x: number, y: number): void;
  sumOfSquares(x: number, n: number): number;
  scale(x: number, n: number, alpha: number): void;
  multiply(a: number, b: number, n: number): void;
  clip(x: number, n: number, low: number, high: number): void;
  sgdUpdate(w: number, g: number, n: number, rate: number, decay: number): void;
  momentumUpdate(w: number, v: number, g: number, n: number, rate: number, momentum: number, decay: number): void;
  nesterovUpdate(w: number, v: number, g: number, n: number, rate: number, momentum: number, decay: number): void;
  adaGradUpdate(w: number, h: number, g: number, n: number, rate: number, epsilon: number, decay: number): void;
  rmsPropUpdate(
    w: number,
    h: number,
    g: number,
    n: number,
    rate: number,
    rho: number,
    epsilon: number,
    decay: number,
  ): void;
  adamUpdate(
    w: number,
    m: number,
    v: number,
    g: number,
    n: number,
    rate: number,
    beta1: number,
    beta2: number,
    root: number,
    epsilon: number,
    decay: number,
    keep: number,
  ): void;
  layerNormalization(
    y: number,
    normalized: number,
    variance: number,
    x: number,
    gamma: number,
    beta: number,
    m: number,
    n: number,
    epsilon: number,
  ): void;
  layerNormalizationBackward(
    dx: number,
    dgamma: number,
    dbeta: number,
    dy: number,
    normalized: number,
    variance: number,
    gamma: number,
    m: number,
    n: number,
    epsilon: number,
  ): void;
  batchNormalization(
    y: number,
    normalized: number,
    mean: number,
    variance: number,
    x: number,
    gamma: number,
    beta: number,
    m: number,
    n: number,
    epsilon: number,
  ): void;
  batchNormalizationBackward(
    dx: number,
    dgamma: number,
    dbeta: number,
    dy: number,
    normalized: number,
    variance: number,
    gamma: number,
    m: number,
    n: number,
    epsilon: number,
  ): void;
  batchNormalizationInference(
    y: number,
    x: number,
    mean: number,
    variance: number,
    gamma: number,
    beta: number,
    m: number,
    n: number,
    epsilon: number,
  ): void;
  unary(x: number, n: number, operation: number): void;
  binary(
    y: number,
    a: number,
    b: number,
    m: number,
    n: number,
    aRows: number,
    aColumns: number,
    bRows: number,
    bColumns: number,
    operation: number,
  ): void;
  reduce(out: number, x: number, outer: number, axis: number, inner: number, operation: number): void;
  argMax(out: number, x: number, outer: number, axis: number, inner: number): void;
  convolution(
    y: number,
    x: number,
    w: number,
    b: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    filters: number,
    kernelHeight: number,
    kernelWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
    f: number,
  ): void;
  convolutionWeightGradient(
    dw: number,
    x: number,
    dz: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    filters: number,
    kernelHeight: number,
    kernelWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
  ): void;
  convolutionInputGradient(
    dx: number,
    dz: number,
    w: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    filters: number,
    kernelHeight: number,
    kernelWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
  ): void;
  maxPooling(
    y: number,
    winners: number,
    x: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    poolHeight: number,
    poolWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
  ): void;
  maxPoolingBackward(
    dx: number,
    dy: number,
    winners: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    poolHeight: number,
    poolWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
  ): void;
  averagePooling(
    y: number,
    x: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    poolHeight: number,
    poolWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
  ): void;
  averagePoolingBackward(
    dx: number,
    dy: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    poolHeight: number,
    poolWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
  ): void;
  convolutionMaxPooling(
    y: number,
    winners: number,
    x: number,
    w: number,
    b: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    filters: number,
    kernelHeight: number,
    kernelWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
    poolHeight: number,
    poolWidth: number,
    poolStride: number,
    pooledHeight: number,
    pooledWidth: number,
    f: number,
  ): void;
  convolutionMaxPoolingBackward(
    dw: number,
    db: number,
    dx: number,
    dy: number,
    y: number,
    winners: number,
    x: number,
    w: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    filters: number,
    kernelHeight: number,
    kernelWidth: number,
    stride: number,
    padTop: number,
    padLeft: number,
    outHeight: number,
    outWidth: number,
    poolHeight: number,
    poolWidth: number,
    poolStride: number,
    pooledHeight: number,
    pooledWidth: number,
    f: number,
  ): void;
}

/**
 * Backend functions made of kernels that work on copies of the arrays. The js backend computes what is not float32, and
 * what does not fit in the module's memory.
 */
export function overKernels(kernels: Kernels, scratch: Scratch, js: Functions): Functions {
  return {
    gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
      if (dtypeOf(a) !== 'float32') return js.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      checkGemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      if (m === 0 || n === 0) return;
      if (!scratch.begin(3, 4 * (m * k + k * n + m * n)))
        return js.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      const aAt = scratch.putMatrix(a, transA ? k : m, transA ? m : k, lda);
      const bAt = scratch.putMatrix(b, transB ? n : k, transB ? k : n, ldb);
      const cAt = beta === 0 ? scratch.reserve(4 * m * n) : scratch.putMatrix(c, m, n, ldc);
      kernels.gemm(+transA, +transB, m, n, k, alpha, aAt, transA ? m : k, bAt, transB ? k : n, beta, cAt, n);
      scratch.takeMatrix(c, cAt, m, n, ldc);
    },

    affine(y, x, w, b, m, n, k, f) {
      if (dtypeOf(y) !== 'float32') return js.affine(y, x, w, b, m, n, k, f);
      checkAffine(y, x, w, b, m, n, k, f);
      if (m === 0 || n === 0) return;
      if (!scratch.begin(4, 4 * (m * n + m * k + k * n + n))) return js.affine(y, x, w, b, m, n, k, f);
      const yAt = scratch.reserve(4 * m * n);
      const xAt = scratch.put(x, m * k);
      const wAt = scratch.put(w, k * n);
      const bAt = scratch.put(b, n);
      kernels.affine(yAt, xAt, wAt, bAt, m, n, k, ACTIVATIONS.indexOf(f));
      scratch.take(y, yAt, m * n);
    },

    biasActivation(y, bias, m, n, f) {
      if (dtypeOf(y) !== 'float32') return js.biasActivation(y, bias, m, n, f);
      checkBiasActivation(y, bias, m, n, f);
      if (m === 0 || n === 0) return;
      if (!scratch.begin(2, 4 * (m * n + n))) return js.biasActivation(y, bias, m, n, f);
      const yAt = scratch.put(y, m * n);
      const biasAt = scratch.put(bias, n);
      kernels.biasActivation(yAt, biasAt, m, n, ACTIVATIONS.indexOf(f));
      scratch.take(y, yAt, m * n);
    },

    biasActivationBackward(dz, db, dy, y, m, n, f) {
      if (dtypeOf(dz) !== 'float32') return js.biasActivationBackward(dz, db, dy, y, m, n, f);
      checkBiasActivationBackward(dz, db, dy, y, m, n, f);
      if (n === 0) return;
      if (!scratch.begin(3, 4 * (n + m * n + m * n))) return js.biasActivationBackward(dz, db, dy, y, m, n, f);
      const dbAt = scratch.reserve(4 * n);
      const dyAt = scratch.put(dy, m * n);
      const yAt = f === 'identity' ? 0 : scratch.put(y, m * n);
      kernels.biasActivationBackward(dbAt, dyAt, yAt, m, n, ACTIVATIONS.indexOf(f));
      scratch.take(dz, dyAt, m * n);
      scratch.take(db, dbAt, n);
    },

    activation(y, x, n, f) {
      if (dtypeOf(y) !== 'float32') return js.activation(y, x, n, f);
      checkActivation(y, x, n, f);
      if (n === 0) return;
      if (!scratch.begin(1, 4 * n)) return js.activation(y, x, n, f);
      const xAt = scratch.put(x, n);
      kernels.activation(xAt, n, ACTIVATIONS.indexOf(f));
      scratch.take(y, xAt, n);
    },

    activationBackward(dx, dy, y, n, f) {
      if (dtypeOf(dx) !== 'float32') return js.activationBackward(dx, dy, y, n, f);
      checkActivationBackward(dx, dy, y, n, f);
      if (n === 0) return;
      if (!scratch.begin(2, 4 * (n + n))) return js.activationBackward(dx, dy, y, n, f);
      const dyAt = scratch.put(dy, n);
      const yAt = f === 'identity' ? 0 : scratch.put(y, n);
      kernels.activationBackward(dyAt, yAt, n, ACTIVATIONS.indexOf(f));
      scratch.take(dx, dyAt, n);
    },

    leakyRelu(y, x, n, alpha) {
      if (dtypeOf(y) !== 'float32') return js.leakyRelu(y, x, n, alpha);
      checkLeakyRelu(y, x, n, alpha);
      if (n === 0) return;
      if (!scratch.begin(1, 4 * n)) return js.leakyRelu(y, x, n, alpha);
      const xAt = scratch.put(x, n);
      kernels.leakyRelu(xAt, n, alpha);
      scratch.take(y, xAt, n);
    },

    leakyReluBackward(dx, dy, x, n, alpha) {
      if (dtypeOf(dx) !== 'float32') return js.leakyReluBackward(dx, dy, x, n, alpha);
      checkLeakyReluBackward(dx, dy, x, n, alpha);
      if (n === 0) return;
      if (!scratch.begin(2, 4 * (n + n))) return js.leakyReluBackward(dx, dy, x, n, alpha);
      const dyAt = scratch.put(dy, n);
      const xAt = scratch.put(x, n);
      kernels.leakyReluBackward(dyAt, xAt, n, alpha);
      scratch.take(dx, dyAt, n);
    },

    softplus(y, x, n) {
      if (dtypeOf(y) !== 'float32') return js.softplus(y, x, n);
      checkSoftplus(y, x, n);
      if (n === 0) return;
      if (!scratch.begin(1, 4 * n)) return js.softplus(y, x, n);
      const xAt = scratch.put(x, n);
      kernels.softplus(xAt, n);
      scratch.take(y, xAt, n);
    },

    softplusBackward(dx, dy, x, n) {
      if (dtypeOf(dx) !== 'float32') return js.softplusBackward(dx, dy, x, n);
      checkSoftplusBackward(dx, dy, x, n);
      if (n === 0) return;
      if (!scratch.begin(2, 4 * (n + n))) return js.softplusBackward(dx, dy, x, n);
      const dyAt = scratch.put(dy, n);
      const xAt = scratch.put(x, n);
      kernels.softplusBackward(dyAt, xAt, n);
      scratch.take(dx, dyAt, n);
    },

    gelu(y, x, n, exact) {
      if (dtypeOf(y) !== 'float32') return js.gelu(y, x, n, exact);
      checkGelu(y, x, n, exact);
      if (n === 0) return;
      if (!scratch.begin(1, 4 * n)) return js.gelu(y, x, n, exact);
      const xAt = scratch.put(x, n);
      kernels.gelu(xAt, n, +exact);
      scratch.take(y, xAt, n);
    },

    geluBackward(dx, dy, x, n, exact) {
      if (dtypeOf(dx) !== 'float32') return js.geluBackward(dx, dy, x, n, exact);
      checkGeluBackward(dx, dy, x, n, exact);
      if (n === 0) return;
      if (!scratch.begin(2, 4 * (n + n))) return js.geluBackward(dx, dy, x, n, exact);
      const dyAt = scratch.put(dy, n);
      const xAt = scratch.put(x, n);
      kernels.geluBackward(dyAt, xAt, n, +exact);
      scratch.take(dx, dyAt, n);
    },

    columnSums(out, x, m, n) {
      if (dtypeOf(out) !== 'float32') return js.columnSums(out, x, m, n);
      checkColumnSums(out, x, m, n);
      if (n === 0) return;
      if (!scratch.begin(2, 4 * (n + m * n))) return js.columnSums(out, x, m, n);
      const outAt = scratch.reserve(4 * n);
      const xAt = scratch.put(x, m * n);
      kernels.columnSums(outAt, xAt, m, n);
      scratch.take(out, outAt, n);
    },

    softmax(y, x, m, n) {
      if (dtypeOf(y) !== 'float32') return js.softmax(y, x, m, n);
      checkSoftmax(y, x, m, n);
      if (m === 0 || n === 0) return;
      if (!scratch.begin(2, 4 * (m * n + m * n))) return js.softmax(y, x, m, n);
      const yAt = scratch.reserve(4 * m * n);
      const xAt = scratch.put(x, m * n);
      kernels.softmax(yAt, xAt, m, n);
      scratch.take(y, yAt, m * n);
    },

    softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale) {
      if (dtypeOf(logits) !== 'float32') return js.softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale);
      checkSoftmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale);
      if (m === 0 || n === 0) return 0;
      if (!scratch.begin(4, 4 * (m * n + m * n + m + m)))
        return js.softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale);
      const dlogitsAt = scratch.reserve(4 * m * n);
      const logitsAt = scratch.put(logits, m * n);
      const labelsAt = scratch.putIntegers(labels, m);
      const weightsAt = weights === null ? 0 : scratch.put(weights, m);
      const result = kernels.softmaxCrossEntropy(dlogitsAt, logitsAt, labelsAt, weightsAt, m, n, scale);
      if (dlogits !== null) scratch.take(dlogits, dlogitsAt, m * n);
      return result;
    },

    softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale) {
      if (dtypeOf(logits) !== 'float32')
        return js.softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale);
      checkSoftmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale);
      if (m === 0 || n === 0) return 0;
      if (!scratch.begin(4, 4 * (m * n + m * n + m * n + m)))
        return js.softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale);
      const dlogitsAt = scratch.reserve(4 * m * n);
      const logitsAt = scratch.put(logits, m * n);
      const targetsAt = scratch.put(targets, m * n);
      const weightsAt = weights === null ? 0 : scratch.put(weights, m);
      const result = kernels.softmaxCrossEntropyDense(dlogitsAt, logitsAt, targetsAt, weightsAt, m, n, scale);
      if (dlogits !== null) scratch.take(dlogits, dlogitsAt, m * n);
      return result;
    },

    sigmoidCrossEntropy(dlogits, logits, yes, no, weights, m, n, scale) {
      if (dtypeOf(logits) !== 'float32') return js.sigmoidCrossEntropy(dlogits, logits, yes, no, weights, m, n, scale);
      checkSigmoidCrossEntropy(dlogits, logits, yes, no, weights, m, n, scale);
      if (m === 0 || n === 0) return 0;
      if (!scratch.begin(5, 4 * (m * n + m * n + m * n + m * n + m)))
        return js.sigmoidCrossEntropy(dlogits, logits, yes, no, weights, m, n, scale);
      const dlogitsAt = scratch.reserve(4 * m * n);
      const logitsAt = scratch.put(logits, m * n);
      const yesAt = scratch.put(yes, m * n);
      const noAt = no === null ? 0 : scratch.put(no, m * n);
      const weightsAt = weights === null ? 0 : scratch.put(weights, m);
      const result = kernels.sigmoidCrossEntropy(dlogitsAt, logitsAt, yesAt, noAt, weightsAt, m, n, scale);
      if (dlogits !== null) scratch.take(dlogits, dlogitsAt, m * n);
      return result;
    },

    squaredError(dy, y, targets, weights, m, n, scale) {
      if (dtypeOf(y) !== 'float32') return js.squaredError(dy, y, targets, weights, m, n, scale);
      checkSquaredError(dy, y, targets, weights, m, n, scale);
      if (m === 0 || n === 0) return 0;
      if (!scratch.begin(4, 4 * (m * n + m * n + m * n + m)))
        return js.squaredError(dy, y, targets, weights, m, n, scale);
      const dyAt = scratch.reserve(4 * m * n);
      const yAt = scratch.put(y, m * n);
      const targetsAt = scratch.put(targets, m * n);
      const weightsAt = weights === null ? 0 : scratch.put(weights, m);
      const result = kernels.squaredError(dyAt, yAt, targetsAt, weightsAt, m, n, scale);
      if (dy !== null) scratch.take(dy, dyAt, m * n);
      return result;
    },

    huber(dy, y, targets, weights, m, n, scale, delta) {
      if (dtypeOf(y) !== 'float32') return js.huber(dy, y, targets, weights, m, n, scale, delta);
      checkHuber(dy, y, targets, weights, m, n, scale, delta);
      if (m === 0 || n === 0) return 0;
      if (!scratch.begin(4, 4 * (m * n + m * n + m * n + m)))
        return js.huber(dy, y, targets, weights, m, n, scale, delta);
      const dyAt = scratch.reserve(4 * m * n);
      const yAt = scratch.put(y, m * n);
      const targetsAt = scratch.put(targets, m * n);
      const weightsAt = weights === null ? 0 : scratch.put(weights, m);
      const result = kernels.huber(dyAt, yAt, targetsAt, weightsAt, m, n, scale, delta);
      if (dy !== null) scratch.take(dy, dyAt, m * n);
      return result;
    },

    argMaxRows(out, x, m, n) {
      if (dtypeOf(x) !== 'float32') return js.argMaxRows(out, x, m, n);
      checkArgMaxRows(out, x, m, n);
      if (m === 0) return;
      if (!scratch.begin(2, 4 * (m + m * n))) return js.argMaxRows(out, x, m, n);
      const outAt = scratch.reserve(4 * m);
      const xAt = scratch.put(x, m * n);
      kernels.argMaxRows(outAt, xAt, m, n);
      scratch.takeIntegers(out, outAt, m);
    },

    gatherRows(out, source, indices, start, count, width, scale) {
      if (dtypeOf(out) !== 'float32') return js.gatherRows(out, source, indices, start, count, width, scale);
      checkGatherRows(out, source, indices, start, count, width, scale);
      if (count === 0 || width === 0) return;
      if (!scratch.begin(2, 4 * (count * width + count * width)))
        return js.gatherRows(out, source, indices, start, count, width, scale);
      const outAt = scratch.reserve(4 * count * width);
      const sourceAt = scratch.putPicked(source, indices, start, count, width);
      kernels.gatherRows(outAt, sourceAt, +isBytes(source), count, width, scale);
      scratch.take(out, outAt, count * width);
    },

    axpy(n, alpha, x, y) {
      if (dtypeOf(x) !== 'float32') return js.axpy(n, alpha, x, y);
      checkAxpy(n, alpha, x, y);
      if (n === 0) return;
      if (!scratch.begin(2, 4 * (n + n))) return js.axpy(n, alpha, x, y);
      const xAt = scratch.put(x, n);
      const yAt = scratch.put(y, n);
      kernels.axpy(n, alpha, xAt, yAt);
      scratch.take(y, yAt, n);
    },

    sumOfSquares(x, n) {
      if (dtypeOf(x) !== 'float32') return js.sumOfSquares(x, n);
      checkSumOfSquares(x, n);
      if (n === 0) return 0;
      if (!scratch.begin(1, 4 * n)) return js.sumOfSquares(x, n);
      const xAt = scratch.put(x, n);
      const result = kernels.sumOfSquares(xAt, n);
      return result;
    },

    scale(x, n, alpha) {
      if (dtypeOf(x) !== 'float32') return js.scale(x, n, alpha);
      checkScale(x, n, alpha);
      if (n === 0) return;
      if (!scratch.begin(1, 4 * n)) return js.scale(x, n, alpha);
      const xAt = scratch.put(x, n);
      kernels.scale(xAt, n, alpha);
      scratch.take(x, xAt, n);
    },

    multiply(y, a, b, n) {
      if (dtypeOf(y) !== 'float32') return js.multiply(y, a, b, n);
      checkMultiply(y, a, b, n);
      if (n === 0) return;
      if (!scratch.begin(2, 4 * (n + n))) return js.multiply(y, a, b, n);
      const aAt = scratch.put(a, n);
      const bAt = scratch.put(b, n);
      kernels.multiply(aAt, bAt, n);
      scratch.take(y, aAt, n);
    },

    clip(y, x, n, low, high) {
      if (dtypeOf(y) !== 'float32') return js.clip(y, x, n, low, high);
      checkClip(y, x, n, low, high);
      if (n === 0) return;
      if (!scratch.begin(1, 4 * n)) return js.clip(y, x, n, low, high);
      const xAt = scratch.put(x, n);
      kernels.clip(xAt, n, low, high);
      scratch.take(y, xAt, n);
    },

    sgdUpdate(w, g, n, rate, decay) {
      if (dtypeOf(w) !== 'float32') return js.sgdUpdate(w, g, n, rate, decay);
      checkSgdUpdate(w, g, n, rate, decay);
      if (n === 0) return;
      if (!scratch.begin(2, 4 * (n + n))) return js.sgdUpdate(w, g, n, rate, decay);
      const wAt = scratch.put(w, n);
      const gAt = scratch.put(g, n);
      kernels.sgdUpdate(wAt, gAt, n, rate, decay);
      scratch.take(w, wAt, n);
    },

    momentumUpdate(w, v, g, n, rate, momentum, decay) {
      if (dtypeOf(w) !== 'float32') return js.momentumUpdate(w, v, g, n, rate, momentum, decay);
      checkMomentumUpdate(w, v, g, n, rate, momentum, decay);
      if (n === 0) return;
      if (!scratch.begin(3, 4 * (n + n + n))) return js.momentumUpdate(w, v, g, n, rate, momentum, decay);
      const wAt = scratch.put(w, n);
      const vAt = scratch.put(v, n);
      const gAt = scratch.put(g, n);
      kernels.momentumUpdate(wAt, vAt, gAt, n, rate, momentum, decay);
      scratch.take(w, wAt, n);
      scratch.take(v, vAt, n);
    },

    nesterovUpdate(w, v, g, n, rate, momentum, decay) {
      if (dtypeOf(w) !== 'float32') return js.nesterovUpdate(w, v, g, n, rate, momentum, decay);
      checkNesterovUpdate(w, v, g, n, rate, momentum, decay);
      if (n === 0) return;
      if (!scratch.begin(3, 4 * (n + n + n))) return js.nesterovUpdate(w, v, g, n, rate, momentum, decay);
      const wAt = scratch.put(w, n);
      const vAt = scratch.put(v, n);
      const gAt = scratch.put(g, n);
      kernels.nesterovUpdate(wAt, vAt, gAt, n, rate, momentum, decay);
      scratch.take(w, wAt, n);
      scratch.take(v, vAt, n);
    },

    adaGradUpdate(w, h, g, n, rate, epsilon, decay) {
      if (dtypeOf(w) !== 'float32') return js.adaGradUpdate(w, h, g, n, rate, epsilon, decay);
      checkAdaGradUpdate(w, h, g, n, rate, epsilon, decay);
      if (n === 0) return;
      if (!scratch.begin(3, 4 * (n + n + n))) return js.adaGradUpdate(w, h, g, n, rate, epsilon, decay);
      const wAt = scratch.put(w, n);
      const hAt = scratch.put(h, n);
      const gAt = scratch.put(g, n);
      kernels.adaGradUpdate(wAt, hAt, gAt, n, rate, epsilon, decay);
      scratch.take(w, wAt, n);
      scratch.take(h, hAt, n);
    },

    rmsPropUpdate(w, h, g, n, rate, rho, epsilon, decay) {
      if (dtypeOf(w) !== 'float32') return js.rmsPropUpdate(w, h, g, n, rate, rho, epsilon, decay);
      checkRmsPropUpdate(w, h, g, n, rate, rho, epsilon, decay);
      if (n === 0) return;
      if (!scratch.begin(3, 4 * (n + n + n))) return js.rmsPropUpdate(w, h, g, n, rate, rho, epsilon, decay);
      const wAt = scratch.put(w, n);
      const hAt = scratch.put(h, n);
      const gAt = scratch.put(g, n);
      kernels.rmsPropUpdate(wAt, hAt, gAt, n, rate, rho, epsilon, decay);
      scratch.take(w, wAt, n);
      scratch.take(h, hAt, n);
    },

    adamUpdate(w, m, v, g, n, rate, beta1, beta2, root, epsilon, decay, keep) {
      if (dtypeOf(w) !== 'float32') return js.adamUpdate(w, m, v, g, n, rate, beta1, beta2, root, epsilon, decay, keep);
      checkAdamUpdate(w, m, v, g, n, rate, beta1, beta2, root, epsilon, decay, keep);
      if (n === 0) return;
      if (!scratch.begin(4, 4 * (n + n + n + n)))
        return js.adamUpdate(w, m, v, g, n, rate, beta1, beta2, root, epsilon, decay, keep);
      const wAt = scratch.put(w, n);
      const mAt = scratch.put(m, n);
      const vAt = scratch.put(v, n);
      const gAt = scratch.put(g, n);
      kernels.adamUpdate(wAt, mAt, vAt, gAt, n, rate, beta1, beta2, root, epsilon, decay, keep);
      scratch.take(w, wAt, n);
      scratch.take(m, mAt, n);
      scratch.take(v, vAt, n);
    },

    layerNormalization(y, normalized, variance, x, gamma, beta, m, n, epsilon) {
      if (dtypeOf(y) !== 'float32')
        return js.layerNormalization(y, normalized, variance, x, gamma, beta, m, n, epsilon);
      checkLayerNormalization(y, normalized, variance, x, gamma, beta, m, n, epsilon);
      if (m === 0) return;
      if (!scratch.begin(6, 4 * (m * n + m * n + m + m * n + n + n)))
        return js.layerNormalization(y, normalized, variance, x, gamma, beta, m, n, epsilon);
      const yAt = scratch.reserve(4 * m * n);
      const normalizedAt = scratch.reserve(4 * m * n);
      const varianceAt = scratch.reserve(4 * m);
      const xAt = scratch.put(x, m * n);
      const gammaAt = scratch.put(gamma, n);
      const betaAt = scratch.put(beta, n);
      kernels.layerNormalization(yAt, normalizedAt, varianceAt, xAt, gammaAt, betaAt, m, n, epsilon);
      scratch.take(y, yAt, m * n);
      if (normalized !== null) scratch.take(normalized, normalizedAt, m * n);
      if (variance !== null) scratch.take(variance, varianceAt, m);
    },

    layerNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon) {
      if (dtypeOf(dgamma) !== 'float32')
        return js.layerNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
      checkLayerNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
      if (n === 0) return;
      if (!scratch.begin(7, 4 * (m * n + n + n + m * n + m * n + m + n)))
        return js.layerNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
      const dxAt = dx === null ? 0 : scratch.reserve(4 * m * n);
      const dgammaAt = scratch.reserve(4 * n);
      const dbetaAt = scratch.reserve(4 * n);
      const dyAt = scratch.put(dy, m * n);
      const normalizedAt = scratch.put(normalized, m * n);
      const varianceAt = scratch.put(variance, m);
      const gammaAt = scratch.put(gamma, n);
      kernels.layerNormalizationBackward(
        dxAt,
        dgammaAt,
        dbetaAt,
        dyAt,
        normalizedAt,
        varianceAt,
        gammaAt,
        m,
        n,
        epsilon,
      );
      if (dx !== null) scratch.take(dx, dxAt, m * n);
      scratch.take(dgamma, dgammaAt, n);
      scratch.take(dbeta, dbetaAt, n);
    },

    batchNormalization(y, normalized, mean, variance, x, gamma, beta, m, n, epsilon) {
      if (dtypeOf(y) !== 'float32')
        return js.batchNormalization(y, normalized, mean, variance, x, gamma, beta, m, n, epsilon);
      checkBatchNormalization(y, normalized, mean, variance, x, gamma, beta, m, n, epsilon);
      if (n === 0) return;
      if (!scratch.begin(7, 4 * (m * n + m * n + n + n + m * n + n + n)))
        return js.batchNormalization(y, normalized, mean, variance, x, gamma, beta, m, n, epsilon);
      const yAt = scratch.reserve(4 * m * n);
      const normalizedAt = scratch.reserve(4 * m * n);
      const meanAt = scratch.reserve(4 * n);
      const varianceAt = scratch.reserve(4 * n);
      const xAt = scratch.put(x, m * n);
      const gammaAt = scratch.put(gamma, n);
      const betaAt = scratch.put(beta, n);
      kernels.batchNormalization(yAt, normalizedAt, meanAt, varianceAt, xAt, gammaAt, betaAt, m, n, epsilon);
      scratch.take(y, yAt, m * n);
      scratch.take(normalized, normalizedAt, m * n);
      scratch.take(mean, meanAt, n);
      scratch.take(variance, varianceAt, n);
    },

    batchNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon) {
      if (dtypeOf(dgamma) !== 'float32')
        return js.batchNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
      checkBatchNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
      if (n === 0) return;
      if (!scratch.begin(7, 4 * (m * n + n + n + m * n + m * n + n + n)))
        return js.batchNormalizationBackward(dx, dgamma, dbeta, dy, normalized, variance, gamma, m, n, epsilon);
      const dxAt = dx === null ? 0 : scratch.reserve(4 * m * n);
      const dgammaAt = scratch.reserve(4 * n);
      const dbetaAt = scratch.reserve(4 * n);
      const dyAt = scratch.put(dy, m * n);
      const normalizedAt = scratch.put(normalized, m * n);
      const varianceAt = scratch.put(variance, n);
      const gammaAt = scratch.put(gamma, n);
      kernels.batchNormalizationBackward(
        dxAt,
        dgammaAt,
        dbetaAt,
        dyAt,
        normalizedAt,
        varianceAt,
        gammaAt,
        m,
        n,
        epsilon,
      );
      if (dx !== null) scratch.take(dx, dxAt, m * n);
      scratch.take(dgamma, dgammaAt, n);
      scratch.take(dbeta, dbetaAt, n);
    },

    batchNormalizationInference(y, x, mean, variance, gamma, beta, m, n, epsilon) {
      if (dtypeOf(y) !== 'float32')
        return js.batchNormalizationInference(y, x, mean, variance, gamma, beta, m, n, epsilon);
      checkBatchNormalizationInference(y, x, mean, variance, gamma, beta, m, n, epsilon);
      if (m === 0 || n === 0) return;
      if (!scratch.begin(6, 4 * (m * n + m * n + n + n + n + n)))
        return js.batchNormalizationInference(y, x, mean, variance, gamma, beta, m, n, epsilon);
      const yAt = scratch.reserve(4 * m * n);
      const xAt = scratch.put(x, m * n);
      const meanAt = scratch.put(mean, n);
      const varianceAt = scratch.put(variance, n);
      const gammaAt = scratch.put(gamma, n);
      const betaAt = scratch.put(beta, n);
      kernels.batchNormalizationInference(yAt, xAt, meanAt, varianceAt, gammaAt, betaAt, m, n, epsilon);
      scratch.take(y, yAt, m * n);
    },

    unary(y, x, n, operation) {
      if (dtypeOf(y) !== 'float32') return js.unary(y, x, n, operation);
      checkUnary(y, x, n, operation);
      if (n === 0) return;
      if (!scratch.begin(1, 4 * n)) return js.unary(y, x, n, operation);
      const xAt = scratch.put(x, n);
      kernels.unary(xAt, n, UNARY_OPERATIONS.indexOf(operation));
      scratch.take(y, xAt, n);
    },

    binary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation) {
      if (dtypeOf(y) !== 'float32') return js.binary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation);
      checkBinary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation);
      if (m === 0 || n === 0) return;
      if (!scratch.begin(3, 4 * (m * n + aRows * aColumns + bRows * bColumns)))
        return js.binary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation);
      const yAt = scratch.reserve(4 * m * n);
      const aAt = scratch.put(a, aRows * aColumns);
      const bAt = scratch.put(b, bRows * bColumns);
      kernels.binary(yAt, aAt, bAt, m, n, aRows, aColumns, bRows, bColumns, BINARY_OPERATIONS.indexOf(operation));
      scratch.take(y, yAt, m * n);
    },

    reduce(out, x, outer, axis, inner, operation) {
      if (dtypeOf(out) !== 'float32') return js.reduce(out, x, outer, axis, inner, operation);
      checkReduce(out, x, outer, axis, inner, operation);
      if (outer === 0 || inner === 0) return;
      if (!scratch.begin(2, 4 * (outer * inner + outer * axis * inner)))
        return js.reduce(out, x, outer, axis, inner, operation);
      const outAt = scratch.reserve(4 * outer * inner);
      const xAt = scratch.put(x, outer * axis * inner);
      kernels.reduce(outAt, xAt, outer, axis, inner, REDUCTIONS.indexOf(operation));
      scratch.take(out, outAt, outer * inner);
    },

    argMax(out, x, outer, axis, inner) {
      if (dtypeOf(x) !== 'float32') return js.argMax(out, x, outer, axis, inner);
      checkArgMax(out, x, outer, axis, inner);
      if (outer === 0 || inner === 0) return;
      if (!scratch.begin(2, 4 * (outer * inner + outer * axis * inner))) return js.argMax(out, x, outer, axis, inner);
      const outAt = scratch.reserve(4 * outer * inner);
      const xAt = scratch.put(x, outer * axis * inner);
      kernels.argMax(outAt, xAt, outer, axis, inner);
      scratch.takeIntegers(out, outAt, outer * inner);
    },

    convolution(y, x, w, b, images, shape, f) {
      if (dtypeOf(y) !== 'float32') return js.convolution(y, x, w, b, images, shape, f);
      checkConvolution(y, x, w, b, images, shape, f);
      if (images === 0 || shape.outHeight === 0 || shape.outWidth === 0 || shape.filters === 0) return;
      if (
        !scratch.begin(
          4,
          4 *
            (images * shape.outHeight * shape.outWidth * shape.filters +
              images * shape.height * shape.width * shape.channels +
              shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters +
              shape.filters),
        )
      )
        return js.convolution(y, x, w, b, images, shape, f);
      const yAt = scratch.reserve(4 * images * shape.outHeight * shape.outWidth * shape.filters);
      const xAt = scratch.put(x, images * shape.height * shape.width * shape.channels);
      const wAt = scratch.put(w, shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters);
      const bAt = scratch.put(b, shape.filters);
      kernels.convolution(
        yAt,
        xAt,
        wAt,
        bAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
        ACTIVATIONS.indexOf(f),
      );
      scratch.take(y, yAt, images * shape.outHeight * shape.outWidth * shape.filters);
    },

    convolutionWeightGradient(dw, x, dz, images, shape) {
      if (dtypeOf(dw) !== 'float32') return js.convolutionWeightGradient(dw, x, dz, images, shape);
      checkConvolutionWeightGradient(dw, x, dz, images, shape);
      if (shape.kernelHeight === 0 || shape.kernelWidth === 0 || shape.channels === 0 || shape.filters === 0) return;
      if (
        !scratch.begin(
          3,
          4 *
            (shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters +
              images * shape.height * shape.width * shape.channels +
              images * shape.outHeight * shape.outWidth * shape.filters),
        )
      )
        return js.convolutionWeightGradient(dw, x, dz, images, shape);
      const dwAt = scratch.reserve(4 * shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters);
      const xAt = scratch.put(x, images * shape.height * shape.width * shape.channels);
      const dzAt = scratch.put(dz, images * shape.outHeight * shape.outWidth * shape.filters);
      kernels.convolutionWeightGradient(
        dwAt,
        xAt,
        dzAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
      scratch.take(dw, dwAt, shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters);
    },

    convolutionInputGradient(dx, dz, w, images, shape) {
      if (dtypeOf(dx) !== 'float32') return js.convolutionInputGradient(dx, dz, w, images, shape);
      checkConvolutionInputGradient(dx, dz, w, images, shape);
      if (images === 0 || shape.height === 0 || shape.width === 0 || shape.channels === 0) return;
      if (
        !scratch.begin(
          3,
          4 *
            (images * shape.height * shape.width * shape.channels +
              images * shape.outHeight * shape.outWidth * shape.filters +
              shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters),
        )
      )
        return js.convolutionInputGradient(dx, dz, w, images, shape);
      const dxAt = scratch.reserve(4 * images * shape.height * shape.width * shape.channels);
      const dzAt = scratch.put(dz, images * shape.outHeight * shape.outWidth * shape.filters);
      const wAt = scratch.put(w, shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters);
      kernels.convolutionInputGradient(
        dxAt,
        dzAt,
        wAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
      scratch.take(dx, dxAt, images * shape.height * shape.width * shape.channels);
    },

    maxPooling(y, winners, x, images, shape) {
      if (dtypeOf(y) !== 'float32') return js.maxPooling(y, winners, x, images, shape);
      checkMaxPooling(y, winners, x, images, shape);
      if (images === 0 || shape.outHeight === 0 || shape.outWidth === 0 || shape.channels === 0) return;
      if (
        !scratch.begin(
          3,
          4 *
            (images * shape.outHeight * shape.outWidth * shape.channels +
              images * shape.height * shape.width * shape.channels) +
            images * shape.outHeight * shape.outWidth * shape.channels,
        )
      )
        return js.maxPooling(y, winners, x, images, shape);
      const yAt = scratch.reserve(4 * images * shape.outHeight * shape.outWidth * shape.channels);
      const winnersAt = scratch.reserve(images * shape.outHeight * shape.outWidth * shape.channels);
      const xAt = scratch.put(x, images * shape.height * shape.width * shape.channels);
      kernels.maxPooling(
        yAt,
        winnersAt,
        xAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.poolHeight,
        shape.poolWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
      scratch.take(y, yAt, images * shape.outHeight * shape.outWidth * shape.channels);
      scratch.takeBytes(winners, winnersAt, images * shape.outHeight * shape.outWidth * shape.channels);
    },

    maxPoolingBackward(dx, dy, winners, images, shape) {
      if (dtypeOf(dx) !== 'float32') return js.maxPoolingBackward(dx, dy, winners, images, shape);
      checkMaxPoolingBackward(dx, dy, winners, images, shape);
      if (images === 0 || shape.height === 0 || shape.width === 0 || shape.channels === 0) return;
      if (
        !scratch.begin(
          3,
          4 *
            (images * shape.height * shape.width * shape.channels +
              images * shape.outHeight * shape.outWidth * shape.channels) +
            images * shape.outHeight * shape.outWidth * shape.channels,
        )
      )
        return js.maxPoolingBackward(dx, dy, winners, images, shape);
      const dxAt = scratch.reserve(4 * images * shape.height * shape.width * shape.channels);
      const dyAt = scratch.put(dy, images * shape.outHeight * shape.outWidth * shape.channels);
      const winnersAt = scratch.putBytes(winners, images * shape.outHeight * shape.outWidth * shape.channels);
      kernels.maxPoolingBackward(
        dxAt,
        dyAt,
        winnersAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.poolHeight,
        shape.poolWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
      scratch.take(dx, dxAt, images * shape.height * shape.width * shape.channels);
    },

    averagePooling(y, x, images, shape) {
      if (dtypeOf(y) !== 'float32') return js.averagePooling(y, x, images, shape);
      checkAveragePooling(y, x, images, shape);
      if (images === 0 || shape.outHeight === 0 || shape.outWidth === 0 || shape.channels === 0) return;
      if (
        !scratch.begin(
          2,
          4 *
            (images * shape.outHeight * shape.outWidth * shape.channels +
              images * shape.height * shape.width * shape.channels),
        )
      )
        return js.averagePooling(y, x, images, shape);
      const yAt = scratch.reserve(4 * images * shape.outHeight * shape.outWidth * shape.channels);
      const xAt = scratch.put(x, images * shape.height * shape.width * shape.channels);
      kernels.averagePooling(
        yAt,
        xAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.poolHeight,
        shape.poolWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
      scratch.take(y, yAt, images * shape.outHeight * shape.outWidth * shape.channels);
    },

    averagePoolingBackward(dx, dy, images, shape) {
      if (dtypeOf(dx) !== 'float32') return js.averagePoolingBackward(dx, dy, images, shape);
      checkAveragePoolingBackward(dx, dy, images, shape);
      if (images === 0 || shape.height === 0 || shape.width === 0 || shape.channels === 0) return;
      if (
        !scratch.begin(
          2,
          4 *
            (images * shape.height * shape.width * shape.channels +
              images * shape.outHeight * shape.outWidth * shape.channels),
        )
      )
        return js.averagePoolingBackward(dx, dy, images, shape);
      const dxAt = scratch.reserve(4 * images * shape.height * shape.width * shape.channels);
      const dyAt = scratch.put(dy, images * shape.outHeight * shape.outWidth * shape.channels);
      kernels.averagePoolingBackward(
        dxAt,
        dyAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.poolHeight,
        shape.poolWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
      scratch.take(dx, dxAt, images * shape.height * shape.width * shape.channels);
    },

    convolutionMaxPooling(y, winners, x, w, b, images, shape, f) {
      if (dtypeOf(y) !== 'float32') return js.convolutionMaxPooling(y, winners, x, w, b, images, shape, f);
      checkConvolutionMaxPooling(y, winners, x, w, b, images, shape, f);
      if (images === 0 || shape.pooledHeight === 0 || shape.pooledWidth === 0 || shape.filters === 0) return;
      if (
        !scratch.begin(
          5,
          4 *
            (images * shape.pooledHeight * shape.pooledWidth * shape.filters +
              images * shape.height * shape.width * shape.channels +
              shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters +
              shape.filters) +
            images * shape.pooledHeight * shape.pooledWidth * shape.filters,
        )
      )
        return js.convolutionMaxPooling(y, winners, x, w, b, images, shape, f);
      const yAt = scratch.reserve(4 * images * shape.pooledHeight * shape.pooledWidth * shape.filters);
      const winnersAt = scratch.reserve(images * shape.pooledHeight * shape.pooledWidth * shape.filters);
      const xAt = scratch.put(x, images * shape.height * shape.width * shape.channels);
      const wAt = scratch.put(w, shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters);
      const bAt = scratch.put(b, shape.filters);
      kernels.convolutionMaxPooling(
        yAt,
        winnersAt,
        xAt,
        wAt,
        bAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
        shape.poolHeight,
        shape.poolWidth,
        shape.poolStride,
        shape.pooledHeight,
        shape.pooledWidth,
        ACTIVATIONS.indexOf(f),
      );
      scratch.take(y, yAt, images * shape.pooledHeight * shape.pooledWidth * shape.filters);
      scratch.takeBytes(winners, winnersAt, images * shape.pooledHeight * shape.pooledWidth * shape.filters);
    },

    convolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, f) {
      if (dtypeOf(dw) !== 'float32')
        return js.convolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, f);
      checkConvolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, f);
      if (shape.filters === 0 && (images === 0 || shape.height === 0 || shape.width === 0 || shape.channels === 0))
        return;
      if (
        !scratch.begin(
          8,
          4 *
            (shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters +
              shape.filters +
              images * shape.height * shape.width * shape.channels +
              images * shape.pooledHeight * shape.pooledWidth * shape.filters +
              images * shape.pooledHeight * shape.pooledWidth * shape.filters +
              images * shape.height * shape.width * shape.channels +
              shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters) +
            images * shape.pooledHeight * shape.pooledWidth * shape.filters,
        )
      )
        return js.convolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, f);
      const dwAt = scratch.reserve(4 * shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters);
      const dbAt = scratch.reserve(4 * shape.filters);
      const dxAt = dx === null ? 0 : scratch.reserve(4 * images * shape.height * shape.width * shape.channels);
      const dyAt = scratch.put(dy, images * shape.pooledHeight * shape.pooledWidth * shape.filters);
      const yAt =
        f === 'identity' ? 0 : scratch.put(y, images * shape.pooledHeight * shape.pooledWidth * shape.filters);
      const winnersAt = scratch.putBytes(winners, images * shape.pooledHeight * shape.pooledWidth * shape.filters);
      const xAt = scratch.put(x, images * shape.height * shape.width * shape.channels);
      const wAt = scratch.put(w, shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters);
      kernels.convolutionMaxPoolingBackward(
        dwAt,
        dbAt,
        dxAt,
        dyAt,
        yAt,
        winnersAt,
        xAt,
        wAt,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
        shape.poolHeight,
        shape.poolWidth,
        shape.poolStride,
        shape.pooledHeight,
        shape.pooledWidth,
        ACTIVATIONS.indexOf(f),
      );
      scratch.take(dw, dwAt, shape.kernelHeight * shape.kernelWidth * shape.channels * shape.filters);
      scratch.take(db, dbAt, shape.filters);
      if (dx !== null) scratch.take(dx, dxAt, images * shape.height * shape.width * shape.channels);
    },
  };
}

/**
 * Backend functions made of those of the addon, which checks for itself.
 *
 * @param refusal makes the error for an unknown name of an operation
 */
export function overAddon(
  addon: CompiledFunctions,
  refusal: (operation: Operation, passed: unknown[]) => Error,
): Functions {
  return {
    gemm: addon.gemm,
    affine(y, x, w, b, m, n, k, f) {
      const code = ACTIVATIONS.indexOf(f);
      if (code < 0) throw refusal('affine', [y, x, w, b, m, n, k, f]);
      addon.affine(y, x, w, b, m, n, k, code);
    },
    biasActivation(y, bias, m, n, f) {
      const code = ACTIVATIONS.indexOf(f);
      if (code < 0) throw refusal('biasActivation', [y, bias, m, n, f]);
      addon.biasActivation(y, bias, m, n, code);
    },
    biasActivationBackward(dz, db, dy, y, m, n, f) {
      const code = ACTIVATIONS.indexOf(f);
      if (code < 0) throw refusal('biasActivationBackward', [dz, db, dy, y, m, n, f]);
      addon.biasActivationBackward(dz, db, dy, y, m, n, code);
    },
    activation(y, x, n, f) {
      const code = ACTIVATIONS.indexOf(f);
      if (code < 0) throw refusal('activation', [y, x, n, f]);
      addon.activation(y, x, n, code);
    },
    activationBackward(dx, dy, y, n, f) {
      const code = ACTIVATIONS.indexOf(f);
      if (code < 0) throw refusal('activationBackward', [dx, dy, y, n, f]);
      addon.activationBackward(dx, dy, y, n, code);
    },
    leakyRelu: addon.leakyRelu,
    leakyReluBackward: addon.leakyReluBackward,
    softplus: addon.softplus,
    softplusBackward: addon.softplusBackward,
    gelu: addon.gelu,
    geluBackward: addon.geluBackward,
    columnSums: addon.columnSums,
    softmax: addon.softmax,
    softmaxCrossEntropy: addon.softmaxCrossEntropy,
    softmaxCrossEntropyDense: addon.softmaxCrossEntropyDense,
    sigmoidCrossEntropy: addon.sigmoidCrossEntropy,
    squaredError: addon.squaredError,
    huber: addon.huber,
    argMaxRows: addon.argMaxRows,
    gatherRows: addon.gatherRows,
    axpy: addon.axpy,
    sumOfSquares: addon.sumOfSquares,
    scale: addon.scale,
    multiply: addon.multiply,
    clip: addon.clip,
    sgdUpdate: addon.sgdUpdate,
    momentumUpdate: addon.momentumUpdate,
    nesterovUpdate: addon.nesterovUpdate,
    adaGradUpdate: addon.adaGradUpdate,
    rmsPropUpdate: addon.rmsPropUpdate,
    adamUpdate: addon.adamUpdate,
    layerNormalization: addon.layerNormalization,
    layerNormalizationBackward: addon.layerNormalizationBackward,
    batchNormalization: addon.batchNormalization,
    batchNormalizationBackward: addon.batchNormalizationBackward,
    batchNormalizationInference: addon.batchNormalizationInference,
    unary(y, x, n, operation) {
      const code = UNARY_OPERATIONS.indexOf(operation);
      if (code < 0) throw refusal('unary', [y, x, n, operation]);
      addon.unary(y, x, n, code);
    },
    binary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation) {
      const code = BINARY_OPERATIONS.indexOf(operation);
      if (code < 0) throw refusal('binary', [y, a, b, m, n, aRows, aColumns, bRows, bColumns, operation]);
      addon.binary(y, a, b, m, n, aRows, aColumns, bRows, bColumns, code);
    },
    reduce(out, x, outer, axis, inner, operation) {
      const code = REDUCTIONS.indexOf(operation);
      if (code < 0) throw refusal('reduce', [out, x, outer, axis, inner, operation]);
      addon.reduce(out, x, outer, axis, inner, code);
    },
    argMax: addon.argMax,
    convolution(y, x, w, b, images, shape, f) {
      const code = ACTIVATIONS.indexOf(f);
      if (code < 0 || !isObject(shape)) throw refusal('convolution', [y, x, w, b, images, shape, f]);
      addon.convolution(
        y,
        x,
        w,
        b,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
        code,
      );
    },
    convolutionWeightGradient(dw, x, dz, images, shape) {
      if (!isObject(shape)) throw refusal('convolutionWeightGradient', [dw, x, dz, images, shape]);
      addon.convolutionWeightGradient(
        dw,
        x,
        dz,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
    },
    convolutionInputGradient(dx, dz, w, images, shape) {
      if (!isObject(shape)) throw refusal('convolutionInputGradient', [dx, dz, w, images, shape]);
      addon.convolutionInputGradient(
        dx,
        dz,
        w,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
    },
    maxPooling(y, winners, x, images, shape) {
      if (!isObject(shape)) throw refusal('maxPooling', [y, winners, x, images, shape]);
      addon.maxPooling(
        y,
        winners,
        x,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.poolHeight,
        shape.poolWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
    },
    maxPoolingBackward(dx, dy, winners, images, shape) {
      if (!isObject(shape)) throw refusal('maxPoolingBackward', [dx, dy, winners, images, shape]);
      addon.maxPoolingBackward(
        dx,
        dy,
        winners,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.poolHeight,
        shape.poolWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
    },
    averagePooling(y, x, images, shape) {
      if (!isObject(shape)) throw refusal('averagePooling', [y, x, images, shape]);
      addon.averagePooling(
        y,
        x,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.poolHeight,
        shape.poolWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
    },
    averagePoolingBackward(dx, dy, images, shape) {
      if (!isObject(shape)) throw refusal('averagePoolingBackward', [dx, dy, images, shape]);
      addon.averagePoolingBackward(
        dx,
        dy,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.poolHeight,
        shape.poolWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
      );
    },
    convolutionMaxPooling(y, winners, x, w, b, images, shape, f) {
      const code = ACTIVATIONS.indexOf(f);
      if (code < 0 || !isObject(shape)) throw refusal('convolutionMaxPooling', [y, winners, x, w, b, images, shape, f]);
      addon.convolutionMaxPooling(
        y,
        winners,
        x,
        w,
        b,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
        shape.poolHeight,
        shape.poolWidth,
        shape.poolStride,
        shape.pooledHeight,
        shape.pooledWidth,
        code,
      );
    },
    convolutionMaxPoolingBackward(dw, db, dx, dy, y, winners, x, w, images, shape, f) {
      const code = ACTIVATIONS.indexOf(f);
      if (code < 0 || !isObject(shape))
        throw refusal('convolutionMaxPoolingBackward', [dw, db, dx, dy, y, winners, x, w, images, shape, f]);
      addon.convolutionMaxPoolingBackward(
        dw,
        db,
        dx,
        dy,
        y,
        winners,
        x,
        w,
        images,
        shape.height,
        shape.width,
        shape.channels,
        shape.filters,
        shape.kernelHeight,
        shape.kernelWidth,
        shape.stride,
        shape.padTop,
        shape.padLeft,
        shape.outHeight,
        shape.outWidth,
        shape.poolHeight,
        shape.poolWidth,
        shape.poolStride,
        shape.pooledHeight,
        shape.pooledWidth,
        code,
      );
    },
  };
}
