// Trains DeepConvNet at batch 100 on the built package and prints its memory in bytes, and the typed arrays of a step.
// Run as: node --expose-gc deep-memory.cjs <rows of data> <steps>
const { Adam, Batches, Dataset, DeepConvNet, Random } = require('../../dist/index.js');
const { countArrays } = require('./count-arrays.cjs');

const [rows, steps] = process.argv.slice(2).map(Number);
const random = new Random(1);
const data = new Uint8Array(rows * 784).map(() => random.integer(256));
const labels = Int32Array.from({ length: rows }, () => random.integer(10));
const train = Dataset.from({ x: { data, shape: [rows, 784] }, labels, scale: 1 / 255 });
const net = new DeepConvNet({ seed: 1 });
const batches = new Batches(train, {
  batchSize: 100,
  sampling: 'shuffle',
  random,
  dtype: 'float32',
  backend: net.backend,
});
const adam = new Adam({ learningRate: 0.001 });

function train100(count) {
  for (let i = 0; i < count; i++) {
    const { x, labels: t } = batches.next();
    net.lossAndGradient(x, t);
    adam.update(net.params, net.grads);
  }
}

const arrays = { made: 0 };

function memory() {
  global.gc?.();
  return process.memoryUsage();
}

const third = Math.ceil(steps / 3);
train100(Math.max(5, Math.min(100, third)));
const usage = [memory()];
for (let round = 0; round < 3; round++) {
  train100(third);
  usage.push(memory());
}
/** What every third took: a leak takes something in each; the compilers take in one and give back in another. */
function smallestGrowth(kind) {
  return Math.max(0, Math.min(...usage.slice(1).map((after, round) => after[kind] - usage[round][kind])));
}
const peak = process.resourceUsage().maxRSS * 1024;
countArrays(arrays);
train100(10);
const inSteps = arrays.made;
new Float32Array(1); // the counter counts

console.log(
  JSON.stringify({
    aboveData: peak - data.byteLength,
    rss: smallestGrowth('rss'),
    heapUsed: smallestGrowth('heapUsed'),
    arrayBuffers: smallestGrowth('arrayBuffers'),
    arraysInSteps: inSteps,
    counts: arrays.made - inSteps,
  }),
);
