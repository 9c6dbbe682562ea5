/**
 * A run that saves itself after every step and is meant to be killed. Run as:
 * node checkpointing.cjs <backend> <file>. It continues from the file where there is one, and prints a dot when a step begins to be
 * saved.
 */
const { existsSync } = require('node:fs');
const { Dataset, Random, Trainer, TwoLayerNet } = require('../../dist/index.js');

const STEPS = 100;

function data(rows, seed) {
  const random = new Random(seed);
  const x = Float32Array.from({ length: rows * 20 }, () => random.normal());
  const labels = Int32Array.from({ length: rows }, (_, i) => (x[20 * i] > 0 ? 1 : 0) + (x[20 * i + 1] > 0 ? 2 : 0));
  return Dataset.from({ x: { data: x, shape: [rows, 20] }, labels, classes: 4 });
}

const train = data(700, 1);
const test = data(300, 2);

const begin = (backend) =>
  new Trainer(new TwoLayerNet({ inputSize: 20, hiddenSize: 30, outputSize: 4, seed: 3, backend }), {
    train,
    test,
    steps: STEPS,
    batchSize: 64,
    seed: 4,
  });

const goOn = (backend, file) => Trainer.resume(file, { train, test, backend });

/** What must be equal to the bit at the end of a run. */
function result({ net, history }) {
  return {
    params: net.stateDict(),
    losses: history.losses,
    epochs: history.epochs.map(({ seconds, ...record }) => record),
  };
}

async function main(backend, file) {
  const trainer = existsSync(file) ? await goOn(backend, file) : begin(backend);
  if (trainer.isComplete) return;
  // Some saves are waited for, some go on beside the next steps.
  await trainer.fit({
    onStep: ({ step }) => {
      process.stdout.write('.');
      const saved = trainer.save(file);
      return step % 3 === 0 ? undefined : saved;
    },
    onEpochEnd: () => trainer.save(file),
  });
  await trainer.save(file);
}

module.exports = { STEPS, begin, goOn, result };

if (require.main === module) main(...process.argv.slice(2));
