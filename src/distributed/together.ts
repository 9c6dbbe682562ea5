/** A run that is shared by several processes. */

import type { Floats } from '../backend/backend.js';
import type { Batch } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import type { Share } from '../data/share.js';
import { ArgumentError, DivergenceError, StateError } from '../errors.js';
import { isJsonData, type StatedArray, withArrays, withoutArrays } from '../io/arrays-in-json.js';
import type { Layer, LayerState } from '../layers/layer.js';
import type { Evaluator, Network } from '../models/network.js';
import type { Optimizer } from '../optim/optimizer.js';
import { bitsOf, bitsOfText } from './bits.js';
import { failedElsewhere } from './failure.js';
import { BucketSums, FixedSums, type GradientSums, layersOf } from './gradient-sums.js';
import type { Link } from './link.js';
import { News } from './news.js';
import type { Common, Listeners, Outcome, Ranks, Turn } from './ranks.js';
import { ranksText } from './ranks-text.js';
import { type Counted, FIXED_PARTS, type Settings } from './settings.js';
import { SharedEvaluator } from './shared-evaluator.js';

/** A callback of the first rank may write a large file, or ask a slow service. */
const PATIENCE_FOR_CALLBACKS = 12;

/** `broken`: this rank has failed outside of its callbacks, and the run cannot continue. */
const OUTCOMES: readonly (Outcome | 'broken')[] = ['on', 'stop', 'failed', 'broken'];

export function together(link: Link, net: Network, settings: Settings, counted: Counted): Ranks {
  return new Together(link, net, settings, counted);
}

/** What the first rank says of the states of its layers. */
interface SharedStates {
  /** The first layer whose state cannot be shared; -1 without one. */
  readonly refused: number;
  readonly json: unknown;
  /** Of each array its place in the JSON, its length and the bytes of an element, in the order in which they follow. */
  readonly sizes: readonly (readonly [name: string, length: number, bytes: number])[];
}

class Together implements Ranks {
  readonly isFirst: boolean;
  readonly share: Share;
  private readonly sums: GradientSums;
  /** Parts that a batch and a data set are cut into. */
  private readonly parts: number;
  /** Layers that draw numbers for each row. */
  private readonly drawing: readonly Layer[];
  /** Whether anyone listens, which is agreed on when a series begins. */
  private signals = false;
  private stepCallbacks = false;
  /** How many times as long as in a step this rank waits for what the first decides. */
  private patience = 1;
  readonly news: News = new News();
  /** Whether the failure of a rank has been told. */
  isBroken = false;

  constructor(
    readonly link: Link,
    readonly net: Network,
    private readonly settings: Settings,
    private readonly counted: Counted,
  ) {
    const { rank, size } = link;
    const { deterministic } = settings;
    this.isFirst = rank === 0;
    this.share = { index: rank, count: size };
    this.parts = deterministic ? FIXED_PARTS : size;
    const { news } = this;
    this.sums = deterministic
      ? new FixedSums(link, net, counted, news)
      : new BucketSums(link, net, settings, counted, news);
    this.drawing = layersOf(net).filter((layer) => layer.skip !== undefined);
  }

  /** A part without rows is left out. */
  smallestPart(rows: number, layer: Layer): number {
    if (this.settings.synchronizeBatchNormalization && layer.synchronize !== undefined) return rows;
    return Math.max(1, Math.floor(rows / this.parts));
  }

  drawSeed(): number {
    return this.link.drawSeed();
  }

  begin(common: () => Common, { signal, hasOnStep, hasOnEpochEnd }: Listeners): void {
    const { deterministic, bucketBytes, synchronizeBatchNormalization } = this.settings;
    const own = Object.entries({ deterministic, bucketBytes, synchronizeBatchNormalization }).map(([name, value]) => ({
      name,
      text: String(value),
    }));
    this.requireCommon([...common(), ...own]);
    for (const array of weightsOf(this.net)) this.link.broadcast(array);
    this.shareLayerStates();
    this.news.signal = signal;
    const flags = this.link.gather([signal !== undefined, hasOnStep, hasOnEpochEnd].map(Number), 0);
    this.signals = this.ofEach(flags, 3, 0).includes(1);
    this.stepCallbacks = this.ofEach(flags, 3, 1).includes(1);
    // Only the first rank calls what a program has written.
    this.patience = this.isFirst || (flags[1] === 0 && flags[2] === 0) ? 1 : PATIENCE_FOR_CALLBACKS;
  }

  private requireCommon(common: Common): void {
    const all = this.link.gather(
      common.flatMap(({ text }) => bitsOfText(text)),
      0,
    );
    for (const [i, { name, text, fix }] of common.entries()) {
      const others = this.othersThanFirst(all, 2 * common.length, 2 * i);
      if (others.length === 0) continue;
      const texts = this.textOfEach(text);
      throw new ArgumentError({
        operation: 'Trainer',
        found: `${name} is ${texts[0]} on rank 0 and ${texts[others[0]!]} on ${ranksText(others)}`,
        expected: 'the same on all ranks',
        fix: fix ?? 'Give every rank the same network, data and options',
      });
    }
  }

  /** A text that is not the same on each rank. */
  private textOfEach(own: string): readonly string[] {
    const codes = Array.from(own, (character) => character.codePointAt(0)!);
    const length = Math.max(...this.link.gather([codes.length], 0));
    const all = this.link.gather([...codes, ...Array<number>(length - codes.length).fill(0)], 0);
    return Array.from({ length: this.link.size }, (_, rank) =>
      String.fromCodePoint(...all.subarray(rank * length, (rank + 1) * length)).replaceAll('\0', ''),
    );
  }

  /** All begin with what the layers of the first remember, e.g. where their generators stand. */
  private shareLayerStates(): void {
    const states = this.net.layerStates?.() ?? [];
    const refused = states.findIndex((state) => !isJsonData(state));
    const arrays: Record<string, StatedArray> = {};
    const json = refused === -1 ? withoutArrays(states, '', arrays) : null;
    const sizes = Object.entries(arrays).map(([name, { data }]) => [name, data.length, data.BYTES_PER_ELEMENT]);
    const text = new TextEncoder().encode(JSON.stringify({ refused, json, sizes }));
    const length = Float64Array.of(text.length);
    this.link.broadcast(length);
    const ofFirst = this.isFirst ? text : new Uint8Array(length[0]!);
    this.link.broadcast(ofFirst);
    this.takeLayerStates(JSON.parse(new TextDecoder().decode(ofFirst)) as SharedStates, arrays);
  }

  /** @param own arrays of this rank, by their places */
  private takeLayerStates({ refused, json, sizes }: SharedStates, own: Readonly<Record<string, StatedArray>>): void {
    if (refused !== -1) {
      throw new StateError({
        operation: 'Trainer',
        found: `the state of layers[${refused}] is not JSON data`,
        expected: 'finite numbers, strings, lists, plain objects and float arrays, which all ranks begin with',
      });
    }
    const received = new Map<string, Floats>();
    for (const [name, length, bytes] of sizes) {
      const array = this.isFirst ? own[name]!.data : bytes === 4 ? new Float32Array(length) : new Float64Array(length);
      this.link.broadcast(array);
      received.set(name, array);
    }
    if (this.isFirst) return;
    const states = withArrays(json, (name) => received.get(name)) as readonly (LayerState | null)[];
    this.net.restoreLayerStates?.(states);
  }

  fail(error: unknown): void {
    this.news.failed ??= { error };
  }

  get hasFailed(): boolean {
    return this.news.failed !== undefined;
  }

  lossAndGradient(batch: Batch | undefined): number {
    const { before, rows } = batch?.within ?? { before: 0, rows: 1 };
    for (const layer of this.drawing) layer.skip!(before);
    const loss = this.sums.lossAndGradient(batch, rows);
    for (const layer of this.drawing) layer.skip!(rows - before - batch!.size);
    this.counted.steps++;
    if (Number.isFinite(loss)) return loss;
    throw new DivergenceError(loss, {
      operation: 'Trainer',
      found: `the loss is ${loss}`,
      expected: 'a finite number',
      fix: 'Use a smaller learning rate, and check that x holds no NaN',
    });
  }

  evaluator(dataset: Dataset): Evaluator {
    if (this.parts === 1) return this.net.evaluator(dataset);
    return SharedEvaluator.of(dataset, this, this.parts, this.settings.deterministic);
  }

  sampleEvaluator(own: Dataset | undefined): Evaluator {
    return SharedEvaluator.ofOwn(own, this);
  }

  requireSameFinite(dataset: string, rows: Int32Array): void {
    const all = this.link.gather([...bitsOf([rows]), rows.length], 1);
    const others = this.othersThanFirst(all, 3, 0);
    if (others.length === 0) return;
    const [count, other] = [all[2]!, all[3 * others[0]! + 2]!];
    throw new ArgumentError({
      operation: 'Trainer',
      found: `the loss is not finite; ${count} rows of ${dataset} hold finite numbers on rank 0, and ${other}${count === other ? ' other ones' : ''} on ${ranksText(others)}`,
      expected: 'the same on all ranks',
      fix: 'Give every rank the same data',
    });
  }

  anyAborts(): boolean {
    return this.news.isAborted;
  }

  /** A callback of the first rank may take as long as it likes: nothing has begun. */
  afterBegin(own: Outcome, optimizer: Optimizer): void {
    this.agree([], own, optimizer, 0);
  }

  anyStops(turn: Turn, own: Outcome, optimizer: Optimizer): boolean {
    if (turn === 'chunk') {
      // Of a step, who aborts has gone with the loss.
      if (this.signals) this.news.isAborted = this.link.gather([this.news.aborts], 1).includes(1);
      return own === 'stop';
    }
    if (turn === 'step' && !this.stepCallbacks) return own === 'stop';
    // After a failure nobody reads the weights.
    const checked = turn === 'step' ? [] : own === 'failed' ? [0, 0] : bitsOf(weightsOf(this.net));
    return this.agree(checked, own, optimizer, this.patience);
  }

  afterEnd(own: Outcome): void {
    const failed = Array.from(this.link.gather([Number(own === 'failed')], PATIENCE_FOR_CALLBACKS));
    this.requireNoneFailed(
      failed.map((of) => (of === 1 ? 'failed' : 'on')),
      own,
      'See the error there',
    );
  }

  /** What all ranks do after their callbacks: whether any stops. */
  private agree(checked: readonly number[], own: Outcome, optimizer: Optimizer, patience: number): boolean {
    const { link, news } = this;
    const outcome = OUTCOMES.indexOf(this.hasFailed ? 'broken' : own);
    const each = [outcome, optimizer.learningRate, news.aborts, ...checked];
    const all = link.gather(each, patience);
    const rate = all[1]!;
    if (rate !== optimizer.learningRate) (optimizer as { learningRate: number }).learningRate = rate;
    news.isAborted = this.ofEach(all, each.length, 2).includes(1);
    const outcomes = this.ofEach(all, each.length, 0).map((of) => OUTCOMES[of]);
    this.requireNoneBroken(outcomes);
    this.requireNoneFailed(outcomes, own, 'See the error there. fit continues the run, once all ranks call it');
    if (checked.length > 0 && own !== 'failed') this.requireEqualBits(all, each.length);
    return outcomes.includes('stop');
  }

  private requireNoneBroken(outcomes: readonly (string | undefined)[]): void {
    const broken = placesOf(outcomes, 'broken');
    if (broken.length === 0) return;
    this.isBroken = true;
    throw this.news.failed === undefined ? failedElsewhere(broken, 'an update') : this.news.failed.error;
  }

  /** The rank whose callback has thrown throws that: here it only has to say so. */
  private requireNoneFailed(outcomes: readonly (string | undefined)[], own: Outcome, fix: string): void {
    const failed = placesOf(outcomes, 'failed');
    if (failed.length === 0 || own === 'failed') return;
    throw new StateError({
      operation: 'Trainer',
      found: `a callback of ${ranksText(failed)} has thrown an error`,
      expected: 'all ranks to go on',
      fix,
    });
  }

  private requireEqualBits(all: Float64Array, stride: number): void {
    const others = this.othersThanFirst(all, stride, 3);
    if (others.length === 0) return;
    throw new StateError({
      operation: 'Trainer',
      found: `the weights of ${ranksText(others)} differ from those of rank 0`,
      expected: 'equal bits on all ranks after each epoch',
      fix: 'Run the same program on the same kind of CPU on every rank; a callback, which rank 0 alone calls, must not write weights',
    });
  }

  /** The ranks whose two sums, at this place of `stride` numbers, are not those of the first. */
  private othersThanFirst(all: Float64Array, stride: number, place: number): readonly number[] {
    const [ones, twos] = [place, place + 1].map((at) => this.ofEach(all, stride, at));
    return ones!.flatMap((one, rank) => (one === ones![0] && twos![rank] === twos![0] ? [] : [rank]));
  }

  /** One of `stride` numbers that each rank has sent. */
  private ofEach(all: Float64Array, stride: number, place: number): readonly number[] {
    return Array.from({ length: this.link.size }, (_, rank) => all[rank * stride + place]!);
  }
}

function placesOf(outcomes: readonly (string | undefined)[], wanted: string): readonly number[] {
  return outcomes.flatMap((outcome, rank) => (outcome === wanted ? [rank] : []));
}

/** What a network has learned: live arrays. */
function weightsOf({ params, buffers }: Network): readonly Floats[] {
  return [...Object.values(params), ...Object.values(buffers ?? {})].map(({ data }) => data);
}
