/** From the gradients of the parts of a batch to those of the whole: two ways to add them. */

import type { Floats } from '../backend/backend.js';
import { type Batch, rowsOfBatch } from '../data/batches.js';
import { rowsOfShare } from '../data/share.js';
import { DivergenceError } from '../errors.js';
import { isFloat32, isInstance } from '../identity.js';
import type { Layer } from '../layers/layer.js';
import type { Network } from '../models/network.js';
import { failureOf } from './failure.js';
import type { Link } from './link.js';
import type { News, Thrown } from './news.js';
import { unequalPasses } from './passes.js';
import { type Counted, FIXED_PARTS, type Settings } from './settings.js';
import { SharedStatistics } from './shared-statistics.js';

/** Adds what the ranks have computed of a batch. */
export interface GradientSums {
  /**
   * The loss of a batch of `rows` rows, of which this rank has `batch`, undefined if it has failed to get it; NaN or infinite on
   * all ranks alike. Gradients and buffers become the mean over all rows.
   *
   * @throws what the network or this rank has thrown; {StateError} on the others, so that all end the step together;
   *   {ArgumentError} on all where a pass over a stream does not end on all of them after as many rows
   */
  lossAndGradient(batch: Batch | undefined, rows: number): number;
}

/** Arrays that are sent together. */
interface Bucket {
  readonly arrays: Floats[];
  bytes: number;
  /** How many of the arrays are complete in this step. */
  complete: number;
}

/**
 * One part for each rank, summed by MPI. The gradients of the last layers are on their way while those of the first are
 * computed: a bucket is sent as soon as it is complete. All ranks send the same buckets in the same order, also one whose
 * loss is not finite, or that has no rows.
 */
export class BucketSums implements GradientSums {
  private readonly buckets: readonly Bucket[];
  /** The buckets that hold gradients of a layer, one entry for each of its arrays. */
  private readonly bucketsOf = new Map<Layer, readonly Bucket[]>();
  private readonly grads: readonly Floats[];
  private readonly buffers: readonly Floats[];
  /** The buffers before the step: what it adds to them is summed, so that those it does not change keep their bits. */
  private readonly kept: readonly Floats[];
  /** The loss, whether this rank has failed, whether it aborts, and whether its pass over a stream ends: once summed, how many do. */
  private readonly total = new Float64Array(4);
  private scale = 1;
  /** How many buckets have been sent in this step, and how many layers have completed their gradients. */
  private sent = 0;
  private completed = 0;
  private readonly layers: readonly Layer[];
  private readonly statistics: SharedStatistics | undefined;
  /** A penalty is added to the gradients after backward: they are complete only then. */
  private readonly ready: ((layer: Layer) => void) | undefined;

  constructor(
    private readonly link: Link,
    private readonly net: Network,
    { bucketBytes, synchronizeBatchNormalization }: Settings,
    private readonly counted: Counted,
    private readonly news: News,
  ) {
    this.layers = layersOf(net);
    const isSynchronized = synchronizeBatchNormalization && link.size > 1;
    this.statistics = isSynchronized ? new SharedStatistics(link, this.layers) : undefined;
    this.grads = Object.values(net.grads).map(({ data }) => data);
    this.buffers = Object.values(net.buffers ?? {}).map(({ data }) => data);
    this.kept = this.buffers.map((buffer) => buffer.slice());
    const lastFirst = [...this.grads].reverse();
    this.buckets = bucketsOf(lastFirst, bucketBytes);
    for (const layer of this.layers) {
      const own = Object.values(layer.grads).map(({ data }) => data);
      const found = own.flatMap((array) => this.buckets.find(({ arrays }) => arrays.includes(array)) ?? []);
      this.bucketsOf.set(layer, found);
    }
    this.ready = (net.l2 ?? 0) !== 0 || link.size === 1 ? undefined : (layer) => this.complete(layer);
  }

  lossAndGradient(batch: Batch | undefined, rows: number): number {
    const { net, link, buckets, buffers, kept, total, news } = this;
    const size = news.failed === undefined ? (batch?.size ?? 0) : 0;
    const areShared = buffers.length > 0 && link.size > 1;
    if (areShared) copy(buffers, kept);
    this.scale = size / rows;
    this.sent = 0;
    this.completed = 0;
    for (const bucket of buckets) bucket.complete = 0;
    total.fill(0);
    let thrown = news.failed;
    if (thrown !== undefined) total[1] = 1;
    total[2] = news.aborts;
    const passRows = batch?.within?.passRows;
    total[3] = Number(passRows !== undefined);
    this.statistics?.begin();
    if (size > 0) {
      try {
        const { x, labels, weights } = batch!;
        total[0] = this.scale * net.lossAndGradient(x, labels, weights, this.ready);
      } catch (error) {
        if (isInstance(error, DivergenceError)) total[0] = error.loss;
        else {
          thrown = { error };
          total[1] = 1;
        }
      }
    }
    this.statistics?.end();
    if (size === 0 || total[1] !== 0 || !Number.isFinite(total[0]!)) this.catchUp();
    while (this.sent < buckets.length) this.send();
    if (areShared) {
      subtract(kept, buffers);
      link.startSum(buckets.length, this.scale, buffers);
    }
    const begun = performance.now();
    link.sum(total);
    for (let i = 0; i < buckets.length; i++) link.finishSum(i, buckets[i]!.arrays);
    if (areShared) link.finishSum(buckets.length, buffers);
    this.counted.waitSeconds += (performance.now() - begun) / 1000;
    if (areShared) add(kept, buffers);
    news.isAborted = total[2] !== 0;
    const failed: Thrown | undefined =
      total[1] !== 0
        ? { error: failureOf(link, thrown, 'a gradient') }
        : total[3] !== 0
          ? unequalPasses(link, passRows)
          : undefined;
    if (failed === undefined) return total[0]!;
    if (areShared) copy(kept, buffers);
    throw failed.error;
  }

  /**
   * Without rows, or without a finite loss, there is no gradient: nothing is added to that of the others. What they exchange on
   * their way through the layers comes first, in the same order.
   */
  private catchUp(): void {
    for (const array of this.grads) array.fill(0);
    const { layers, statistics } = this;
    if (statistics === undefined) return;
    statistics.catchUpForward();
    for (let k = layers.length - 1 - this.completed; k >= 0; k--) {
      statistics.catchUpBackward(layers[k]!);
      this.ready?.(layers[k]!);
    }
  }

  /** During backward: the gradients of this layer are complete. */
  private complete(layer: Layer): void {
    this.completed++;
    const own = this.bucketsOf.get(layer);
    if (own === undefined) return;
    for (let i = 0; i < own.length; i++) own[i]!.complete++;
    while (this.sent < this.buckets.length && this.isComplete(this.buckets[this.sent]!)) this.send();
    this.link.progress();
  }

  private isComplete({ complete, arrays }: Bucket): boolean {
    return complete >= arrays.length;
  }

  private send(): void {
    this.link.startSum(this.sent, this.scale, this.buckets[this.sent]!.arrays);
    this.sent++;
  }
}

/** Arrays one after another, cut where so many bytes are together. */
function bucketsOf(arrays: readonly Floats[], bucketBytes: number): readonly Bucket[] {
  const buckets: Bucket[] = [];
  for (const array of arrays) {
    const last = buckets.at(-1);
    if (last !== undefined && last.bytes < bucketBytes) {
      last.arrays.push(array);
      last.bytes += array.byteLength;
    } else buckets.push({ arrays: [array], bytes: array.byteLength, complete: 0 });
  }
  return buckets;
}

/**
 * A fixed number of parts, added in a fixed tree: parts 2k and 2k + 1 first, then pairs of pairs. The lowest branches are those
 * of one rank, the others lie between ranks, so that the bits do not depend on how many ranks there are.
 */
export class FixedSums implements GradientSums {
  private readonly arrays: readonly Floats[];
  private readonly buffers: readonly Floats[];
  /** The buffers before the step: each part begins with them, and what it adds to them is summed. */
  private readonly kept: readonly Floats[];
  /** Sums of 1, 2, 4, … parts of this rank that wait for as many more. */
  private readonly branches: Floats[] = [];
  /** Of each branch the loss, on how many parts the network has thrown, and how many ranks abort. */
  private readonly losses: Float64Array[] = [];
  /** What has failed on this rank in this step. */
  private thrown: Thrown | undefined;

  constructor(
    private readonly link: Link,
    private readonly net: Network,
    private readonly counted: Counted,
    private readonly news: News,
  ) {
    this.buffers = Object.values(net.buffers ?? {}).map(({ data }) => data);
    this.kept = this.buffers.map((buffer) => buffer.slice());
    this.arrays = [...Object.values(net.grads).map(({ data }) => data), ...this.buffers];
  }

  lossAndGradient(batch: Batch | undefined, rows: number): number {
    const { link, news } = this;
    const own = FIXED_PARTS / link.size;
    const first = rowsOfShare(rows, { index: link.rank, count: link.size }).start;
    copy(this.buffers, this.kept);
    this.thrown = news.failed;
    let depth = 0;
    for (let part = 0; part < own; part++) {
      const { start, end } = rowsOfShare(rows, { index: link.rank * own + part, count: FIXED_PARTS });
      this.push(depth++, batch && rowsOfBatch(batch, start - first, end - first), rows);
      // As a counter in binary: two branches of the same size become one.
      for (let bits = part; (bits & 1) === 1; bits >>= 1) this.join(--depth);
    }
    const begun = performance.now();
    const losses = this.losses[0]!;
    if (news.failed !== undefined) losses[1] = 1;
    losses[2] = news.aborts;
    link.treeSum(this.branches[0]!);
    link.treeSum(losses);
    this.counted.waitSeconds += (performance.now() - begun) / 1000;
    let at = 0;
    for (const array of this.arrays) {
      array.set(this.branches[0]!.subarray(at, at + array.length));
      at += array.length;
    }
    add(this.kept, this.buffers);
    news.isAborted = losses[2] !== 0;
    if (losses[1] !== 0) {
      copy(this.kept, this.buffers);
      throw failureOf(link, this.thrown, 'a gradient');
    }
    return losses[0]!;
  }

  /** Computes a part, as the branch at this depth. */
  private push(depth: number, part: Batch | undefined, rows: number): void {
    const { net, branches, losses, arrays, buffers, kept } = this;
    branches[depth] ??= newBranch(arrays);
    losses[depth] ??= new Float64Array(3);
    const branch = branches[depth]!.fill(0);
    const loss = losses[depth]!.fill(0);
    if (part === undefined || part.size === 0 || this.thrown !== undefined) return;
    const { x, labels, weights, size } = part;
    const scale = size / rows;
    copy(kept, buffers);
    try {
      loss[0] = scale * net.lossAndGradient(x, labels, weights);
    } catch (error) {
      if (isInstance(error, DivergenceError)) loss[0] = error.loss;
      else {
        this.thrown = { error };
        loss[1] = 1;
      }
      return;
    }
    subtract(kept, buffers);
    let at = 0;
    for (const array of arrays) {
      net.backend.axpy(array.length, scale, array, branch.subarray(at, at + array.length));
      at += array.length;
    }
  }

  /** Adds the branch at this depth to the one before it. */
  private join(depth: number): void {
    const { branches, losses, net } = this;
    net.backend.axpy(branches[depth]!.length, 1, branches[depth]!, branches[depth - 1]!);
    for (let i = 0; i < 2; i++) losses[depth - 1]![i]! += losses[depth]![i]!;
  }
}

function copy(from: readonly Floats[], to: readonly Floats[]): void {
  for (let i = 0; i < from.length; i++) to[i]!.set(from[i]!);
}

/** to ← to − from; 0 where they are equal, also where both are infinite. */
function subtract(from: readonly Floats[], to: readonly Floats[]): void {
  for (let i = 0; i < from.length; i++) {
    const [subtrahend, array] = [from[i]!, to[i]!];
    for (let j = 0; j < array.length; j++) array[j] = array[j] === subtrahend[j] ? 0 : array[j]! - subtrahend[j]!;
  }
}

/** to ← from + to; the bits of `from` where `to` is 0. */
function add(from: readonly Floats[], to: readonly Floats[]): void {
  for (let i = 0; i < from.length; i++) {
    const [before, array] = [from[i]!, to[i]!];
    for (let j = 0; j < array.length; j++) array[j] = array[j] === 0 ? before[j]! : before[j]! + array[j]!;
  }
}

function newBranch(arrays: readonly Floats[]): Floats {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  return arrays.every(isFloat32) ? new Float32Array(length) : new Float64Array(length);
}

/** The layers of a network that tells them. */
export function layersOf(net: Network): readonly Layer[] {
  return (net as Network & { readonly layers?: readonly Layer[] }).layers ?? [];
}
