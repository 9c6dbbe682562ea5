/**
 * Trains on streams, on as many ranks as there are. Each rank writes what came of each run into a file of the folder RESULTS.
 *
 * usage: node stream.cjs FOLDER, with x.f32 and labels.f32: ROWS rows of 4 numbers, of which the first is the number of the row
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { Adam, Dataset, DatasetStream, Distributed, SGD, Sequential, Trainer } = require('../../../dist/index.js');

const folder = String(process.argv[2]);
const ROWS = 101;

function numbers(name) {
  const { buffer, byteOffset, length } = fs.readFileSync(path.join(folder, name));
  return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
}

const x = numbers('x.f32');
const labels = Int32Array.from(numbers('labels.f32'));

const SOURCES = {
  files: () =>
    DatasetStream.fromFiles({
      ...{ x: path.join(folder, 'x.f32'), labels: path.join(folder, 'labels.f32') },
      ...{ format: 'float32', inputSize: 4, classes: 2, window: 40 },
    }),
  /** Some rows at a time, of unknown number. */
  function: (of = x, rows = ROWS) =>
    DatasetStream.from(
      async function* () {
        for (let row = 0; row < rows; row += 7) {
          const end = Math.min(rows, row + 7);
          yield { x: of.subarray(4 * row, 4 * end), labels: labels.subarray(row, end) };
        }
      },
      { inputSize: 4, classes: 2, window: 40 },
    ),
};

function network(dtype) {
  const scale = { type: 'standardization', mean: [50, 0, 0, 0], deviation: [30, 1, 1, 1] };
  const layers = [scale, { type: 'affine', outputSize: 8, activation: 'relu' }, { type: 'affine', outputSize: 2 }];
  return Sequential.from(/** @type {any} */ ({ input: 4, layers, loss: 'crossEntropy' }), { seed: 1, dtype });
}

function weightsOf({ net }) {
  const hash = createHash('sha256');
  for (const { data } of Object.values(net.params)) hash.update(new Uint8Array(data.buffer));
  return hash.digest('hex');
}

const test = () => Dataset.from({ x: { data: x, shape: [ROWS, 4] }, labels, classes: 2 });

function trainerOf(train, distributed, options = {}) {
  const { dtype = 'float64', ...more } = /** @type {any} */ (options);
  return new Trainer(network(dtype), {
    ...{ train, test: test(), batchSize: 23, steps: 20, seed: 3, optimizer: new Adam(), distributed },
    ...more,
  });
}

/** What a run has seen: the rows of each step here, and what it ends with. */
async function follow(trainer) {
  const { net } = trainer;
  const { lossAndGradient } = net;
  const rows = [];
  net.lossAndGradient = function (batch, ...others) {
    rows.push(Array.from({ length: batch.shape[0] }, (_, i) => batch.data[4 * i]));
    return lossAndGradient.call(this, batch, ...others);
  };
  const error = await trainer.fit().then(
    () => undefined,
    (thrown) => `${thrown.name}: ${thrown.message}`,
  );
  const { step, stepsPerEpoch, history } = trainer;
  const testLosses = history.epochs.map(({ testLoss }) => testLoss);
  return { error, step, stepsPerEpoch, rows, losses: [...history.losses], testLosses, weights: weightsOf(trainer) };
}

const RUNS = {
  files: async (distributed) => follow(trainerOf(await SOURCES.files(), distributed)),
  function: async (distributed) => follow(trainerOf(SOURCES.function(), distributed)),
  whole: async (distributed) => follow(trainerOf(await SOURCES.files(), distributed, { batchSize: ROWS })),
  'last batches dropped': async (distributed) =>
    follow(trainerOf(await SOURCES.files(), distributed, { dropLast: true, steps: 16 })),
  /** Saved in the middle of the second epoch, and continued from there. */
  async resumed(distributed) {
    const file = path.join(folder, 'run.safetensors');
    const trainer = trainerOf(await SOURCES.files(), distributed);
    const onStep = ({ step }) => (step === 8 ? trainer.save(file).then(() => 'stop') : undefined);
    await trainer.fit({ onStep });
    await distributed.barrier();
    const train = await SOURCES.files();
    return follow(await Trainer.resume(file, { net: network('float64'), train, test: test(), distributed }));
  },
  /** A number of rank 1 is not one. */
  async broken(distributed) {
    const own = x.slice();
    if (distributed.rank === 1) own[4 * 61 + 2] = Number.NaN;
    return follow(trainerOf(SOURCES.function(own), distributed, { batchSize: 20 }));
  },
  /** Rank 1 has fewer rows: without the last batch, and with a shorter one. */
  async 'other lengths'(distributed) {
    const errors = [];
    for (const rows of [92, 99]) {
      const train = SOURCES.function(x, distributed.rank === 1 ? rows : ROWS);
      const { error, step } = await follow(trainerOf(train, distributed));
      errors.push(error, step);
    }
    return { errors };
  },
  diverged: async (distributed) =>
    follow(trainerOf(await SOURCES.files(), distributed, { optimizer: new SGD({ learningRate: 1e300 }) })),
  small: async (distributed) => follow(trainerOf(await SOURCES.files(), distributed, { batchSize: 1 })),
};

async function main() {
  const distributed = await Distributed.connect();
  const results = {};
  for (const [name, run] of Object.entries(RUNS))
    results[name] = await run(distributed).catch((thrown) => ({ error: `${thrown.name}: ${thrown.message}` }));
  fs.writeFileSync(path.join(String(process.env.RESULTS), `${distributed.rank}.json`), JSON.stringify(results));
  await distributed.close();
}

main();
