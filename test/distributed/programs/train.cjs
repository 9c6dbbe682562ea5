/**
 * Trains small networks on drawn rows, one run after another, on as many ranks as there are. Each rank writes what it has seen
 * into a file of the folder RESULTS.
 *
 * usage: node train.cjs '<JSON: a list of runs, each an object with what is read of `wanted` below>'
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const {
  Adam,
  Dataset,
  Distributed,
  EarlyStopping,
  Momentum,
  ReduceOnPlateau,
  Sequential,
  Trainer,
} = require('../../../dist/index.js');

const CLASSES = 3;

/** Layers of each network; all take rows of 6 numbers. */
const NETS = {
  plain: [
    { type: 'affine', outputSize: 16, activation: 'relu' },
    { type: 'affine', outputSize: CLASSES },
  ],
  dropout: [
    { type: 'affine', outputSize: 16, activation: 'relu' },
    { type: 'dropout', ratio: 0.3 },
    { type: 'affine', outputSize: CLASSES },
  ],
  normalised: [
    { type: 'affine', outputSize: 16 },
    { type: 'batchNormalization' },
    { type: 'relu' },
    { type: 'affine', outputSize: CLASSES },
  ],
};

/** Rows drawn by a formula, the same everywhere. */
function dataset(rows, from, Floats) {
  const x = new Floats(rows * 6);
  const labels = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < 6; j++) {
      const value = Math.sin(1 + (from + i) * 12.9898 + j * 78.233) * 2;
      x[i * 6 + j] = value;
      sum += value * (j % 2 === 0 ? 1 : -0.5);
    }
    labels[i] = sum < -1 ? 0 : sum < 1 ? 1 : 2;
  }
  return Dataset.from({ x: { data: x, shape: [rows, 6] }, labels, classes: CLASSES });
}

const CALLBACKS = {
  early: () => new EarlyStopping({ monitor: 'testLoss', patience: 2, minDelta: 0.01 }),
  plateau: () => new ReduceOnPlateau({ monitor: 'testLoss', patience: 1, minDelta: 1 }),
};

const OPTIMIZERS = {
  adam: () => new Adam({ learningRate: 0.01 }),
  momentum: () => new Momentum({ learningRate: 0.05 }),
};

/** The Trainer of a run; of one that is `alone`, without the other ranks. */
async function trainerOf(wanted, distributed) {
  const { net: name = 'plain', dtype = 'float64', rows = 101, batchSize = 23, steps = 20, epochs, l2 } = wanted;
  const Floats = dtype === 'float64' ? Float64Array : Float32Array;
  const { rank = 0 } = distributed ?? {};
  const net = Sequential.from(
    { input: 6, layers: NETS[name], loss: 'crossEntropy', ...(l2 === undefined ? {} : { l2 }) },
    { seed: wanted.seedByRank ? rank : 1, dtype },
  );
  const common = {
    train: dataset(wanted.rowsByRank ? rows + rank : rows, 0, Floats),
    test: dataset(57, 1000, Floats),
    callbacks: (wanted.callbacks ?? []).map((callback) => CALLBACKS[callback]()),
    ...(distributed && { distributed }),
  };
  if (wanted.resume) return Trainer.resume(wanted.resume, { net, ...common });
  return new Trainer(net, {
    ...common,
    optimizer: OPTIMIZERS[wanted.optimizer ?? 'adam'](),
    batchSize,
    ...(wanted.seedByRank ? {} : { seed: 5 }),
    ...(epochs === undefined ? { steps } : { epochs }),
    ...wanted.options,
  });
}

async function train(wanted) {
  const distributed = wanted.alone ? undefined : await Distributed.connect(wanted.connect);
  let called = 0;
  let error;
  let trainer;
  const controller = new AbortController();
  const onStep = ({ step }) => {
    called++;
    if (step === wanted.abortAt) controller.abort(new Error('enough'));
    return step === wanted.stopAt ? 'stop' : undefined;
  };
  const onEpochEnd = async () => {
    called++;
    const { net, optimizer, epoch } = trainer;
    if (wanted.breakWeights && epoch === 2) net.params.W1.data[0] += 1;
    if (wanted.rate) optimizer.learningRate = wanted.rate;
    if (wanted.save) await trainer.save(wanted.save);
    if (wanted.slow) await new Promise((resolve) => setTimeout(resolve, wanted.slow));
  };
  try {
    trainer = await trainerOf(wanted, distributed);
    await trainer.fit({
      ...(wanted.abortAt === undefined ? {} : { signal: controller.signal }),
      ...(wanted.stopAt === undefined && wanted.abortAt === undefined ? {} : { onStep }),
      onEpochEnd,
    });
  } catch (thrown) {
    error = `${thrown.name}: ${thrown.message}`; // of all ranks: the next run goes on
  }
  const { rank = 0, size = 1, localRank, localSize, statistics } = distributed ?? {};
  if (trainer === undefined) return { rank, size, error };
  const { net, step, history, optimizer } = trainer;
  const hash = createHash('sha256');
  for (const { data } of [...Object.values(net.params), ...Object.values(net.buffers ?? {})])
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return {
    ...{ rank, size, localRank, localSize, statistics, step, called, error },
    losses: [...history.losses],
    epochs: history.epochs.map(({ seconds, ...record }) => record),
    weights: hash.digest('hex'),
    rate: optimizer.learningRate,
  };
}

async function main() {
  const results = [];
  for (const wanted of JSON.parse(process.argv[2])) results.push(await train(wanted));
  const distributed = await Distributed.connect();
  fs.writeFileSync(path.join(String(process.env.RESULTS), `${distributed.rank}.json`), JSON.stringify(results));
  await distributed.close();
}

main();
