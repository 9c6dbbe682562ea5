/**
 * A rank that trains, saves after each epoch, and continues from the file if there is one.
 *
 * usage: node checkpointed.cjs <file> <milliseconds that rank 0 rests in each step>
 *
 * The global batch is cut into a fixed number of shards, so that any number of ranks gives the same bits.
 */
const { createHash } = require('node:crypto');
const { existsSync } = require('node:fs');
const { Dataset, Distributed, ModelCheckpoint, Random, SGD, Sequential, Trainer } = require('../../../dist/index.js');

const ROWS = 64;
const EPOCHS = 12;

function rows() {
  const random = new Random(3, 'program');
  const x = Array.from({ length: ROWS }, () => Array.from({ length: 5 }, () => random.normal()));
  return Dataset.from({ x, labels: x.map(([a, b]) => (a + b > 0 ? 1 : 0)) });
}

const network = () =>
  Sequential.from(
    {
      input: 5,
      layers: [
        { type: 'affine', outputSize: 16, activation: 'relu' },
        { type: 'affine', outputSize: 2 },
      ],
      loss: 'crossEntropy',
    },
    { seed: 1 },
  );

/** @param {string[]} args */
async function main(args) {
  const [file = '', rest] = args;
  const distributed = await Distributed.connect({ deterministic: true });
  const train = rows();
  const callbacks = [new ModelCheckpoint({ path: file, everyEpochs: 1 })];
  const trainer = existsSync(file)
    ? await Trainer.resume(file, { train, callbacks, distributed })
    : new Trainer(network(), {
        ...{
          train,
          epochs: EPOCHS,
          batchSize: 16,
          optimizer: new SGD({ learningRate: 0.1 }),
          seed: 2,
          evaluate: false,
        },
        ...{ callbacks, distributed },
      });
  console.log(`rank ${distributed.rank} of ${distributed.size} is process ${process.pid}, from step ${trainer.step}`);
  const milliseconds = Number(rest);
  await trainer.fit({
    onStep: () => (milliseconds > 0 ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : undefined),
    onEpochEnd: ({ epoch }) => console.log(`epoch ${epoch} has ended`),
  });
  if (distributed.rank === 0) {
    const bits = createHash('sha256');
    for (const { data } of Object.values(trainer.net.params))
      bits.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    console.log(`result ${bits.digest('hex')} after step ${trainer.step}`);
  }
  await distributed.close();
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
