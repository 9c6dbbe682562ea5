/**
 * What programs do wrong on one rank, or differently on each, one mistake after another. Each rank writes into a file of the folder
 * RESULTS what came of it, by the name of the mistake: the last run must find nothing left of all the others.
 *
 * usage: node mistakes.cjs
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { Dataset, Distributed, SGD, Sequential, Trainer } = require('../../../dist/index.js');

const ROWS = 48;

function dataset() {
  const x = Array.from({ length: ROWS }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(5 * i)]);
  return Dataset.from({ x, labels: x.map(([a, b]) => (a + b > 0 ? 1 : 0)), classes: 2 });
}

function network() {
  const layers = [
    { type: 'affine', outputSize: 8, activation: 'relu' },
    { type: 'affine', outputSize: 2 },
  ];
  return Sequential.from({ input: 3, layers, loss: 'crossEntropy' }, { seed: 1 });
}

/** A trainer of two epochs of three steps. */
function trainerOf(distributed, options = {}, net = network()) {
  const optimizer = new SGD({ learningRate: 0.1 });
  return new Trainer(net, { train: dataset(), epochs: 2, batchSize: 16, seed: 1, optimizer, distributed, ...options });
}

/** Lets the first layer of a network throw in its third backward pass: the gradients of the last are on their way then. */
function breakBackward({ layers: [first] }) {
  const { backward } = first;
  let left = 2;
  first.backward = function (...args) {
    if (left-- === 0) throw new RangeError('this layer has had enough');
    return backward.apply(this, args);
  };
}

const MISTAKES = {
  async backward(distributed) {
    const trainer = trainerOf(distributed);
    if (distributed.rank === 1) breakBackward(trainer.net);
    await trainer.fit();
  },
  async 'deterministic backward'() {
    const distributed = await Distributed.connect({ deterministic: true });
    const trainer = trainerOf(distributed);
    if (distributed.rank === 0) breakBackward(trainer.net);
    await trainer.fit();
  },
  async none(distributed) {
    const trainer = trainerOf(distributed);
    await trainer.fit();
    const hash = createHash('sha256');
    for (const { data } of Object.values(trainer.net.params)) hash.update(data);
    return hash.digest('hex');
  },
};

/** What came of it: the error, or the weights. */
async function resultOf(run, distributed) {
  try {
    return (await run(distributed)) ?? 'no error';
  } catch (error) {
    return `${error.name}: ${error.message}`;
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
