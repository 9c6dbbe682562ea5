/** One network and its training, without the worker around it: what a request does, and what is answered. */

import { Dataset, type EpochRecord, type Sequential, Trainer } from 'zerokara';
import { firstWeights, floatsFor, layerOutputs } from './inside.js';
import type { Answer, Request, Stopped } from './messages.js';
import { augmentationOf, networkOf, networkOfFile, optimizerOf, PIXEL_SCALE } from './networks.js';
import { type Digits, labelsOf, PIXELS, SIDE } from './packed-digits.js';
import type { NetworkSettings, TrainingSettings } from './settings.js';

/** Milliseconds between two messages of a run: of its losses, and of what the network has become. */
const LOSSES_EVERY = 50;
const PICTURES_EVERY = 250;

type Send = (answer: Answer, transfer?: ArrayBuffer[]) => void;

/** A run of the Trainer, and what it was begun with. */
interface Run {
  readonly trainer: Trainer;
  readonly settings: TrainingSettings;
  /** Updates of the network before it. */
  readonly before: number;
  /** Epochs of the network before it. */
  readonly epochsBefore: number;
  /** Its loss was not finite: it cannot go on, but its network can. */
  failed: boolean;
}

export class Session {
  readonly #digits: Digits;
  readonly #send: Send;
  #net: Sequential;
  /** Of the order of the digits. */
  #seed: number;
  #run: Run | undefined;
  #pause: AbortController | undefined;
  /** The digit that the page shows. */
  #shown: Extract<Request, { type: 'look' }> | undefined;
  /** Losses that have not been sent. */
  #losses: number[] = [];

  constructor(digits: Digits, settings: NetworkSettings, send: Send) {
    this.#digits = digits;
    this.#send = send;
    this.#net = networkOf(settings);
    this.#seed = settings.seed;
    this.#use(this.#net);
  }

  /** @throws what the library throws, e.g. for a file that does not fit; the network then stays as it was */
  async answer(request: Request): Promise<void> {
    switch (request.type) {
      case 'build':
        this.#seed = request.settings.seed;
        return this.#use(networkOf(request.settings));
      case 'train':
        return this.#train(request.settings);
      case 'pause':
        return this.#pause?.abort();
      case 'look':
        this.#shown = request;
        return this.#sendSeen();
      case 'open':
        return this.#open(request.name, request.bytes);
      case 'save':
        return this.#sendSaved();
    }
  }

  /** @throws in the library's words, for a network that does not read 784 pixels or does not tell 10 classes apart */
  #use(net: Sequential, file?: string): void {
    net.byteScale ??= PIXEL_SCALE;
    const testAccuracy = net.accuracy(this.#dataset(this.#digits.test, net));
    // What the page shows of it: refused before anything is replaced.
    const first = this.#digits.test.subarray(0, PIXELS);
    net.predictInto(floatsFor(net, 10), first);
    layerOutputs(net, first);
    this.#pause?.abort();
    this.#run = undefined;
    this.#losses = [];
    this.#net = net;
    const parameters = Object.values(net.params).reduce((sum, { size }) => sum + size, 0);
    const { name } = net.constructor;
    const named = file === undefined ? {} : { file };
    this.#send({ type: 'built', name, sizes: sizesOf(net), parameters, testAccuracy, ...named });
    this.#sendPictures();
  }

  #open(name: string, bytes: Uint8Array): void {
    try {
      this.#use(networkOfFile(bytes), name);
    } catch (error) {
      throw new Error(`${name} cannot be used here. ${messageOf(error)}`);
    }
  }

  #dataset(pixels: Uint8Array, { byteScale }: Sequential): Dataset {
    const x = { data: pixels, shape: [pixels.length / PIXELS, SIDE, SIDE] };
    return Dataset.from({ x, labels: labelsOf(pixels), classes: 10, scale: byteScale ?? PIXEL_SCALE });
  }

  async #train(settings: TrainingSettings): Promise<void> {
    const net = this.#net;
    let run: Run;
    try {
      run = this.#runWith(settings);
    } catch (error) {
      return this.#send({ type: 'stopped', why: 'failed', message: messageOf(error) });
    }
    const pause = new AbortController();
    this.#pause = pause;
    let [lossesSent, picturesSent] = [performance.now(), performance.now()];
    const onStep = ({ loss }: { readonly loss: number }): void => {
      this.#losses.push(loss);
      const now = performance.now();
      if (now - lossesSent < LOSSES_EVERY) return;
      lossesSent = now;
      this.#sendLosses(run);
      if (now - picturesSent < PICTURES_EVERY) return;
      picturesSent = now;
      this.#sendPictures();
    };
    const onEpochEnd = (record: EpochRecord): void => {
      this.#sendLosses(run);
      const { step, trainAccuracy, testAccuracy, testLoss } = record as Required<EpochRecord>;
      this.#send({ type: 'measured', step: run.before + step, trainAccuracy, testAccuracy, testLoss });
    };
    const stopped = await run.trainer.fit({ signal: pause.signal, onStep, onEpochEnd }).then(
      ({ warnings }): Stopped => ({
        type: 'stopped',
        why: 'complete',
        warnings: warnings.map(inThisPage).filter(Boolean),
      }),
      (error: unknown): Stopped =>
        error === pause.signal.reason
          ? { type: 'stopped', why: 'paused' }
          : { type: 'stopped', why: 'failed', message: messageOf(error) },
    );
    run.failed = stopped.why === 'failed';
    if (this.#net !== net) return; // it was replaced, and the page knows
    this.#sendLosses(run);
    this.#send(stopped);
    this.#sendPictures();
  }

  /** The run under way, moved on if it is complete; a new one if it has failed, or the settings are others. */
  #runWith(settings: TrainingSettings): Run {
    const old = this.#run;
    if (old !== undefined && !old.failed && sameSettings(old.settings, settings)) {
      if (old.trainer.isComplete) old.trainer.extend({ epochs: settings.epochs });
      return old;
    }
    const net = this.#net;
    const augment = augmentationOf(settings);
    const trainer = new Trainer(net, {
      train: this.#dataset(this.#digits.train, net),
      test: this.#dataset(this.#digits.test, net),
      optimizer: optimizerOf(settings),
      batchSize: settings.batchSize,
      epochs: settings.epochs,
      seed: this.#seed,
      ...(augment === undefined ? {} : { augment }),
    });
    this.#run = {
      trainer,
      settings,
      before: old === undefined ? 0 : old.before + old.trainer.step,
      epochsBefore: old === undefined ? 0 : old.epochsBefore + old.trainer.history.epochs.length,
      failed: false,
    };
    return this.#run;
  }

  #sendLosses({ trainer, before, epochsBefore }: Run): void {
    const losses = Float64Array.from(this.#losses);
    this.#losses = [];
    const { step, stepsPerEpoch, totalSteps } = trainer;
    const epoch = epochsBefore + trainer.epoch;
    const epochs = epochsBefore + Math.round(totalSteps / stepsPerEpoch);
    this.#send({ type: 'progress', losses, step: before + step, epoch, epochs }, [losses.buffer]);
  }

  /** What changes with the weights: their pictures, and the answer to the digit of the page. */
  #sendPictures(): void {
    const weights = firstWeights(this.#net);
    if (weights !== undefined) this.#send(weights, [weights.data.buffer]);
    this.#sendSeen();
  }

  #sendSeen(): void {
    if (this.#shown === undefined) return;
    const { question, pixels } = this.#shown;
    const net = this.#net;
    const probabilities = Float64Array.from(net.predictInto(floatsFor(net, 10), pixels));
    const layers = layerOutputs(net, pixels);
    this.#send({ type: 'seen', question, probabilities, layers }, [
      probabilities.buffer,
      ...layers.map(({ data }) => data.buffer),
    ]);
  }

  #sendSaved(): void {
    const bytes = this.#net.toBytes().slice();
    this.#send({ type: 'saved', name: `${this.#net.constructor.name}.safetensors`, bytes }, [bytes.buffer]);
  }
}

/** The shapes of one row from the input to the scores, e.g. `28×28×1 → 24×24×30 → 12×12×30 → 100 → 10`. */
function sizesOf(net: Sequential): string {
  const shapes = [net.inputShape ?? [PIXELS]];
  for (const layer of net.layers) shapes.push(layer.outputShape?.(shapes.at(-1)!) ?? shapes.at(-1)!);
  const sizes = shapes.map((shape) => shape.join('×'));
  return sizes.filter((size, i) => size !== sizes[i - 1]).join(' → ');
}

/** A warning of the library as sentences, without advice about columns, which are the pixels here; empty if it gives no other. */
export function inThisPage(warning: string): string {
  const sentences = warning
    .replace('standardized columns, or other', 'or other')
    .replace(/Standardize the columns of x, (\w)/, (_, first: string) => first.toUpperCase())
    .replace(/^The columns of x differ in scale: .*$/, '');
  return sentences === '' || /[.!?]$/.test(sentences) ? sentences : `${sentences}.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sameSettings(a: TrainingSettings, b: TrainingSettings): boolean {
  return (Object.keys(a) as (keyof TrainingSettings)[]).every((key) => a[key] === b[key]);
}
