/** One short training run with the built library, told as bits; the same function in the main thread and in a Worker. */
const { createHash } = require('node:crypto');

/**
 * @param {string} library the file of the library's entry
 * @param {{ backend: string, seed: number, steps: number, pixels: Uint8Array | Float32Array, labels: Int32Array }} job
 * @returns {{ backend: string, bits: string, firstLoss: number, lastLoss: number }} bits: a hash over weights and losses
 */
exports.train = (library, { backend, seed, steps, pixels, labels }) => {
  const { Dataset, SGD, Trainer, TwoLayerNet } = require(library);
  const count = labels.length;
  const train = Dataset.from({
    x: { data: pixels, shape: [count, pixels.length / count] },
    labels,
    classes: 10,
    ...(pixels instanceof Uint8Array ? { scale: 1 / 255 } : {}),
  });
  const net = new TwoLayerNet({ inputSize: train.inputSize, hiddenSize: 50, outputSize: 10, seed, backend });
  const optimizer = new SGD({ learningRate: 0.1 });
  const trainer = new Trainer(net, { train, steps, batchSize: 100, optimizer, seed, evaluate: false });
  const { losses } = trainer.fitSync();
  const hash = createHash('sha256').update(new Uint8Array(losses.buffer, losses.byteOffset, losses.byteLength));
  for (const { data } of Object.values(net.params)) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return { backend: net.backend.name, bits: hash.digest('hex'), firstLoss: losses[0], lastLoss: losses.at(-1) };
};
