import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ZerokaraError } from '../../src/errors.js';
import type { Targets } from '../../src/layers/layer.js';
import type { LayerDescription } from '../../src/layers/layer-types.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { SGD } from '../../src/optim/sgd.js';
import type { Values } from '../../src/tensor/values.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { exactAnswers, exactLosses } from '../support/exact-loss.js';
import { LONG } from '../support/long.js';
import { INVALID, type Invalid, type Pair, randomPair } from '../support/random-pair.js';

const COUNT = LONG ? 100_000 : 5_000;

/** Milliseconds; the full study takes about one minute. */
const TIMEOUT = 600_000;

/** What came of a pair: what refused it and whether that was before the first step, or what was computed wrongly. */
interface Outcome {
  readonly refusal?: unknown;
  readonly late?: boolean;
  readonly wrong?: string;
}

/** The network of a pair: of columns, or of images of a single row. */
function networkOf({ network }: Pair): Sequential {
  const { inputSize, hiddenSizes, outputSize, task, seed, dtype } = network;
  if (seed % 4 !== 0) return new MultiLayerNet(network);
  return Sequential.from(
    {
      input: [1, inputSize, 1],
      layers: [
        ...hiddenSizes.flatMap<LayerDescription>((filters) => [
          { type: 'convolution', filters, kernelSize: [1, 3], padding: 'same', activation: 'relu' },
          { type: 'maxPooling', poolSize: [1, 2], stride: 1, padding: 'same' },
        ]),
        { type: 'affine', outputSize },
      ],
      task,
    },
    { seed, dtype },
  );
}

/** Builds a network and a data set, trains for two steps, and compares losses and accuracies with their definitions. */
function train(pair: Pair): Outcome {
  let started = false;
  try {
    const net = networkOf(pair);
    const dataset = Dataset.from(pair.data as unknown as Parameters<typeof Dataset.from>[0]);
    const optimizer = new SGD({ learningRate: 1e-6 });
    const trainer = new Trainer(net, { train: dataset, steps: 2, batchSize: dataset.size, optimizer, seed: 1 });
    const before = exact(net, pair);
    started = true;
    const history = trainer.fitSync();
    const after = exact(net, pair);
    const evaluated = net.evaluate(dataset);
    return firstWrong([
      ['the loss of the first step', history.losses[0], before.loss],
      ['the loss of evaluate', evaluated.loss, after.loss],
      ['the accuracy of evaluate', evaluated.accuracy, after.accuracy],
      ['the accuracy in the history', history.epochs.at(-1)!.trainAccuracy, after.accuracy],
      ['the loss of loss', net.loss(dataset), after.loss],
    ]);
  } catch (refusal) {
    return { refusal, late: started };
  }
}

/** Gives x and the labels to a network itself. */
function ask(pair: Pair): Outcome {
  const { x, labels, multiLabels, targets } = pair.data;
  const learned = (labels ?? multiLabels ?? targets) as Targets;
  try {
    const net = networkOf(pair);
    const loss = net.loss(x as Values, learned);
    const evaluated = net.evaluate(x as Values, learned);
    const { loss: exactLoss, accuracy } = exact(net, pair);
    return firstWrong([
      ['the loss of loss(x, labels)', loss, exactLoss],
      ['the loss of evaluate(x, labels)', evaluated.loss, exactLoss],
      ['the accuracy of evaluate(x, labels)', evaluated.accuracy, accuracy],
      ['the loss of lossAndGradient', net.lossAndGradient(x as Values, learned), exactLoss],
    ]);
  } catch (refusal) {
    return { refusal };
  }
}

/** Loss and accuracy by their definitions, from the network's scores. */
function exact(
  net: Sequential,
  { network, x, targets, weights }: Pair,
): { loss: number; accuracy: number | undefined } {
  const rounded = network.dtype === 'float32' ? Math.fround : (value: number): number => value;
  const scores = net.logits(x.map((row) => row.map(rounded))).toArray() as number[][];
  const t = targets.map((row) => row.map(rounded));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return {
    loss: mean(exactLosses(network.task, scores, t).map((loss, i) => rounded(weights[i]!) * loss)),
    accuracy: network.task === 'regression' ? undefined : mean(exactAnswers(network.task, scores, t).map(Number)),
  };
}

/**
 * The first of these that is not within 1e-5, relative, of what it is exactly; or of a few last digits of 1, to which a
 * loss near 0 was added inside a logarithm.
 */
function firstWrong(
  values: readonly [what: string, found: number | undefined, exactly: number | undefined][],
): Outcome {
  for (const [what, found, exactly] of values) {
    if (found === exactly || Math.abs(found! - exactly!) <= 1e-5 * Math.abs(exactly!) + 2 ** -50) continue;
    return { wrong: `${what} is ${found}, exactly ${exactly}` };
  }
  return {};
}

/** What only a data set or a Trainer can refuse: a network itself has no such argument, or lets NaN through to the loss. */
const OF_DATASETS: readonly Invalid[] = [
  'data of another kind',
  'NaN in x',
  'infinity in x',
  'NaN in the targets',
  'no rows',
  'a scale for numbers that are not bytes',
  'a wrong number of weights',
  'a negative weight',
];

/** Whether the pair can be given to the network itself, which knows its own classes and no others. */
function canAsk({ invalid, data, network }: Pair): boolean {
  if (data['scale'] !== undefined || data['weights'] !== undefined) return false;
  // N single numbers may be labels that were given to a regression by mistake: only a data set says what they are.
  if (Array.isArray(data['targets']) && typeof data['targets'][0] === 'number') return false;
  if (invalid.includes('an index out of range') && (data['classes'] as number) < network.outputSize) return false;
  return !invalid.some((kind) => OF_DATASETS.includes(kind));
}

/** How often a kind of invalid pair came, how often alone, and how often it was refused. */
class Tally {
  came = 0;
  alone = 0;
  refused = 0;

  add(isAlone: boolean, isRefused: boolean): void {
    this.came++;
    if (isAlone) this.alone++;
    if (isRefused) this.refused++;
  }
}

test(
  `FOUND A1, A2, A3, A4: ${COUNT} pairs of network and data are refused, or train with the exact loss`,
  () => {
    const wrong: string[] = [];
    const tallies = new Map(INVALID.map((kind) => [kind, new Tally()]));
    const trained = new Map<string, number>();
    let asked = 0;
    for (let seed = 0; seed < COUNT; seed++) {
      const pair = randomPair(seed);
      const { invalid, network, given } = pair;
      const judge = (how: string, { refusal, late, wrong: complaint }: Outcome): void => {
        const name = `seed ${seed} (${invalid.join(', ') || 'valid'}; ${network.task} of ${network.outputSize}) ${how}`;
        if (complaint !== undefined) wrong.push(`${name}: ${complaint}`);
        if (refusal !== undefined && !(refusal instanceof ZerokaraError)) wrong.push(`${name}: ${refusal}`);
        if (refusal !== undefined && invalid.length === 0) wrong.push(`${name} was refused: ${refusal}`);
        if (refusal === undefined && invalid.length > 0) wrong.push(`${name} was accepted`);
        if (late === true) wrong.push(`${name} was refused after the run had begun: ${refusal}`);
      };
      const outcome = train(pair);
      judge('in training', outcome);
      if (canAsk(pair)) {
        asked++;
        judge('by itself', ask(pair));
      }
      for (const kind of invalid) tallies.get(kind)!.add(invalid.length === 1, outcome.refusal !== undefined);
      if (outcome.refusal === undefined) {
        const combination = `${network.task} from ${given === 'binary' ? 'labels of two classes' : given}`;
        trained.set(combination, (trained.get(combination) ?? 0) + 1);
      }
    }
    const lines = [
      `${COUNT} pairs, ${asked} of them given to the network itself too; ${wrong.length} wrong. Trained:`,
      ...[...trained].map(([combination, count]) => `  ${combination}: ${count}`),
      'Refused, by what is wrong:',
      ...[...tallies].map(
        ([kind, { came, alone, refused }]) => `  ${kind}: ${refused} of ${came} (${alone} times alone)`,
      ),
    ];
    console.log(lines.join('\n'));
    expect(wrong.slice(0, 20)).toEqual([]);
    for (const { came, alone, refused } of tallies.values()) {
      expect(refused).toBe(came);
      expect(came).toBeGreaterThanOrEqual(0.01 * COUNT);
      expect(alone).toBeGreaterThan(0);
    }
  },
  TIMEOUT,
);
