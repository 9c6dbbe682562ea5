/**
 * What programs do wrong on one rank, or differently on each, one mistake after another. Each rank writes into a file of the folder
 * RESULTS what came of it, by the name of the mistake: the last run must find nothing left of all the others.
 *
 * usage: node mistakes.cjs
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {
  Adam,
  Dataset,
  Distributed,
  EarlyStopping,
  SGD,
  Sequential,
  Trainer,
  randomSearch,
  uniform,
} = require('../../../dist/index.js');

const ROWS = 48;

/** @param {number} [broken] a row that comes to hold NaN */
function dataset(broken) {
  const x = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(5 * i)]);
  const labels = x.map(([a, b]) => (a + b > 0 ? 1 : 0));
  const data = Float32Array.from(x.flat());
  const rows = Dataset.from({ x: { data, shape: [ROWS, 3] }, labels, classes: 2 });
  if (broken !== undefined) data[3 * broken] = Number.NaN; // which Dataset.from would refuse
  return rows;
}

function network() {
  return Sequential.from(
    {
      input: 3,
      layers: [
        { type: 'affine', outputSize: 8, activation: 'relu' },
        { type: 'affine', outputSize: 2 },
      ],
      loss: 'crossEntropy',
    },
    { seed: 1 },
  );
}

/** A trainer of two epochs of three steps. */
function trainerOf(distributed, options = {}, net = network()) {
  const optimizer = new SGD({ learningRate: 0.1 });
  return new Trainer(net, { train: dataset(), epochs: 2, batchSize: 16, seed: 1, optimizer, distributed, ...options });
}

/** Lets a layer throw in the third of these passes. */
function breakPass(layer, pass) {
  const original = layer[pass];
  let left = 2;
  layer[pass] = function (...args) {
    if (left-- === 0) throw new RangeError('this layer has had enough');
    return original.apply(this, args);
  };
}

/** The first layer of a network throws: the gradients of the last are on their way then. */
function breakBackward({ layers }) {
  breakPass(layers[0], 'backward');
}

function weightsOf({ net }) {
  const hash = createHash('sha256');
  for (const { data } of Object.values(net.params)) hash.update(data);
  return hash.digest('hex');
}

/** The error of a fit, the step at which it ended, and the weights of another fit that ends the run. */
async function afterError(trainer, options) {
  const error = await trainer.fit(options).then(() => 'no error', textOf);
  const { step } = trainer;
  await trainer.fit();
  return [error, step, trainer.step, weightsOf(trainer)];
}

function textOf(error) {
  return `${error.name}: ${error.message}`;
}

const MISTAKES = {
  async backward(distributed) {
    const trainer = trainerOf(distributed);
    if (distributed.rank === 1) breakBackward(trainer.net);
    await trainer.fit();
  },
  /** Between two layers that exchange statistics in each pass; the other rank is on its way to the next. */
  async synchronised() {
    const distributed = await Distributed.connect({ synchronizeBatchNormalization: true, bucketBytes: 1 });
    const errors = [];
    for (const pass of ['forward', 'backward']) {
      const normalised = { type: 'batchNormalization' };
      const affine = { type: 'affine', outputSize: 4 };
      /** @type {any} */
      const layers = [affine, normalised, { type: 'relu' }, affine, normalised, { type: 'affine', outputSize: 2 }];
      const net = Sequential.from({ input: 3, layers, loss: 'crossEntropy' }, { seed: 1 });
      const trainer = trainerOf(distributed, {}, net);
      if (distributed.rank === 1) breakPass(net.layers[2], pass);
      errors.push(await trainer.fit().then(() => 'no error', textOf));
    }
    return errors;
  },
  async 'deterministic backward'() {
    const distributed = await Distributed.connect({ deterministic: true });
    const trainer = trainerOf(distributed);
    if (distributed.rank === 0) breakBackward(trainer.net);
    await trainer.fit();
  },
  /** It is caught, and fit continues. */
  async onStep(distributed) {
    const trainer = trainerOf(distributed);
    const onStep = ({ step }) => {
      if (step === 2) throw new RangeError('this callback has had enough');
    };
    return afterError(trainer, { onStep });
  },
  async onEpochEnd(distributed) {
    const onEpochEnd = async ({ epoch }) => {
      if (epoch === 1) throw new RangeError('this callback has had enough');
    };
    return afterError(trainerOf(distributed), { onEpochEnd });
  },
  async onBegin(distributed) {
    let left = 1;
    const onBegin = async () => {
      if (left-- > 0) throw new RangeError('this callback has had enough');
    };
    return afterError(trainerOf(distributed, { callbacks: [{ onBegin }] }));
  },
  async 'a rate'(distributed) {
    const onBegin = async ({ optimizer }) => {
      optimizer.learningRate = 0.5;
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const trainer = trainerOf(distributed, { callbacks: [{ onBegin }] });
    await trainer.fit();
    return [trainer.step, trainer.optimizer.learningRate, weightsOf(trainer)];
  },
  /** Each option on rank 1 alone, or differently there; the errors by its name. */
  async options(distributed) {
    const isOther = distributed.rank === 1;
    const differing = {
      evaluate: { evaluate: isOther ? 'epochStart' : 'epochEnd' },
      evaluateTrain: { evaluateTrain: isOther },
      evaluateEvery: { evaluateEvery: isOther ? 2 : 1 },
      dropLast: { dropLast: isOther },
      sampling: { sampling: isOther ? 'replacement' : 'shuffle' },
      clipGlobalNorm: isOther ? { clipGlobalNorm: 0.5 } : {},
      clipValue: isOther ? { clipValue: 0.5 } : {},
      classWeights: isOther ? { classWeights: [1, 2] } : {},
      optimizer: { optimizer: isOther ? new Adam({ learningRate: 0.1 }) : new SGD({ learningRate: 0.1 }) },
      rate: { optimizer: new SGD({ learningRate: isOther ? 0.2 : 0.1 }) },
      callbacks: { callbacks: isOther ? [] : [new EarlyStopping({ monitor: 'testLoss' })] },
      everywhere: { callbacks: isOther ? [] : [{ everywhere: true, onEpochEnd() {} }] },
      patience: { callbacks: [new EarlyStopping({ monitor: 'testLoss', patience: isOther ? 3 : 4 })] },
    };
    const errors = {};
    for (const [name, options] of Object.entries(differing))
      errors[name] = await trainerOf(distributed, { test: dataset(), ...options })
        .fit()
        .then(() => 'no error', textOf);
    const bucketBytes = isOther ? 2 : 1;
    errors.bucketBytes = await trainerOf(await Distributed.connect({ bucketBytes }))
      .fit()
      .then(() => 'no error', textOf);
    return errors;
  },
  async NaN(distributed) {
    const { rank } = distributed;
    const errors = [];
    for (const broken of [rank === 1 ? 7 : undefined, 7 + rank, 7]) {
      const trainer = trainerOf(distributed, { train: dataset(broken) });
      errors.push(await trainer.fit().then(() => 'no error', textOf), weightsOf(trainer));
    }
    return errors;
  },
  async extend(distributed) {
    const trainer = trainerOf(distributed);
    let error;
    const onStep = ({ step }) => {
      if (step !== 4) return;
      try {
        trainer.extend({ epochs: 1 });
      } catch (thrown) {
        error = textOf(thrown);
      }
    };
    await trainer.fit({ onStep });
    trainer.extend({ epochs: 1 });
    await trainer.fit();
    return [error, trainer.step];
  },
  async search(distributed) {
    const { rank } = distributed;
    const wanted = {
      space: { a: uniform(0, 1) },
      ...{ trials: 4, seed: 1, halving: { budget: 1, rungs: 2 }, objective: ({ a }) => a },
    };
    const { trials } = await randomSearch(wanted);
    const finished = (score) => trials.map((trial) => ({ ...trial, scores: [score] }));
    const fail = () => {
      throw new RangeError('this trial has had enough');
    };
    const differing = {
      finished: { finished: rank === 0 ? finished(0.5) : [] },
      scores: { finished: finished(rank) },
      foreign: { finished: rank === 0 ? [] : [{ ...trials[0], seed: 0 }] },
      direction: { direction: rank === 0 ? 'maximize' : 'minimize' },
      objective: rank === 0 ? {} : { objective: fail },
      onTrial: { onTrial: ({ trial }) => (trial === 1 ? fail() : undefined) },
    };
    const errors = {};
    for (const [name, options] of Object.entries(differing))
      errors[name] = await randomSearch(/** @type {any} */ ({ ...wanted, ...options, distributed })).then(
        () => 'no error',
        textOf,
      );
    return errors;
  },
  /** Whether all numbers of a standardization are what they were, by the way in which gradients are added. */
  async buffers(distributed) {
    const [mean, deviation] = [
      [0.1, -0.7, 1 / 3],
      [0.9, 1.1, 0.3],
    ];
    const same = [];
    for (const ranks of [distributed, await Distributed.connect({ deterministic: true })]) {
      const net = Sequential.from(
        {
          input: 3,
          layers: [
            { type: 'standardization', mean, deviation },
            { type: 'affine', outputSize: 2 },
          ],
          loss: 'crossEntropy',
        },
        { seed: 1 },
      );
      await trainerOf(ranks, { batchSize: 17 }, net).fit();
      const numbers = Object.values(net.buffers).flatMap(({ data }) => [...data]);
      same.push(numbers.every((number, i) => number === Math.fround([...mean, ...deviation][i])));
    }
    return same;
  },
  /** What a layer of rank 1 is given of the state of rank 0, and a state that cannot be shared. */
  async states(distributed) {
    const { rank } = distributed;
    const seen = [];
    for (const extra of [undefined, Number.NaN]) {
      const trainer = trainerOf(distributed);
      const [first] = trainer.net.layers;
      first.state = () => ({ a: rank, list: [Float64Array.of(rank + 0.1), { b: Float32Array.of(rank, 7) }], extra });
      first.restore = (/** @type {any} */ state) =>
        seen.push(state.a, state.list[0].constructor.name, [...state.list[0], ...state.list[1].b]);
      seen.push(await trainer.fit().then(() => 'no error', textOf));
    }
    return seen;
  },
  /** The rule of rank 1 throws, with and without callbacks after each step; then another fit. */
  async optimizer(distributed) {
    const errors = [];
    for (const options of [{}, { onStep() {} }]) {
      const trainer = trainerOf(distributed);
      if (distributed.rank === 1) breakPass(trainer.optimizer, 'update');
      for (let i = 0; i < 2; i++) errors.push(await trainer.fit(options).then(() => 'no error', textOf));
    }
    return errors;
  },
  /** What gathers and augments the rows of rank 1 throws. */
  async rows(distributed) {
    const trainer = trainerOf(distributed);
    if (distributed.rank === 1) breakPass(/** @type {any} */ (trainer).run.rows, 'next');
    return trainer.fit().then(() => 'no error', textOf);
  },
  async onEnd(distributed) {
    const onEnd = () => {
      throw new RangeError('this callback has had enough');
    };
    const trainer = trainerOf(distributed, { callbacks: [{ onEnd }] });
    return [await trainer.fit().then(() => 'no error', textOf), trainer.step, weightsOf(trainer)];
  },
  /** Rank 1 tries a Trainer that is refused, once it has drawn a seed. */
  async constructing(distributed) {
    let error;
    if (distributed.rank === 1) {
      try {
        trainerOf(distributed, { seed: undefined, evaluateEvery: 0 });
      } catch (thrown) {
        error = textOf(thrown);
      }
    }
    const trainer = trainerOf(distributed);
    await trainer.fit();
    const unseeded = await trainerOf(distributed, { seed: undefined })
      .fit()
      .then(() => 'no error', textOf);
    return [error, weightsOf(trainer), unseeded];
  },
  async restore(distributed) {
    const seen = [];
    const following = () => ({
      onAttach: () => seen.push('onAttach'),
      state: () => 1,
      restore: () => seen.push('restore'),
    });
    const file = path.join(os.tmpdir(), `zerokara-mistakes-${process.ppid}.safetensors`);
    const trainer = trainerOf(distributed, { callbacks: [following()] });
    await trainer.save(file);
    await distributed.barrier();
    await Trainer.resume(file, { net: network(), train: dataset(), callbacks: [following()], distributed });
    await distributed.barrier();
    fs.rmSync(file, { force: true });
    return seen;
  },
  async none(distributed) {
    const trainer = trainerOf(distributed);
    await trainer.fit();
    return weightsOf(trainer);
  },
};

/** What came of it: the error, or the weights. */
async function resultOf(run, distributed) {
  try {
    return (await run(distributed)) ?? 'no error';
  } catch (error) {
    return textOf(error);
  }
}

async function main() {
  // A bucket for each array.
  const distributed = await Distributed.connect({ bucketBytes: 1 });
  const results = {};
  for (const [name, run] of Object.entries(MISTAKES)) results[name] = await resultOf(run, distributed);
  fs.writeFileSync(path.join(String(process.env.RESULTS), `${distributed.rank}.json`), JSON.stringify(results));
  await distributed.close();
}

main();
