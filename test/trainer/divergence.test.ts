import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import type { DivergenceError } from '../../src/errors.js';
import { Affine } from '../../src/layers/affine.js';
import { IdentityWithLoss } from '../../src/layers/identity-with-loss.js';
import type { Layer, Tensors } from '../../src/layers/layer.js';
import { Relu } from '../../src/layers/relu.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Adam } from '../../src/optim/adam.js';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { remedy } from '../../src/trainer/divergence.js';
import type { StepEvent } from '../../src/trainer/fit-options.js';
import { numbersOfData } from '../../src/trainer/numbers-of-data.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import { LONG } from '../support/long.js';
import { countEndings, randomRun } from '../support/random-runs.js';
import { runnableBackends } from '../support/runnable.js';

/** 50 rows of 4 numbers; the class is which of the first three is largest. */
function rows(size: number, seed: number): Dataset {
  const x = Tensor.randomUniform([size, 4], { seed });
  return Dataset.from({ x, labels: x.slice([0, size], [0, 3]).argMax(1), classes: 3 });
}

const train = rows(50, 1);
const newNet = (): TwoLayerNet =>
  new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, weightInitStd: 'he', seed: 3 });
const newTrainer = (options: Partial<TrainerOptions> = {}, net = newNet()): Trainer =>
  new Trainer(net, { train, epochs: 6, batchSize: 8, seed: 4, ...options } as TrainerOptions);
const weights = (trainer: Trainer): number[] => Object.values(trainer.net.params).flatMap(({ data }) => [...data]);

async function divergenceOf(run: Promise<unknown>): Promise<DivergenceError> {
  return run.then(
    () => expect.unreachable('the run resolved'),
    (error) => {
      expect(error).toMatchObject({ name: 'DivergenceError', code: 'ZK_DIVERGENCE' });
      return error;
    },
  );
}

describe('a run whose loss is not finite', () => {
  test('does not apply the step, goes back to the last epoch, and cannot continue', async () => {
    const trainer = newTrainer({ evaluate: false });
    let afterEpoch: number[] = [];
    const onStep = ({ step }: StepEvent): void => {
      if (step === 7) afterEpoch = weights(trainer);
      if (step === 9) trainer.net.params['W1']!.data[0] = Number.NaN;
    };
    const error = await divergenceOf(trainer.fit({ onStep }));
    expect(error).toMatchObject({
      loss: Number.NaN,
      at: { step: 10, epoch: 2, learningRate: 0.1 },
      message:
        'Trainer: the loss is NaN at step 10 (epoch 2, learning rate 0.1). Nothing of this step was written, and the weights are those after step 7. Parameter W1 holds a number that is not finite, and no update wrote it. Look at what sets the parameters: a callback, or loadStateDict',
    });
    expect(weights(trainer)).toEqual(afterEpoch);
    expect(trainer.step).toBe(9);
    expect(trainer.history.losses).toHaveLength(9);
    expect(() => trainer.fitSync()).toThrow(
      expect.objectContaining({
        name: 'StateError',
        message: 'Trainer.fitSync: this run has failed; expected a new Trainer',
        cause: error,
      }),
    );
  });

  test('FOUND B1: does not go back to weights that no finite loss was computed from', async () => {
    const trainer = newTrainer({ evaluate: false });
    let afterFirst: number[] = [];
    const onStep = ({ step }: StepEvent): void => {
      if (step === 7) afterFirst = weights(trainer);
      if (step === 13) trainer.net.params['W1']!.data[0] = Number.NaN; // before the snapshot after step 14
    };
    await divergenceOf(trainer.fit({ onStep }));
    expect(weights(trainer)).toEqual(afterFirst);
  });

  test('FOUND B1: does not go back to a snapshot with a finite loss on one batch only', async () => {
    const net = new MultiLayerNet({ inputSize: 1, hiddenSizes: [], outputSize: 1, task: 'regression', seed: 1 });
    net.params['W1']!.data[0] = 0.5;
    // Weights above 1.13 make the last row infinite; it is drawn only after the first epoch of four steps.
    const dataset = Dataset.from({ x: [[1], [1], [1], [3e38]], targets: [4, 4, 4, 4] });
    const trainer = new Trainer(net, {
      train: dataset,
      steps: 40,
      batchSize: 1,
      sampling: 'replacement',
      seed: 2,
      evaluate: false,
      optimizer: 'sgd',
    });
    const error = await divergenceOf(trainer.fit());
    expect(error.at?.step).toBeGreaterThan(5);
    expect([...weights(trainer)]).toEqual([0.5, 0]);
    expect(net.loss(dataset)).toSatisfy(Number.isFinite);
    expect(error.message).toContain('column 0 of x reaches 3e+38');
  });
});

describe.each(runnableBackends())('FOUND B1, B2: a line through 20 points with the default rate, $name', (backend) => {
  const x = Array.from({ length: 20 }, (_, i) => [i]);
  const line = Dataset.from({ x, targets: x.map(([value]) => 2 * value! + 1) });
  const newLine = (): MultiLayerNet =>
    new MultiLayerNet({ inputSize: 1, hiddenSizes: [], outputSize: 1, task: 'regression', seed: 1, backend });

  test.each([1, 2, 5, 15, 17, 18, 19, 20, 25, 36, 37, 38, 39, 40, 2000])(
    'ends %d epochs with a finite loss or says why not',
    async (epochs) => {
      for (const evaluate of ['epochEnd', 'epochStart', false] as const) {
        const net = newLine();
        const error = await new Trainer(net, { train: line, epochs, batchSize: 20, seed: 1, evaluate }).fit().then(
          () => undefined,
          (thrown) => thrown,
        );
        expect(Number.isFinite(net.loss(line))).toBe(true);
        if (error === undefined) continue;
        expect(error).toMatchObject({ name: 'DivergenceError' });
        expect(error.message).toMatch(
          /In train, column 0 of x reaches 19 \(root mean square 11\.1\) and column 0 of the targets reaches 39 \(root mean square 23\.1\)\. Standardize the columns \(subtract the mean, divide by the standard deviation\), or use a smaller learning rate$/,
        );
      }
    },
  );
});

describe('FOUND B2: the remedy follows the cause', () => {
  const planted = (value: number): { data: Float32Array; dataset: Dataset } => {
    const data = Float32Array.from({ length: 40 }, (_, i) => (i % 7) / 7);
    const dataset = Dataset.from({ x: { data, shape: [10, 4] }, labels: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0] });
    data[5] = value;
    return { data, dataset };
  };

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d in x', async (value) => {
    const trainer = newTrainer({ train: planted(value).dataset });
    const start = weights(trainer);
    const { message } = await divergenceOf(trainer.fit());
    expect(message).toContain(
      `In train, x[1][1] is ${value}: the array was changed after Dataset.from had checked it. Repair the data and train again`,
    );
    expect(weights(trainer)).toEqual(start);
  });

  test('NaN in the test rows', async () => {
    const trainer = newTrainer({ test: planted(Number.NaN).dataset });
    const { message, loss, at } = await divergenceOf(trainer.fit());
    expect(message).toBe(
      'Trainer: the loss of test is NaN after step 7 (epoch 1, learning rate 0.1). The weights are those after step 7. In test, x[1][1] is NaN: the array was changed after Dataset.from had checked it. Repair the data and train again',
    );
    expect([loss, at]).toEqual([Number.NaN, { step: 7, epoch: 1, learningRate: 0.1 }]);
  });

  test('a learning rate that is far too large, back at the start', async () => {
    const trainer = newTrainer({ optimizer: new SGD({ learningRate: 1e30 }) });
    const start = weights(trainer);
    const { message } = await divergenceOf(trainer.fit());
    expect(message).toMatch(/the weights are those from before this run\. Use a smaller learning rate$/);
    expect(weights(trainer)).toEqual(start);
  });

  test('bytes that are not scaled', async () => {
    const data = Uint8Array.from({ length: 400 }, (_, i) => (i * 37) % 256);
    const x = { data, shape: [100, 4] };
    const pixels = Dataset.from({ x, targets: Array.from(data).filter((_, i) => i % 4 === 0) });
    const net = new MultiLayerNet({ inputSize: 4, hiddenSizes: [], outputSize: 1, task: 'regression', seed: 1 });
    const { message } = await divergenceOf(
      new Trainer(net, { train: pixels, epochs: 50, optimizer: 'sgd', seed: 1 }).fit(),
    );
    expect(message).toMatch(
      /In train, x holds bytes up to 255\. Give Dataset\.from \{ scale: 1 \/ 255 \}, or use a smaller learning rate$/,
    );
  });

  test('initial weights that give no finite loss: there is nothing to go back to', async () => {
    const net = newNet();
    net.params.W2.data.fill(Number.NaN);
    const { message } = await divergenceOf(newTrainer({}, net).fit());
    expect(message).toBe(
      'Trainer: the loss is NaN at step 1 (epoch 1, learning rate 0.1). No weights of this run give a finite loss, not even those from before this run. Nothing of this step was written, and the weights are those from before this run. Parameter W2 holds a number that is not finite, and no update wrote it. Look at what sets the parameters: a callback, or loadStateDict',
    );
  });

  test('data too large for the very first loss: the rate is not blamed', async () => {
    const net = new MultiLayerNet({ inputSize: 1, hiddenSizes: [], outputSize: 1, task: 'regression', seed: 1 });
    const huge = Dataset.from({ x: [[1], [2]], targets: [1e38, 3e38], dtype: 'float32' });
    net.params['W1']!.data.fill(3e38);
    const { message } = await divergenceOf(new Trainer(net, { train: huge, epochs: 1 }).fit());
    expect(message).toContain('column 0 of the targets reaches 3e+38');
    expect(message).not.toContain('learning rate)');
  });
});

describe('what the user has written is named', () => {
  /** √x, with the mistake that dy / (2√0) is infinite, and 0 · ∞ is NaN. */
  class Root implements Layer {
    readonly params = {};
    readonly grads = {};
    private y: Tensor = Tensor.zeros([1]);

    forward(x: Tensor): Tensor {
      this.y = x.sqrt();
      return this.y;
    }

    backward(dy: Tensor): Tensor {
      return dy.div(this.y.mul(2));
    }
  }

  /** A rule that writes NaN after some steps. */
  class Careless {
    readonly learningRate = 0.1;
    private steps = 0;

    update(params: Tensors): void {
      if (++this.steps === 3) params['W1']!.data[0] = Number.NaN;
    }
  }

  class Halves extends IdentityWithLoss {}
  Object.defineProperty(Halves.prototype, 'describe', { value: undefined });

  const line = Dataset.from({ x: [[-1], [1], [2], [3]], targets: [1, 2, 3, 4] });
  const layersOf = (...more: Layer[]): Layer[] => [
    new Affine({ inputSize: 1, outputSize: 3, seed: 1 }),
    ...more,
    new Affine({ inputSize: 3, outputSize: 1, seed: 2 }),
  ];
  const fail = async (net: Sequential, options: Partial<TrainerOptions> = {}): Promise<string> =>
    (
      await divergenceOf(
        new Trainer(net, {
          train: line,
          epochs: 20,
          batchSize: 4,
          optimizer: 'sgd',
          seed: 1,
          ...options,
        } as TrainerOptions).fit(),
      )
    ).message;

  test('a backward that gives NaN', async () => {
    const net = new Sequential(layersOf(new Relu(), new Root()), new IdentityWithLoss());
    expect(await fail(net)).toMatch(
      /^Trainer: the loss of train is NaN after step 1 .* The gradient of W1 is not finite, although the loss that it is of was \d+\.?\d*\. Check the backward of layer 3 \(Root\) with gradientCheck$/,
    );
  });

  test('a forward that gives NaN for small numbers', async () => {
    const net = new Sequential(layersOf(new Root()), new IdentityWithLoss());
    expect(await fail(net)).toMatch(
      /^Trainer: the loss is NaN at step 1 .* Layer 2 \(Root\) gives NaN for finite numbers \(row 0 of train: its x is from -\d\S* to \d\S*\)\. Check its forward$/,
    );
  });

  test('a loss that gives NaN for small scores', async () => {
    class Logarithm extends Halves {
      override forward(): number {
        return Number.NaN;
      }
      override loss(): number {
        return Number.NaN;
      }
    }
    const net = new Sequential(layersOf(), new Logarithm());
    expect(await fail(net)).toMatch(
      /The loss layer \(Logarithm\) gives NaN for finite scores \(from \S+ to \S+\)\. Check its loss and forward$/,
    );
  });

  test('an optimizer that writes NaN', async () => {
    const net = new Sequential(layersOf(), new IdentityWithLoss());
    expect(await fail(net, { optimizer: new Careless() })).toMatch(
      /Parameter W1 holds a number that is not finite, and its last gradient was finite\. Look at what sets the parameters: the update of Careless, a callback, or loadStateDict$/,
    );
  });

  test('but a layer of the library is not, nor one that was given huge numbers', async () => {
    const cause = /and the weights are those from before this run\. Use a smaller learning rate$/;
    for (const layers of [layersOf(new Relu()), layersOf(new Relu(), new Root())]) {
      const net = new Sequential(layers, new IdentityWithLoss());
      net.params['W1']!.data.fill(0.5);
      net.params['b1']!.data.fill(1);
      expect(await fail(net, { optimizer: new SGD({ learningRate: 1e30 }), evaluate: false })).toMatch(cause);
    }
  });

  test('nor one that cannot be asked, because it throws', () => {
    class Unwilling extends Root {
      infer(): never {
        throw new Error('not now');
      }
    }
    const net = new Sequential(layersOf(new Unwilling()), new IdentityWithLoss());
    const advice = remedy({
      name: 'train',
      numbers: numbersOfData(line, net),
      net,
      dataset: line,
      optimizer: new SGD(),
      learningRate: 0.1,
      lastLoss: 1,
      rawBytes: false,
      updates: 1,
    });
    expect(advice).toBe('Use a smaller learning rate');
  });

  test('no update of Adam is held to be harmless because its gradient is small', async () => {
    const net = new Sequential(layersOf(), new IdentityWithLoss());
    expect(await fail(net, { optimizer: new Adam({ learningRate: 1e38 }) })).toMatch(/Use a smaller learning rate$/);
  });
});

test('the error has the rate of the step that failed, not that of the weights it went back to', async () => {
  const learningRate = (step: number): number => (step < 9 ? 0.1 : 1e30);
  const error = await divergenceOf(newTrainer({ optimizer: new SGD({ learningRate }) }).fit());
  expect(error.at!.learningRate).toBe(1e30);
  expect(error.message).toContain('learning rate 1e+30)');
});

describe('FOUND L5: NaN put into a parameter by the last callback', () => {
  test.each([
    ['onStep', { evaluate: 'epochEnd' }],
    ['onStep', { evaluate: 'epochStart' }],
    ['onStep', { evaluate: false }],
    ['onEpochEnd', { evaluate: 'epochEnd' }],
    ['onEpochEnd', { evaluate: false }],
  ] as const)('by %s, %o', async (callback, options) => {
    const trainer = newTrainer({ ...options, epochs: 2 });
    const poison = ({ step }: { step: number }): void => {
      if (step === 14) trainer.net.params['b2']!.data[0] = Number.NaN;
    };
    const { message } = await divergenceOf(trainer.fit({ [callback]: poison }));
    expect(message).toContain('the loss of train is NaN after step 14');
    expect(message).toContain('Parameter b2 holds a number that is not finite, and no update wrote it');
    expect(Number.isFinite(trainer.net.loss(train))).toBe(true);
  });

  test('a finite change is kept, and a run without one ends without a further pass over the rows', () => {
    const net = newNet();
    const trainer = newTrainer({ epochs: 1 }, net);
    trainer.fitSync({
      onEpochEnd: () => {
        net.params.b2.data[0] = 5;
      },
    });
    expect(net.params.b2.data[0]).toBe(5);
  });
});

/** `npm run test:long` makes all of them. */
const RUNS = LONG ? 2000 : 300;

test(`FOUND B1, B2: of ${RUNS} random runs each ends with a finite loss or a typed error, and its weights give a finite loss`, async () => {
  const endings = countEndings();
  for (let seed = 1; seed <= RUNS; seed++) endings.add(await randomRun(seed));
  if (LONG) console.log(endings.counts);
  // Otherwise the study would study nothing.
  expect(endings.counts.finite).toBeGreaterThan(RUNS / 10);
  expect(endings.counts.diverged).toBeGreaterThan(RUNS / 3);
}, 600_000);
