/** One run: points, network and Trainer of a set-up, trained as long as it is told to. */

import { Dataset, type Sequential, Trainer, ZerokaraError } from 'zerokara';
import { Maps } from './maps.js';
import type { Frame, PointList } from './messages.js';
import { networkOf, optimizerOf } from './network.js';
import { pointsOf } from './point-sets.js';
import type { Settings } from './settings.js';

/** A run ends after so many epochs; playing on makes it longer. */
const EPOCHS = 10_000;

/** With fewer points none is held out. */
const FEWEST_TO_SPLIT = 10;

/** Waits shorter than this are not worth their timer. */
const SHORTEST_WAIT = 4;

export class Training {
  readonly net: Sequential;
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly #trainer: Trainer;
  readonly #maps: Maps;
  readonly #neurons: number;
  #pause = new AbortController();
  /** It is to pause once the epoch has been recorded. */
  #isPausing = false;
  #epochsPerSecond = 0;
  /** When which step was due, to keep the pace. */
  #since = { time: 0, step: 0 };
  /** The records whose losses have been sent; −1 before those of the untrained network. */
  #told = -1;

  constructor(settings: Settings) {
    const all = Dataset.from(datasetOf(settings));
    const parts = settings.set === 'own' && all.size < FEWEST_TO_SPLIT ? { train: all } : split(all, settings);
    this.train = parts.train;
    this.test = 'test' in parts ? parts.test : undefined;
    this.net = networkOf(settings);
    this.#trainer = new Trainer(this.net, {
      train: this.train,
      ...(this.test === undefined ? {} : { test: this.test }),
      optimizer: optimizerOf(settings),
      batchSize: settings.batch === 'all' ? this.train.size : Math.min(Number(settings.batch), this.train.size),
      epochs: EPOCHS,
      seed: settings.seed,
    });
    this.#maps = new Maps(this.net);
    this.#neurons = settings.layers.reduce((sum, size) => sum + size, 0);
  }

  /** Trains until `pause` or the end of the run; `onStep` is called after each update. */
  async play(epochsPerSecond: number, onStep: () => void): Promise<'paused' | 'complete' | 'diverged'> {
    if (this.#trainer.isComplete) this.#trainer.extend({ epochs: EPOCHS });
    this.setPace(epochsPerSecond);
    this.#pause = new AbortController();
    this.#isPausing = false;
    const { signal } = this.#pause;
    try {
      await this.#trainer.fit({
        signal,
        onStep: () => {
          onStep();
          return this.#waitForTurn();
        },
        onEpochEnd: () => {
          if (this.#isPausing) this.#pause.abort();
        },
      });
      return 'complete';
    } catch (error) {
      if (signal.aborted && error === signal.reason) return 'paused';
      if (error instanceof ZerokaraError && error.code === 'ZK_DIVERGENCE') return 'diverged';
      throw error;
    }
  }

  /** One update, then rest. */
  async step(): Promise<'stepped' | 'diverged'> {
    const why = await this.play(Number.POSITIVE_INFINITY, () => this.pause());
    return why === 'diverged' ? why : 'stepped';
  }

  /** How many epochs a second are trained at most, from now on. */
  setPace(epochsPerSecond: number): void {
    this.#epochsPerSecond = epochsPerSecond;
    this.#since = { time: performance.now(), step: this.#trainer.step };
  }

  /** After the last step of an epoch its record comes first: figures and curves are of the same epoch then. */
  pause(): void {
    const complete = Math.floor(this.#trainer.step / this.#trainer.stepsPerEpoch);
    if (complete === this.#trainer.history.epochs.length) this.#pause.abort();
    else this.#isPausing = true;
  }

  /** A promise where the run is ahead of its pace. */
  #waitForTurn(): Promise<void> | undefined {
    const { time, step } = this.#since;
    const { stepsPerEpoch, step: now } = this.#trainer;
    const ahead = time + (1000 * (now - step)) / (this.#epochsPerSecond * stepsPerEpoch) - performance.now();
    // After a pause of the machine it goes on from here and does not hurry to make up for it.
    if (ahead < -1000) this.setPace(this.#epochsPerSecond);
    return ahead < SHORTEST_WAIT ? undefined : new Promise((resolve) => setTimeout(resolve, ahead));
  }

  /** What is to be seen now, and the losses since the last frame. */
  frame(run: number): Frame {
    const { net, train, test } = this;
    const [onTrain, onTest] = [net.evaluate(train), test === undefined ? undefined : net.evaluate(test)];
    return {
      type: 'frame',
      run,
      step: this.#trainer.step,
      epoch: this.#trainer.history.epochs.length,
      trainLoss: onTrain.loss,
      trainAccuracy: onTrain.accuracy!,
      testLoss: onTest?.loss ?? Number.NaN,
      testAccuracy: onTest?.accuracy ?? Number.NaN,
      losses: this.#newLosses(onTrain.loss, onTest?.loss),
      maps: this.#maps.draw(this.#neurons),
      weights: weightsOf(net),
    };
  }

  #newLosses(train: number, test = Number.NaN): Float32Array {
    const { epochs } = this.#trainer.history;
    const untrained = this.#told < 0 ? [train, test] : [];
    const fresh = epochs.slice(Math.max(this.#told, 0));
    this.#told = epochs.length;
    return Float32Array.from([
      ...untrained,
      ...fresh.flatMap(({ trainLoss, testLoss = Number.NaN }) => [trainLoss, testLoss]),
    ]);
  }
}

/** Why a set-up cannot be trained, in a sentence for its user. */
export function obstacleOf(settings: Settings): string | undefined {
  if (settings.set !== 'own') return undefined;
  const classes = new Set(settings.points.map(({ label }) => label));
  return classes.size === 2 ? undefined : 'Add points of both classes: click into the plane.';
}

/** The points of a data set, as the page draws them. */
export function pointList(dataset: Dataset | undefined): PointList {
  if (dataset === undefined) return { x: new Float32Array(), labels: new Int32Array() };
  const { x, labels } = dataset.toTensors();
  return { x: x.data as Float32Array, labels: labels as Int32Array };
}

function datasetOf(settings: Settings) {
  const { x, labels } = pointsOf(settings);
  return { x: { data: x, shape: [labels.length, 2] }, labels, classes: 2 };
}

function split(all: Dataset, { test, seed }: Settings) {
  return all.split({ test: test / 100, seed, stratify: true });
}

/** The weights of the Affine layers, W1, W2, …, one after another. */
function weightsOf(net: Sequential): Float32Array {
  const all = Object.entries(net.params).filter(([name]) => name.startsWith('W'));
  return Float32Array.from(all.flatMap(([, { data }]) => [...data]));
}
