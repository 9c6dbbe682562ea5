// Trains for a while on the built package and prints what the steady state costs: resident memory and typed arrays.
// Run as: node --expose-gc steady-state.cjs <backend>
const { Dataset, Random, SGD, Batches, Trainer, TwoLayerNet } = require('../../dist/index.js');
const { countArrays } = require('./count-arrays.cjs');

const random = new Random(1);
const data = new Uint8Array(8000 * 784).map(() => random.integer(256));
const labels = Int32Array.from({ length: 8000 }, () => random.integer(10));
// 8,000 is no multiple of 96: each epoch ends with a short batch.
const train = Dataset.from({ x: { data, shape: [8000, 784] }, labels, scale: 1 / 255 });
const backend = /** @type {import('../../dist/index.js').BackendName} */ (process.argv[2]);
const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1, backend });
const batches = new Batches(train, {
  batchSize: 96,
  sampling: 'shuffle',
  random,
  dtype: 'float32',
  backend: net.backend,
});
const sgd = new SGD({ learningRate: 0.01 });

function steps(count) {
  for (let i = 0; i < count; i++) {
    const { x, labels: t } = batches.next();
    net.lossAndGradient(x, t);
    sgd.update(net.params, net.grads);
  }
}

const arrays = { made: 0 };

function memory() {
  global.gc?.();
  return process.memoryUsage();
}

// A leak grows in every round. The compilers take memory in some and give it back in others: those tell nothing.
const inRound = Number(process.argv[3]);
steps(2000);
const usage = [memory()];
for (let round = 0; round < 3; round++) {
  steps(inRound);
  usage.push(memory());
}
function smallestGrowth(kind) {
  const growths = usage.slice(1).map((after, round) => after[kind] - usage[round][kind]);
  const taken = growths.filter((growth) => growth >= 0);
  return taken.length === 0 ? 0 : Math.min(...taken);
}
countArrays(arrays);
steps(200);
const self = new Float32Array(1).length; // the counter counts
const counted = arrays.made;

// And the Trainer's own loop, on top of it: what 400 more steps (and nearly five epochs) add.
function arraysInFit(steps) {
  const trainer = new Trainer(net, { train, steps, batchSize: 96, evaluate: false });
  arrays.made = 0;
  trainer.fitSync();
  return arrays.made;
}
const short = arraysInFit(300);
const long = arraysInFit(700);

console.log(
  JSON.stringify({
    rss: smallestGrowth('rss'),
    heapUsed: smallestGrowth('heapUsed'),
    arrayBuffers: smallestGrowth('arrayBuffers'),
    arraysInSteps: counted - self,
    arraysInFit: long - short,
  }),
);
