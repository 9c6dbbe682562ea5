import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { allocate } from '../../src/backend/backend.js';
import { Dataset } from '../../src/data/dataset.js';
import { copyPlain } from '../../src/io/plain-data.js';
import { decodeSafetensors, encodeSafetensors, type SafetensorsContents } from '../../src/io/safetensors.js';
import { Affine } from '../../src/layers/affine.js';
import type { Layer, LayerState, Tensors } from '../../src/layers/layer.js';
import type { LayerBuilders } from '../../src/layers/layer-builder.js';
import type { LayerDescription } from '../../src/layers/layer-types.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Adam } from '../../src/optim/adam.js';
import type { Optimizer, OptimizerState } from '../../src/optim/optimizer.js';
import { exponentialDecay } from '../../src/optim/schedules.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random, type RandomState } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { EarlyStopping } from '../../src/trainer/early-stopping.js';
import type { Callback } from '../../src/trainer/fit-options.js';
import { ModelCheckpoint } from '../../src/trainer/model-checkpoint.js';
import { ReduceOnPlateau } from '../../src/trainer/reduce-on-plateau.js';
import type { ResumeOptions } from '../../src/trainer/resume-options.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';
import type { TrainingState } from '../../src/trainer/training-state.js';
import { runnableBackends } from '../support/runnable.js';
import { sameState } from '../support/same-state.js';

const folder = mkdtempSync(join(tmpdir(), 'resume-'));
const path = join(folder, 'run.safetensors');
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of 4 numbers; the class is which of the first three is largest. */
function rows(size: number, seed: number): Dataset {
  const x = Tensor.randomUniform([size, 4], { seed });
  return Dataset.from({ x, labels: x.slice([0, size], [0, 3]).argMax(1), classes: 3 });
}

/** 600 rows are three chunks of an evaluation. */
const train = rows(600, 1);
const testSet = rows(300, 2);

type Setup = { readonly backend?: TwoLayerNet['backend'] } & Partial<TrainerOptions>;

const newNet = (backend?: TwoLayerNet['backend'], seed = 3): TwoLayerNet =>
  new TwoLayerNet({
    ...{ inputSize: 4, hiddenSize: 8, outputSize: 3, weightInitStd: 'he', seed },
    ...(backend === undefined ? {} : { backend }),
  });
const newTrainer = ({ backend, ...options }: Setup = {}): Trainer =>
  new Trainer(newNet(backend), {
    train,
    test: testSet,
    epochs: 3,
    batchSize: 128,
    seed: 4,
    ...options,
  } as TrainerOptions);

/** Where a run stands; its arrays are live. */
const stateOf = (trainer: Trainer): TrainingState => trainer['run'].state();

/** Leaves the run after so many turns of its loop: updates, chunks of evaluations, records. */
async function turns(trainer: Trainer, count: number): Promise<void> {
  let left = count + 1; // fit looks at it once before the first turn
  const signal = {
    get aborted() {
      return left-- === 0;
    },
    reason: 'enough',
  };
  await trainer.fit({ signal }).catch((reason) => expect(reason).toBe('enough'));
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('it resolved'),
    (error) => error,
  );
}

describe.each(runnableBackends())('a run saved and resumed on $name', (backend) => {
  test.each([
    { evaluate: 'epochEnd' },
    { evaluate: 'epochStart', sampling: 'replacement' },
    { evaluate: false, steps: 12, epochs: undefined as never },
  ] as const)('equals the uninterrupted one to the bit from any place: %o', async (options) => {
    const whole = newTrainer({ backend, ...options });
    await whole.fit();
    const phases = new Set<string>();
    for (let count = 0; ; count++) {
      const parts = newTrainer({ backend, ...options });
      await turns(parts, count);
      const state = stateOf(parts);
      phases.add(`${state.phase}${(state.evaluation?.chunk ?? 0) > 0 ? ', in the middle' : ''}`);
      await parts.save(path);
      const network = count % 2 === 0 ? { net: newNet(backend, 99) } : { backend };
      const resumed = await Trainer.resume(path, { ...network, train, test: testSet });
      expect(resumed.net.backend.name).toBe(backend.name);
      expect(sameState(stateOf(resumed), state)).toBe(true);
      if (parts.isComplete) break;
      resumed.fitSync();
      expect(sameState(stateOf(resumed), stateOf(whole))).toBe(true);
    }
    expect([...phases]).toEqual(
      expect.arrayContaining(
        options.evaluate === false
          ? ['step', 'record', 'last check', 'last check, in the middle', 'complete']
          : [
              'step',
              'train evaluation',
              'train evaluation, in the middle',
              'test evaluation',
              'test evaluation, in the middle',
              'record',
              'complete',
            ],
      ),
    );
  });
});

/** v ← 0.9 · v + g, W ← W − η · v: a custom optimizer, with arrays that come with its first update. */
class OwnMomentum implements Optimizer {
  readonly name: string = 'own';
  readonly learningRate = 0.05;
  private velocity: Record<string, Tensor> = {};
  private updates = 0;

  update(params: Tensors, grads: Tensors): void {
    for (const name in params) {
      const w = params[name]!;
      this.velocity[name] ??= new Tensor(allocate(w.dtype, w.size), w.shape, w.backend);
      const v = this.velocity[name];
      v.data.forEach((value, i) => {
        v.data[i] = 0.9 * value + grads[name]!.data[i]!;
        w.data[i]! -= this.learningRate * v.data[i]!;
      });
    }
    this.updates++;
  }

  state(): OptimizerState {
    return { numbers: { updates: this.updates }, tensors: { velocity: this.velocity } };
  }

  restore({ numbers, tensors }: OptimizerState): void {
    this.updates = numbers['updates']!;
    this.velocity = Object.fromEntries(Object.entries(tensors['velocity'] ?? {}).map(([name, v]) => [name, v.clone()]));
  }
}

test('a schedule that gives the same rate at the saved step and another later is another schedule', async () => {
  const scheduled = (over: number): SGD =>
    new SGD({ learningRate: (step) => (step < 5 ? 0.1 : 0.1 * 0.5 ** ((step - 5) / over)) });
  const trainer = newTrainer({ optimizer: scheduled(2) });
  await turns(trainer, 3);
  await trainer.save(path);
  const resume = (over: number): Promise<Trainer> =>
    Trainer.resume(path, { train, test: testSet, optimizer: scheduled(over) });
  await expect(resume(2)).resolves.toBeInstanceOf(Trainer);
  expect(await errorOf(resume(1))).toMatchObject({
    name: 'ArgumentError',
    message: `Trainer.resume: the schedule of the optimizer gives 0.05 for step 6; expected ${0.1 * Math.SQRT1_2}, as in the saved run. Give the same schedule`,
  });
});

test('an end moved in the middle of the last check lets the next evaluation begin with the first row', async () => {
  // Without an evaluation the last check is one: 600 rows are three chunks of it.
  const options = { evaluate: false, steps: 4, epochs: undefined as never } as const;
  const trainer = newTrainer({ ...options });
  const isInside = (): boolean => stateOf(trainer).phase === 'last check' && stateOf(trainer).evaluation!.chunk === 1;
  const signal = {
    get aborted() {
      return isInside();
    },
    reason: 'inside',
  };
  await trainer.fit({ signal }).catch((reason) => expect(reason).toBe('inside'));
  trainer.extend({ steps: 1 });
  expect(trainer['run']['rows'].evaluator.state()).toEqual({ chunk: 0, loss: 0, right: 0 });
  const chunks: number[] = [];
  const evaluator = trainer['run']['rows'].evaluator;
  const next = evaluator.next.bind(evaluator);
  evaluator.next = () => {
    chunks.push(evaluator.state().chunk);
    return next();
  };
  trainer.fitSync();
  expect(chunks).toEqual([0, 1, 2]);
});

describe('a custom optimizer', () => {
  test('continues with its arrays and counts', async () => {
    const whole = newTrainer({ optimizer: new OwnMomentum() });
    whole.fitSync();
    for (const count of [0, 3, 8]) {
      const parts = newTrainer({ optimizer: new OwnMomentum() });
      await turns(parts, count);
      await parts.save(path);
      const resumed = await Trainer.resume(path, {
        net: newNet(),
        train,
        test: testSet,
        optimizer: new OwnMomentum(),
      });
      resumed.fitSync();
      expect(sameState(stateOf(resumed), stateOf(whole))).toBe(true);
    }
  });

  test('must be given again also where it extends one of the library, whose name it has', async () => {
    class Half extends SGD {
      override update(params: Tensors, grads: Tensors): void {
        super.update({ W1: params['W1']! }, { W1: grads['W1']! });
      }
    }
    await newTrainer({ optimizer: new Half() }).save(path);
    const resume = (optimizer?: Optimizer | 'sgd'): Promise<Trainer> =>
      Trainer.resume(path, { net: newNet(), train, test: testSet, ...(optimizer === undefined ? {} : { optimizer }) });
    expect((await resume(new Half())).optimizer).toBeInstanceOf(Half);
    for (const given of [undefined, 'sgd'] as const) {
      expect(await errorOf(resume(given))).toMatchObject({
        name: 'ArgumentError',
        message: `Trainer.resume: optimizer is ${given === undefined ? 'undefined' : '"sgd"'}; expected one of the class in the saved run, which extends SGD`,
      });
    }
  });

  test('must be given again, and be of the same kind', async () => {
    await newTrainer({ optimizer: new OwnMomentum() }).save(path);
    const resume = (optimizer?: Optimizer): Promise<Trainer> =>
      Trainer.resume(path, { net: newNet(), train, test: testSet, ...(optimizer === undefined ? {} : { optimizer }) });
    const expected = 'expected an optimizer of the same kind as in the saved run ("own"), with state and restore';
    expect(await errorOf(resume())).toMatchObject({
      name: 'ArgumentError',
      message: `Trainer.resume: optimizer is undefined; ${expected}`,
    });
    expect(await errorOf(resume(new SGD()))).toMatchObject({
      name: 'ArgumentError',
      message: `Trainer.resume: optimizer is "sgd"; ${expected}`,
    });
  });

  test('that has no state() cannot be saved', async () => {
    const trainer = newTrainer({ optimizer: { learningRate: 0.1, update: () => {} } });
    expect(await errorOf(trainer.save(path))).toMatchObject({
      name: 'StateError',
      message:
        'Trainer.save: the optimizer has no state(); expected state and restore, so that a resumed run continues with the same bits. An optimizer without memory returns { numbers: {}, tensors: {} }',
    });
  });

  test('the learning rate is that of the saved run', async () => {
    await newTrainer({ optimizer: new SGD({ learningRate: 0.3 }) }).save(path);
    const resumed = await Trainer.resume(path, { net: newNet(), train, test: testSet });
    expect(stateOf(resumed).optimizer).toMatchObject({ numbers: { learningRate: 0.3 }, tensors: {} });
    const other = Trainer.resume(path, {
      net: newNet(),
      train,
      test: testSet,
      optimizer: new SGD({ learningRate: 1 }),
    });
    expect(await errorOf(other)).toMatchObject({
      name: 'ArgumentError',
      message:
        'Trainer.resume: the optimizer has learning rate 1; expected 0.3, as in the saved run. Leave the optimizer out to continue with the one of the saved run',
    });
  });
});

describe('the optimizer of a saved run', () => {
  const resumed = (optimizer?: ResumeOptions['optimizer']): Promise<unknown> =>
    Trainer.resume(path, { train, test: testSet, ...(optimizer === undefined ? {} : { optimizer }) });
  const begun = async (optimizer: Optimizer): Promise<void> => {
    const trainer = newTrainer({ optimizer });
    await turns(trainer, 4);
    await trainer.save(path);
  };
  const refused = async (optimizer: ResumeOptions['optimizer'], message: string): Promise<void> => {
    expect(await errorOf(resumed(optimizer))).toMatchObject({
      name: 'ArgumentError',
      message: `Trainer.resume: ${message}`,
    });
  };
  const leave = 'Leave the optimizer out to continue with the one of the saved run';

  test('must have the same schedule: the rates of the saved step are compared', async () => {
    const decay = (factor: number) => exponentialDecay({ initial: 0.1, factor, over: 1 });
    await begun(new SGD({ learningRate: decay(0.5) }));
    const functions =
      'expected one with the same schedule of the learning rate as in the saved run: functions are not saved';
    await refused(undefined, `optimizer is undefined; ${functions}`);
    await refused('sgd', `optimizer is "sgd"; ${functions}`);
    await refused(
      new SGD({ learningRate: 0.1 }),
      'the optimizer has learning rate 0.1; expected a schedule of it, as in the saved run',
    );
    const { step } = (await resumed(new SGD({ learningRate: decay(0.5) }))) as Trainer;
    expect(step).toBeGreaterThan(0);
    await refused(
      new SGD({ learningRate: () => 0.1 }),
      `the schedule of the optimizer gives 0.1 for step ${step}; expected ${decay(0.5)(step)}, as in the saved run. Give the same schedule`,
    );
  });

  test('has a rate that is a number where it had one', async () => {
    await begun(new SGD({ learningRate: 0.1 }));
    await refused(
      new SGD({ learningRate: () => 0.1 }),
      `the optimizer has a schedule of the learning rate; expected the number 0.1, as in the saved run. ${leave}`,
    );
  });

  test('has the same numbers', async () => {
    await begun(new Adam({ beta1: 0.8, weightDecay: 0.01 }));
    await expect(resumed()).resolves.toBeInstanceOf(Trainer);
    await expect(resumed('adam')).resolves.toBeInstanceOf(Trainer);
    await expect(resumed(new Adam({ beta1: 0.8, weightDecay: 0.01 }))).resolves.toBeInstanceOf(Trainer);
    await refused(
      new Adam({ beta1: 0.8 }),
      `the optimizer has weightDecay 0; expected 0.01, as in the saved run. ${leave}`,
    );
    await refused(
      new Adam({ beta1: 0.9, weightDecay: 0.01 }),
      `the optimizer has beta1 0.9; expected 0.8, as in the saved run. ${leave}`,
    );
    await refused(
      new Adam({ beta1: 0.8, weightDecay: 0.01, epsilonPlacement: 'corrected' }),
      `the optimizer has epsilonPlacement "corrected"; expected "uncorrected", as in the saved run. ${leave}`,
    );
  });
});

/** Adds noise from a generator of its own in training, and keeps the mean of what it has seen. */
class Noise implements Layer {
  readonly params = {};
  readonly grads = {};
  readonly buffers = { mean: Tensor.zeros([1]) };
  private readonly random = new Random(1, 'dropout');

  forward(x: Tensor): Tensor {
    this.buffers.mean.data[0]! += 0.1 * (x.mean() - this.buffers.mean.data[0]!);
    const y = x.clone();
    y.data.forEach((value, i) => {
      y.data[i] = value + 0.1 * this.random.normal();
    });
    return y;
  }

  infer(x: Tensor): Tensor {
    return x.sub(this.buffers.mean.data[0]!);
  }

  backward(dy: Tensor): Tensor {
    return dy;
  }

  state(): LayerState {
    return { random: this.random.state() };
  }

  restore({ random }: LayerState): void {
    this.random.restore(random as RandomState);
  }
}

describe('layers that remember', () => {
  const noisy = (): Sequential =>
    new Sequential([
      new Affine({ inputSize: 4, outputSize: 5, seed: 1 }),
      new Noise(),
      new Affine({ inputSize: 5, outputSize: 3, seed: 2 }),
    ]);
  const newNoisy = (): Trainer => new Trainer(noisy(), { train, test: testSet, epochs: 2, batchSize: 128, seed: 4 });

  test('continue with their generators and buffers', async () => {
    const whole = newNoisy();
    whole.fitSync();
    for (const count of [1, 4, 7, 9]) {
      const parts = newNoisy();
      await turns(parts, count);
      await parts.save(path);
      const resumed = await Trainer.resume(path, { net: noisy(), train, test: testSet });
      resumed.fitSync();
      expect(sameState(stateOf(resumed), stateOf(whole))).toBe(true);
    }
    expect(stateOf(whole).layers).toEqual([null, { random: expect.anything() }, null]);
    expect(stateOf(whole).buffers['mean1']!.data[0]).not.toBe(0);
  });

  test('a network that does not describe itself is compared by its parameters and buffers', async () => {
    await newNoisy().save(path);
    const wide = new Sequential([
      new Affine({ inputSize: 4, outputSize: 6 }),
      new Noise(),
      new Affine({ inputSize: 6, outputSize: 3 }),
    ]);
    const quiet = new Sequential([
      new Affine({ inputSize: 4, outputSize: 5 }),
      new Affine({ inputSize: 5, outputSize: 3 }),
    ]);
    const deep = new MultiLayerNet({ inputSize: 4, hiddenSizes: [5, 5], outputSize: 3 });
    for (const [net, name, message] of [
      [wide, 'ShapeError', 'W1 of the network has shape [4, 6]; expected [4, 5]'],
      [quiet, 'ArgumentError', 'the network has no buffer "mean1"; expected mean1'],
      [deep, 'ArgumentError', 'the network has a parameter "W3"; expected W1, b1, W2, b2'],
    ] as const) {
      expect(await errorOf(Trainer.resume(path, { net, train, test: testSet }))).toMatchObject({
        name,
        message: `Trainer.resume: ${message}`,
      });
    }
  });

  test('must be given again, unless they describe themselves and are known', async () => {
    await newNoisy().save(path);
    expect(await errorOf(Trainer.resume(path, { train, test: testSet }))).toMatchObject({
      name: 'ArgumentError',
      message:
        'Trainer.resume: net is undefined; expected the network of the saved run, which does not describe itself',
    });
    class Described extends Noise {
      describe(): LayerDescription {
        return { type: 'noise' } as unknown as LayerDescription;
      }
    }
    const net = new Sequential([
      new Affine({ inputSize: 4, outputSize: 5, seed: 1 }),
      new Described(),
      new Affine({ inputSize: 5, outputSize: 3, seed: 2 }),
    ]);
    const parts = new Trainer(net, { train, test: testSet, epochs: 2, batchSize: 128, seed: 4 });
    await turns(parts, 4);
    await parts.save(path);
    const layers = { noise: () => new Described() } as LayerBuilders;
    const resumed = await Trainer.resume(path, { train, test: testSet, layers });
    resumed.fitSync();
    const whole = newNoisy();
    whole.fitSync();
    expect(sameState(stateOf(resumed), stateOf(whole))).toBe(true);
    expect(await errorOf(Trainer.resume(path, { train, test: testSet }))).toMatchObject({ name: 'DataError' });
  });

  test('go back when the run diverges', async () => {
    const trainer = newNoisy();
    let before: TrainingState | undefined;
    await errorOf(
      trainer.fit({
        onStep: ({ step }) => {
          if (step === 5) before = copyPlain(stateOf(trainer));
          if (step === 7) trainer.net.params['W1']!.data[0] = Number.POSITIVE_INFINITY;
        },
      }),
    );
    const { params, buffers, layers } = stateOf(trainer);
    expect({ params, buffers, layers }).toEqual({
      params: before!.params,
      buffers: before!.buffers,
      layers: before!.layers,
    });
  });
});

describe('callbacks of the run', () => {
  /** Counts its calls. */
  const counter = (): Callback & { seen: { steps: number; records: number[] } } => {
    const seen = { steps: 0, records: [] as number[] };
    return {
      seen,
      onStep: () => {
        seen.steps++;
      },
      onEpochEnd: ({ epoch }) => seen.records.push(epoch),
      state: () => seen,
      restore: (state) => void Object.assign(seen, structuredClone(state)),
    };
  };
  const silent: Callback = { onStep: () => {} };

  test('are called for everything, in order, before those of fit, and continue with what they remember', async () => {
    const order: string[] = [];
    const named = (name: string): Callback => ({
      onStep: async ({ step }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        order.push(`${name} ${step}`);
      },
    });
    await newTrainer({ steps: 2, epochs: undefined as never, callbacks: [named('a'), named('b')] }).fit({
      onStep: ({ step }) => order.push(`fit ${step}`),
    });
    expect(order).toEqual(['a 1', 'b 1', 'fit 1', 'a 2', 'b 2', 'fit 2']);

    for (const count of [0, 3, 14, 25]) {
      const parts = newTrainer({ callbacks: [silent, counter()] });
      await turns(parts, count);
      await parts.save(path);
      const last = counter();
      const resumed = await Trainer.resume(path, { train, test: testSet, callbacks: [silent, last] });
      resumed.fitSync();
      expect(last.seen).toEqual({ steps: 15, records: [1, 2, 3] });
    }
  });

  test('must be of the same kinds in the same order: no restore gets the state of another', async () => {
    class Log implements Callback {
      onStep(): void {}
    }
    const plateau = (): Callback => new ReduceOnPlateau({ monitor: 'testLoss' });
    const stopping = (): Callback => new EarlyStopping({ monitor: 'testLoss' });
    const trainer = newTrainer({ callbacks: [plateau(), stopping(), new Log(), silent] });
    await turns(trainer, 20);
    await trainer.save(path);
    const resume = (callbacks: readonly Callback[]): Promise<Trainer> =>
      Trainer.resume(path, { train, test: testSet, callbacks });
    await expect(resume([plateau(), stopping(), new Log(), silent])).resolves.toBeInstanceOf(Trainer);
    for (const [callbacks, found] of [
      [[stopping(), plateau(), new Log(), silent], '[EarlyStopping, ReduceOnPlateau, Log, callback]'],
      [[plateau(), stopping(), silent, new Log()], '[ReduceOnPlateau, EarlyStopping, callback, Log]'],
      [[plateau()], '[ReduceOnPlateau]'],
    ] as const) {
      expect(await errorOf(resume(callbacks))).toMatchObject({
        name: 'ArgumentError',
        message: `Trainer.resume: callbacks are ${found}; expected [ReduceOnPlateau, EarlyStopping, Log, callback], as in the saved run`,
      });
    }
  });

  test('must be made with the same settings: two of one class are not exchanged', async () => {
    const stopping = (patience: number): Callback => new EarlyStopping({ monitor: 'testLoss', patience });
    const trainer = newTrainer({ callbacks: [stopping(3), stopping(5)] });
    await turns(trainer, 20);
    await trainer.save(path);
    const resume = (callbacks: readonly Callback[]): Promise<Trainer> =>
      Trainer.resume(path, { train, test: testSet, callbacks });
    await expect(resume([stopping(3), stopping(5)])).resolves.toBeInstanceOf(Trainer);
    expect(await errorOf(resume([stopping(5), stopping(3)]))).toMatchObject({
      name: 'ArgumentError',
      message:
        'Trainer.resume: callbacks[0] (EarlyStopping) has patience 5; expected 3, as in the saved run. Give the same callbacks in the same order',
    });
    const plateaus = [0.5, 0.1].map((factor) => new ReduceOnPlateau({ monitor: 'testLoss', factor }));
    await newTrainer({ callbacks: plateaus }).save(path);
    expect(
      await errorOf(resume([0.1, 0.5].map((factor) => new ReduceOnPlateau({ monitor: 'testLoss', factor })))),
    ).toMatchObject({
      message:
        'Trainer.resume: callbacks[0] (ReduceOnPlateau) has factor 0.1; expected 0.5, as in the saved run. Give the same callbacks in the same order',
    });
    const writing = (name: string, of = folder): Callback => new ModelCheckpoint({ path: join(of, name) });
    await newTrainer({ callbacks: [writing('a')] }).save(path);
    await expect(resume([writing('a', tmpdir())])).resolves.toBeInstanceOf(Trainer); // the folder may have moved
    expect(await errorOf(resume([writing('b')]))).toMatchObject({
      message:
        'Trainer.resume: callbacks[0] (ModelCheckpoint) has file "b"; expected "a", as in the saved run. Give the same callbacks in the same order',
    });
    const best = (name: string): Callback =>
      new ModelCheckpoint({ path: join(folder, name), bestOnly: true, monitor: 'testLoss' });
    expect(await errorOf(resume([best('a')]))).toMatchObject({
      message:
        'Trainer.resume: callbacks[0] (ModelCheckpoint) has monitor "testLoss"; expected none, as in the saved run. Give the same callbacks in the same order',
    });
    await newTrainer({ callbacks: [best('a')] }).save(path);
    expect(await errorOf(resume([writing('a')]))).toMatchObject({
      message:
        'Trainer.resume: callbacks[0] (ModelCheckpoint) has no monitor; expected "testLoss", as in the saved run. Give the same callbacks in the same order',
    });
  });

  test('are free again after a Trainer that could not be resumed', async () => {
    const callbacks = [new EarlyStopping({ monitor: 'testLoss' })];
    await newTrainer({ callbacks: [new EarlyStopping({ monitor: 'testLoss' })] }).save(path);
    expect(await errorOf(Trainer.resume(path, { train: rows(600, 9), test: testSet, callbacks }))).toMatchObject({
      message: expect.stringContaining('Trainer.resume: train has other numbers in x'),
    });
    await expect(Trainer.resume(path, { train, test: testSet, callbacks })).resolves.toBeInstanceOf(Trainer);
  });

  test('must be named in the file, one for each state', async () => {
    await newTrainer({ callbacks: [silent] }).save(path);
    const whole = decodeSafetensors(readFileSync(path), 'test', path);
    for (const [callbacks, message] of [
      [undefined, 'setup.callbacks is undefined; expected a list of strings'],
      [[], 'callbacks is 1; expected the states of 0'],
    ] as const) {
      const run = JSON.parse(whole.metadata['zerokara.run']!);
      run.setup.callbacks = callbacks;
      const metadata = { ...whole.metadata, 'zerokara.run': JSON.stringify(run) };
      writeFileSync(path, Buffer.concat(encodeSafetensors(whole.tensors, metadata)));
      const error = await errorOf(Trainer.resume(path, { train, test: testSet, callbacks: [silent] }));
      expect(error).toMatchObject({ name: 'DataError', message: expect.stringContaining(message) });
    }
  });

  test('must be given again, and remember JSON data only', async () => {
    await newTrainer({ callbacks: [counter()] }).save(path);
    expect(await errorOf(Trainer.resume(path, { train, test: testSet }))).toMatchObject({
      name: 'ArgumentError',
      message: 'Trainer.resume: callbacks are []; expected [callback], as in the saved run',
    });
    expect(await errorOf(Trainer.resume(path, { train, test: testSet, callbacks: [silent] }))).toMatchObject({
      name: 'ArgumentError',
      message:
        'Trainer.resume: callbacks[0] has no restore; expected the callback of the saved run, which remembers something',
    });
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const maps = [new Map([['a', 1]]), { seen: new Set([1]) }];
    for (const state of [
      Number.NaN,
      new Int32Array(2),
      { f: () => {} },
      [Number.POSITIVE_INFINITY],
      1n,
      cycle,
      ...maps,
    ]) {
      const trainer = newTrainer({ callbacks: [silent, { state: () => state, restore: () => {} }] });
      expect(await errorOf(trainer.save(path))).toMatchObject({
        name: 'StateError',
        message:
          'Trainer.save: the state of callbacks[1] is not JSON data; expected finite numbers, strings, lists, plain objects and float arrays',
      });
    }
  });

  test('remember and restore at once: a promise is refused', async () => {
    const message = (method: string): string =>
      `Trainer: callbacks[1].${method} returned a promise; expected a function that is not async`;
    const later = newTrainer({ callbacks: [silent, { state: async () => 1, restore: () => {} }] });
    expect(await errorOf(later.save(path))).toMatchObject({ name: 'ArgumentError', message: message('state') });
    const callback: Callback = { state: () => 1, restore: () => Promise.reject(new Error('too late')) };
    await newTrainer({ callbacks: [silent, callback] }).save(path);
    const resumed = Trainer.resume(path, { train, test: testSet, callbacks: [silent, callback] });
    expect(await errorOf(resumed)).toMatchObject({
      name: 'DataError',
      message: `Trainer.resume: ${path} contradicts itself (${message('restore')})`,
    });
  });

  test.each([
    ['log', 'callbacks is "log"; expected a list'],
    [
      ['log'],
      'callbacks[0] is "log"; expected an object with any of onAttach, onBegin, onStep, onEpochEnd, onEnd, settings, state, restore',
    ],
    [
      [silent, {}],
      'callbacks[1] is an Object; expected an object with any of onAttach, onBegin, onStep, onEpochEnd, onEnd, settings, state, restore',
    ],
    [[{ onEpoch() {} }], 'callbacks[0] has "onEpoch"; did you mean "onEpochEnd"?'],
    [[silent, { onEpochEnd() {}, onStpe() {} }], 'callbacks[1] has "onStpe"; did you mean "onStep"?'],
    [silent, 'callbacks is an Object; expected a list. Put it into one: callbacks: [callback]'],
    [
      [() => {}],
      'callbacks[0] is a function; expected an object with any of onAttach, onBegin, onStep, onEpochEnd, onEnd, settings, state, restore. Say when it is called: { onEpochEnd: … }',
    ],
    [[{ onStep: 'log' }], 'callbacks[0].onStep is "log"; expected a function'],
    [[{ onStep: () => {}, state: () => 1 }], 'callbacks[0] has state without restore; expected both or neither'],
  ])('FOUND F: callbacks %o', (callbacks, message) => {
    expect(() => newTrainer({ callbacks: callbacks as Callback[] })).toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: `Trainer: ${message}` }),
    );
  });
});

describe('save', () => {
  test('writes the state at the call, in a callback as well, and the last call stays', async () => {
    const whole = newTrainer();
    const saves: Promise<void>[] = [];
    await whole.fit({
      onStep: ({ step }) => {
        if (step <= 9) saves.push(whole.save(path)); // not awaited: the run goes on
      },
    });
    await Promise.all(saves);
    const resumed = await Trainer.resume(path, { net: newNet(), train, test: testSet });
    expect(resumed.step).toBe(9);
    resumed.fitSync();
    expect(sameState(stateOf(resumed), stateOf(whole))).toBe(true);
  });

  test('FOUND L5: keeps the old file rather than write parameters that are not finite', async () => {
    const trainer = newTrainer();
    await turns(trainer, 2);
    await trainer.save(path);
    const old = readFileSync(path);
    trainer.net.params['W2']!.data[3] = Number.NaN;
    expect(await errorOf(trainer.save(path))).toMatchObject({
      name: 'StateError',
      message: 'Trainer.save: parameter W2 holds a number that is not finite; expected weights to continue from',
    });
    expect(readFileSync(path).equals(old)).toBe(true);
  });

  test('refuses a run that has failed', async () => {
    const trainer = newTrainer({ optimizer: new SGD({ learningRate: 1e30 }) });
    await errorOf(trainer.fit());
    expect(await errorOf(trainer.save(path))).toMatchObject({
      name: 'StateError',
      message: 'Trainer.save: this run has failed; expected one that can continue',
    });
  });

  test('holds a history of any length', async () => {
    const trainer = newTrainer({ train: rows(3, 1), test: rows(2, 2), epochs: 20_000, batchSize: 3 });
    trainer.fitSync();
    await trainer.save(path);
    const resumed = await Trainer.resume(path, { net: newNet(), train: rows(3, 1), test: rows(2, 2) });
    expect(resumed.history.epochs).toEqual(trainer.history.epochs);
    expect(resumed.isComplete).toBe(true);
  });
});

test('load of a file that holds a run names what reads it', async () => {
  await newTrainer().save(path);
  for (const of of [TwoLayerNet, Sequential]) {
    expect(await errorOf(of.load(path))).toMatchObject({
      name: 'DataError',
      message: `${of.name}.load: ${path} holds a saved run; expected a file written by save of a network. Continue the run with Trainer.resume, whose net is the network. ModelCheckpoint with what: 'network' writes networks alone`,
    });
  }
});

describe('resume refuses', () => {
  test('no training rows, before it reads the file', async () => {
    await expect(Trainer.resume('none.safetensors', {} as never)).rejects.toThrow(
      'Trainer.resume: train is undefined; expected a Dataset or a DatasetStream. Give the rows that the run began with',
    );
  });

  const saved = async (options: Setup = {}): Promise<void> => {
    const trainer = newTrainer(options);
    await turns(trainer, 2);
    await trainer.save(path);
  };
  const resume = (options: Partial<ResumeOptions> = {}): Promise<Trainer> =>
    Trainer.resume(path, { net: newNet(), train, test: testSet, ...options });
  const again =
    'A run continues with the data that it began with: the same rows in the same order (a split of the same seed)';

  test('other data, naming what differs', async () => {
    await saved();
    const { x, labels } = train.toTensors();
    const moved = Tensor.from(x);
    moved.data[1234]! += 1;
    const relabelled = Int32Array.from(labels as Int32Array);
    relabelled[17] = (relabelled[17]! + 1) % 3;
    for (const [other, message] of [
      [rows(599, 1), 'train has 599 rows; expected 600, as in the saved run'],
      [
        Dataset.from({ x: moved, labels: labels as Int32Array }),
        'train has other numbers in x; expected those of the saved run',
      ],
      [
        Dataset.from({ x, labels: labels as Int32Array, weights: new Float32Array(600).fill(2) }),
        'train has other weights of its rows; expected those of the saved run',
      ],
      [Dataset.from({ x, labels: relabelled }), 'train has other labels; expected those of the saved run'],
    ] as const) {
      const net = newNet();
      const before = net.stateDict().W1.toArray();
      expect(await errorOf(resume({ net, train: other }))).toMatchObject({
        name: 'ArgumentError',
        message: `Trainer.resume: ${message}. ${again}`,
      });
      expect(net.params.W1.toArray()).toEqual(before);
    }
    expect(await errorOf(resume({ test: rows(300, 3) }))).toMatchObject({
      message: `Trainer.resume: test has other numbers in x; expected those of the saved run. ${again}`,
    });
  });

  test('a test set where the saved run has none, and none where it has one', async () => {
    await saved();
    expect(await errorOf(Trainer.resume(path, { net: newNet(), train }))).toMatchObject({
      name: 'ArgumentError',
      message: 'Trainer.resume: test is undefined; expected the test rows, as in the saved run',
    });
    const trainer = new Trainer(newNet(), { train, epochs: 1 });
    await trainer.save(path);
    expect(await errorOf(resume())).toMatchObject({
      message: 'Trainer.resume: test is given; expected none, as in the saved run',
    });
  });

  test('a network of other layers, although its parameters would fit', async () => {
    await saved();
    const tanh = new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, activation: 'tanh' });
    expect(await errorOf(resume({ net: tanh }))).toMatchObject({
      name: 'ArgumentError',
      message:
        'Trainer.resume: layer 1 of the network is {"type":"affine","outputSize":8,"activation":"tanh"}; expected {"type":"affine","outputSize":8,"activation":"relu"}, as in the saved run',
    });
    const same = new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, weightInitStd: 'xavier' });
    expect((await resume({ net: same })).step).toBe(2);
    expect(await errorOf(resume({ backend: 'js' }))).toMatchObject({
      name: 'ArgumentError',
      message: 'Trainer.resume: net and backend are both given; expected one or the other: a network has its own',
    });
  });

  test('FOUND L3: a file whose description asks for more than its arrays hold, before anything is allocated', async () => {
    await saved();
    const { tensors, metadata } = decodeSafetensors(readFileSync(path), 'test', path);
    const run = JSON.parse(metadata['zerokara.run']!);
    run.network.description.layers[0].outputSize = 2 ** 28;
    const changed = { ...metadata, 'zerokara.run': JSON.stringify(run) };
    writeFileSync(path, Buffer.concat(encodeSafetensors(tensors, changed)));
    expect(await errorOf(Trainer.resume(path, { train, test: testSet }))).toMatchObject({
      name: 'DataError',
      message: `Trainer.resume: ${path}: "W1" has shape [4, 8]; expected [4, 268435456], as the description says`,
    });
  });

  test('another network', async () => {
    await saved();
    const wide = new TwoLayerNet({ inputSize: 4, hiddenSize: 9, outputSize: 3 });
    expect(await errorOf(resume({ net: wide }))).toMatchObject({
      name: 'ArgumentError',
      message:
        'Trainer.resume: layer 1 of the network is {"type":"affine","outputSize":9,"activation":"relu"}; expected {"type":"affine","outputSize":8,"activation":"relu"}, as in the saved run',
    });
    const deep = new MultiLayerNet({ inputSize: 4, hiddenSizes: [8, 8], outputSize: 3 });
    expect(await errorOf(resume({ net: deep }))).toMatchObject({
      name: 'ArgumentError',
      message:
        'Trainer.resume: layer 2 of the network is {"type":"affine","outputSize":8,"activation":"relu"}; expected {"type":"affine","outputSize":3}, as in the saved run',
    });
    const double = new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, dtype: 'float64' });
    const [x, t] = [train, testSet].map((set) => {
      const { x: numbers, labels } = set.toTensors({ dtype: 'float32' });
      return Dataset.from({ x: numbers, labels: labels as Int32Array, dtype: 'float64' });
    });
    expect(await errorOf(resume({ net: double, train: x!, test: t! }))).toMatchObject({
      name: 'DtypeError',
      message: 'Trainer.resume: the network is float64; expected float32 (the dtype of W1)',
    });
  });

  test('unknown options', async () => {
    await saved();
    expect(await errorOf(resume({ epochs: 3 } as never))).toMatchObject({
      name: 'ArgumentError',
      message:
        'Trainer.resume: unknown option "epochs"; known are net, train, validation, test, optimizer, callbacks, distributed, layers, backend',
    });
  });

  test('a missing file, a network, a foreign file, and a damaged one', async () => {
    expect(await errorOf(Trainer.resume(join(folder, 'none'), { net: newNet(), train }))).toMatchObject({
      name: 'DataError',
    });
    await newNet().save(path);
    expect(await errorOf(resume())).toMatchObject({
      name: 'DataError',
      message: `Trainer.resume: ${path} holds no run; expected a file written by trainer.save. To read a network alone use its load`,
    });
    await saved();
    const bytes = readFileSync(path);
    for (let i = 0; i < bytes.length; i += 61) {
      bytes[i]! ^= 1 << (i % 8);
      writeFileSync(path, bytes);
      expect(await errorOf(resume())).toMatchObject({ name: 'DataError' });
      bytes[i]! ^= 1 << (i % 8);
      writeFileSync(path, bytes.subarray(0, i));
      expect(await errorOf(resume())).toMatchObject({ name: 'DataError' });
    }
  });

  test('a well-sealed file with any entry that cannot be', async () => {
    await saved();
    const whole = decodeSafetensors(readFileSync(path), 'test', path);
    const write = ({ tensors, metadata }: SafetensorsContents): void =>
      writeFileSync(path, Buffer.concat(encodeSafetensors(tensors, metadata)));
    const run = JSON.parse(whole.metadata['zerokara.run']!);
    const paths: string[][] = [];
    const collect = (value: unknown, at: string[]): void => {
      if (at.length > 0) paths.push(at);
      if (typeof value === 'object' && value !== null) {
        for (const [key, entry] of Object.entries(value)) collect(entry, [...at, key]);
      }
    };
    collect(run, []);
    expect(paths.length).toBeGreaterThan(30);
    for (const at of paths) {
      for (const value of [undefined, null, -1, 0.5, 'x', [], {}, 2 ** 53, Number.NaN]) {
        const changed = structuredClone(run);
        const place = at.slice(0, -1).reduce((object, key) => object[key], changed);
        if (JSON.stringify(place[at.at(-1)!]) === JSON.stringify(value)) continue;
        place[at.at(-1)!] = value;
        write({ ...whole, metadata: { ...whole.metadata, 'zerokara.run': JSON.stringify(changed) } });
        const ended = await resume().then(
          () => 'resumed',
          ({ name, code }) => `${name} ${code}`,
        );
        // Some entries may be anything of their kind: a seed, a fresh start of the clock.
        expect(ended, `${at.join('.')} = ${value}`).toMatch(/^(resumed|(Data|Argument)Error ZK_(DATA|ARGUMENT))$/);
      }
    }
    for (const json of ['', '{', '[]', 'null', '7']) {
      write({ ...whole, metadata: { ...whole.metadata, 'zerokara.run': json } });
      expect(await errorOf(resume())).toMatchObject({ name: 'DataError' });
    }
    for (const name of Object.keys(whole.tensors)) {
      const { [name]: gone, ...others } = whole.tensors;
      write({ ...whole, tensors: others });
      expect(await errorOf(resume()), name).toMatchObject({ code: expect.stringMatching(/ZK_(DATA|ARGUMENT)/) });
      write({ ...whole, tensors: { ...others, [name]: { data: new Uint8Array(3), shape: [3] } } });
      expect(await errorOf(resume()), name).toMatchObject({ name: 'DataError' });
    }
  });
});
