/**
 * The argument checks of every backend function, one function each; see backend.ts for the contract they enforce.
 *
 * The order of the checks is part of the contract, so that all backends complain about the same thing first:
 *
 * 1. kind and type of every argument, in parameter order: flags, sizes, scalars, arrays (element type, then the type of
 *    the first `Floats` of the call, then shared memory), activations;
 * 2. leading dimensions, in parameter order (`gemm` only);
 * 3. lengths of arrays, in parameter order;
 * 4. overlap of an output with the other arrays, in parameter order;
 * 5. the values of labels or indices, in order.
 *
 * Nothing is allocated when a call is right. A compiled backend keeps the same rules in the same order; it may refuse a
 * call without words and let the check of that name here say why.
 */

import { ArgumentError } from '../errors.js';
import {
  activationName,
  apart,
  atLeast,
  extent,
  flag,
  floats,
  floatsLike,
  INPUT,
  inRange,
  integers,
  leadingDimension,
  OUTPUT,
  sameOrApart,
  scalar,
  size,
  storedMatrix,
} from './argument-rules.js';
import type { Floats } from './backend.js';

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
  const operation = 'gemm';
  flag(operation, 'transA', transA);
  flag(operation, 'transB', transB);
  size(operation, 'm', m);
  size(operation, 'n', n);
  size(operation, 'k', k);
  scalar(operation, 'alpha', alpha);
  floats(operation, 'a', a);
  size(operation, 'lda', lda);
  floatsLike(operation, 'b', b, 'a', a);
  size(operation, 'ldb', ldb);
  scalar(operation, 'beta', beta);
  floatsLike(operation, 'c', c, 'a', a, OUTPUT);
  size(operation, 'ldc', ldc);
  const rowsA = transA ? k : m;
  const columnsA = transA ? m : k;
  const rowsB = transB ? n : k;
  const columnsB = transB ? k : n;
  leadingDimension(operation, 'a', columnsA, lda);
  leadingDimension(operation, 'b', columnsB, ldb);
  leadingDimension(operation, 'c', n, ldc);
  storedMatrix(operation, 'a', a, rowsA, columnsA, lda);
  storedMatrix(operation, 'b', b, rowsB, columnsB, ldb);
  storedMatrix(operation, 'c', c, m, n, ldc);
  const used = extent(m, n, ldc);
  apart(operation, 'c', c, used, 'a', a, extent(rowsA, columnsA, lda));
  apart(operation, 'c', c, used, 'b', b, extent(rowsB, columnsB, ldb));
}

export function checkBiasActivation(y: Floats, bias: Floats, m: number, n: number, f: string): void {
  const operation = 'biasActivation';
  floats(operation, 'y', y, OUTPUT);
  floatsLike(operation, 'bias', bias, 'y', y);
  size(operation, 'm', m);
  size(operation, 'n', n);
  activationName(operation, f);
  atLeast(operation, 'y', y, m * n, 'm × n');
  atLeast(operation, 'bias', bias, n, 'n');
  apart(operation, 'y', y, m * n, 'bias', bias, n);
}

export function checkBiasActivationBackward(
  dz: Floats,
  db: Floats,
  dy: Floats,
  y: Floats,
  m: number,
  n: number,
  f: string,
): void {
  const operation = 'biasActivationBackward';
  floats(operation, 'dz', dz, OUTPUT);
  floatsLike(operation, 'db', db, 'dz', dz, OUTPUT);
  floatsLike(operation, 'dy', dy, 'dz', dz);
  floatsLike(operation, 'y', y, 'dz', dz);
  size(operation, 'm', m);
  size(operation, 'n', n);
  activationName(operation, f);
  const count = m * n;
  atLeast(operation, 'dz', dz, count, 'm × n');
  atLeast(operation, 'db', db, n, 'n');
  atLeast(operation, 'dy', dy, count, 'm × n');
  atLeast(operation, 'y', y, count, 'm × n');
  apart(operation, 'dz', dz, count, 'db', db, n);
  sameOrApart(operation, 'dz', dz, 'dy', dy, count);
  apart(operation, 'dz', dz, count, 'y', y, count);
  apart(operation, 'db', db, n, 'dy', dy, count);
  apart(operation, 'db', db, n, 'y', y, count);
}

export function checkActivation(y: Floats, x: Floats, n: number, f: string): void {
  const operation = 'activation';
  floats(operation, 'y', y, OUTPUT);
  floatsLike(operation, 'x', x, 'y', y);
  size(operation, 'n', n);
  activationName(operation, f);
  atLeast(operation, 'y', y, n, 'n');
  atLeast(operation, 'x', x, n, 'n');
  sameOrApart(operation, 'y', y, 'x', x, n);
}

export function checkActivationBackward(dx: Floats, dy: Floats, y: Floats, n: number, f: string): void {
  const operation = 'activationBackward';
  floats(operation, 'dx', dx, OUTPUT);
  floatsLike(operation, 'dy', dy, 'dx', dx);
  floatsLike(operation, 'y', y, 'dx', dx);
  size(operation, 'n', n);
  activationName(operation, f);
  atLeast(operation, 'dx', dx, n, 'n');
  atLeast(operation, 'dy', dy, n, 'n');
  atLeast(operation, 'y', y, n, 'n');
  sameOrApart(operation, 'dx', dx, 'dy', dy, n);
  apart(operation, 'dx', dx, n, 'y', y, n);
}

export function checkColumnSums(out: Floats, x: Floats, m: number, n: number): void {
  const operation = 'columnSums';
  floats(operation, 'out', out, OUTPUT);
  floatsLike(operation, 'x', x, 'out', out);
  size(operation, 'm', m);
  size(operation, 'n', n);
  atLeast(operation, 'out', out, n, 'n');
  atLeast(operation, 'x', x, m * n, 'm × n');
  apart(operation, 'out', out, n, 'x', x, m * n);
}

export function checkSoftmax(y: Floats, x: Floats, m: number, n: number): void {
  const operation = 'softmax';
  floats(operation, 'y', y, OUTPUT);
  floatsLike(operation, 'x', x, 'y', y);
  size(operation, 'm', m);
  size(operation, 'n', n);
  atLeast(operation, 'y', y, m * n, 'm × n');
  atLeast(operation, 'x', x, m * n, 'm × n');
  sameOrApart(operation, 'y', y, 'x', x, m * n);
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
  const operation = 'softmaxCrossEntropy';
  checkGradientAndLogits(operation, dlogits, logits);
  integers(operation, 'labels', labels);
  if (weights !== null) floatsLike(operation, 'weights', weights, 'logits', logits, INPUT, ' or null');
  size(operation, 'm', m);
  size(operation, 'n', n);
  scalar(operation, 'scale', scale);
  const count = m * n;
  if (dlogits !== null) atLeast(operation, 'dlogits', dlogits, count, 'm × n');
  atLeast(operation, 'logits', logits, count, 'm × n');
  atLeast(operation, 'labels', labels, m, 'm');
  if (weights !== null) atLeast(operation, 'weights', weights, m, 'm');
  if (dlogits !== null) {
    sameOrApart(operation, 'dlogits', dlogits, 'logits', logits, count);
    apart(operation, 'dlogits', dlogits, count, 'labels', labels, m);
    if (weights !== null) apart(operation, 'dlogits', dlogits, count, 'weights', weights, m);
  }
  inRange(operation, 'labels', labels, 0, m, n, '');
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
  const operation = 'softmaxCrossEntropyDense';
  checkGradientAndLogits(operation, dlogits, logits);
  floatsLike(operation, 'targets', targets, 'logits', logits);
  if (weights !== null) floatsLike(operation, 'weights', weights, 'logits', logits, INPUT, ' or null');
  size(operation, 'm', m);
  size(operation, 'n', n);
  scalar(operation, 'scale', scale);
  const count = m * n;
  if (dlogits !== null) atLeast(operation, 'dlogits', dlogits, count, 'm × n');
  atLeast(operation, 'logits', logits, count, 'm × n');
  atLeast(operation, 'targets', targets, count, 'm × n');
  if (weights !== null) atLeast(operation, 'weights', weights, m, 'm');
  if (dlogits === null) return;
  sameOrApart(operation, 'dlogits', dlogits, 'logits', logits, count);
  apart(operation, 'dlogits', dlogits, count, 'targets', targets, count);
  if (weights !== null) apart(operation, 'dlogits', dlogits, count, 'weights', weights, m);
}

/** Shared by both losses: dlogits may be null, so that logits then is the first array of the call. */
function checkGradientAndLogits(operation: string, dlogits: Floats | null, logits: Floats): void {
  if (dlogits === null) {
    floats(operation, 'logits', logits);
  } else {
    floats(operation, 'dlogits', dlogits, OUTPUT, ' or null');
    floatsLike(operation, 'logits', logits, 'dlogits', dlogits);
  }
}

export function checkArgMaxRows(out: Int32Array, x: Floats, m: number, n: number): void {
  const operation = 'argMaxRows';
  integers(operation, 'out', out);
  floats(operation, 'x', x);
  size(operation, 'm', m);
  size(operation, 'n', n);
  if (n === 0 && m > 0) {
    throw new ArgumentError({ operation, found: 'n is 0', expected: 'at least 1 column to take the maximum of' });
  }
  atLeast(operation, 'out', out, m, 'm');
  atLeast(operation, 'x', x, m * n, 'm × n');
  apart(operation, 'out', out, m, 'x', x, m * n);
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
  const operation = 'gatherRows';
  floats(operation, 'out', out, OUTPUT);
  if (!(source instanceof Uint8Array)) {
    floatsLike(operation, 'source', source, 'out', out, INPUT, ' or a Uint8Array');
  }
  integers(operation, 'indices', indices);
  size(operation, 'start', start);
  size(operation, 'count', count);
  size(operation, 'width', width);
  scalar(operation, 'scale', scale);
  atLeast(operation, 'out', out, count * width, 'count × width');
  atLeast(operation, 'indices', indices, start + count, 'start + count');
  apart(operation, 'out', out, count * width, 'source', source, source.length);
  apart(operation, 'out', out, count * width, 'indices', indices, start + count);
  // Rows of no elements need no source: there is nothing an index could reach.
  if (width > 0) {
    inRange(operation, 'indices', indices, start, count, Math.floor(source.length / width), ' (rows of source)');
  }
}

export function checkAxpy(n: number, alpha: number, x: Floats, y: Floats): void {
  const operation = 'axpy';
  size(operation, 'n', n);
  scalar(operation, 'alpha', alpha);
  floats(operation, 'x', x);
  floatsLike(operation, 'y', y, 'x', x, OUTPUT);
  atLeast(operation, 'x', x, n, 'n');
  atLeast(operation, 'y', y, n, 'n');
  apart(operation, 'y', y, n, 'x', x, n);
}

export function checkSumOfSquares(x: Floats, n: number): void {
  const operation = 'sumOfSquares';
  floats(operation, 'x', x);
  size(operation, 'n', n);
  atLeast(operation, 'x', x, n, 'n');
}
