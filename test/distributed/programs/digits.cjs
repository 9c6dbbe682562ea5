/**
 * Trains on the digits of MNIST_DIR, on as many ranks as there are; rank 0 writes what came of it into a file of the folder RESULTS.
 *
 * usage: node digits.cjs dense | convolutional
 */
const fs = require('node:fs');
const path = require('node:path');
const { Adam, Distributed, SGD, SimpleConvNet, Trainer, TwoLayerNet, loadMnist } = require('../../../dist/index.js');

/** The loop of the book's chapter 4, and that of its chapter 7. */
const RUNS = {
  dense: () => ({
    net: new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1 }),
    options: {
      steps: 10_000,
      sampling: 'replacement',
      evaluate: 'epochStart',
      optimizer: new SGD({ learningRate: 0.1 }),
    },
  }),
  convolutional: () => ({
    net: new SimpleConvNet({ seed: 1 }),
    options: { epochs: 20, evaluateTrain: false, optimizer: new Adam({ learningRate: 0.001 }) },
  }),
};

async function main() {
  const distributed = await Distributed.connect();
  const { train, test } = await loadMnist({ dir: String(process.env.MNIST_DIR) });
  const { net, options } = RUNS[/** @type {keyof typeof RUNS} */ (process.argv[2])]();
  const begun = performance.now();
  const trainer = new Trainer(net, {
    train,
    test,
    batchSize: 100,
    seed: 1,
    distributed,
    .../** @type {any} */ (options),
  });
  const { epochs } = await trainer.fit();
  const result = {
    accuracies: epochs.map(({ testAccuracy }) => testAccuracy),
    seconds: (performance.now() - begun) / 1000,
  };
  if (distributed.rank === 0)
    fs.writeFileSync(path.join(String(process.env.RESULTS), '0.json'), JSON.stringify(result));
  await distributed.close();
}

main();
