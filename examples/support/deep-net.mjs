// The networks of chapter 6 and the loop that trains them.
import { Sequential, Trainer } from 'zerokara';

/**
 * 784-100-…-100-10 of ReLU, its products followed by batch normalisation and its activations by dropout where asked.
 *
 * @param {{ hiddenLayers: number, weightInitStd?: number | 'he' | 'xavier', batchNormalization?: boolean, dropout?: number, l2?: number, seed?: number }} options
 */
export function deepNet({ hiddenLayers, weightInitStd = 'he', batchNormalization = false, dropout, l2, seed = 1 }) {
  /** @type {import('zerokara').LayerDescription[]} */
  const hidden = [
    { type: 'affine', outputSize: 100, weightInitStd },
    ...(batchNormalization ? [/** @type {const} */ ({ type: 'batchNormalization', epsilon: 1e-6 })] : []),
    { type: 'relu' },
    ...(dropout === undefined ? [] : [{ type: /** @type {const} */ ('dropout'), ratio: dropout }]),
  ];
  return Sequential.from(
    {
      input: 784,
      layers: [
        ...Array.from({ length: hiddenLayers }, () => hidden).flat(),
        { type: 'affine', outputSize: 10, weightInitStd },
      ],
      ...(l2 === undefined ? {} : { l2 }),
    },
    { seed },
  );
}

/**
 * Trains as the book's loops do, on batches drawn with replacement, the same for every network.
 *
 * @param {Sequential} net
 * @param {{ train: import('zerokara').Dataset, test?: import('zerokara').Dataset, optimizer: import('zerokara').Optimizer, batchSize: number, steps: number, evaluate?: boolean }} run
 * @returns the losses of the batches, and the accuracies of each epoch
 */
export function trainNet(net, { evaluate = false, ...run }) {
  return new Trainer(net, {
    ...run,
    sampling: 'replacement',
    evaluate: evaluate ? 'epochStart' : false,
    seed: 1,
  }).fit();
}

/** The loss around an update, as the mean of 25 batches: one batch alone tells more of chance than of the network. */
export function lossAt(losses, step) {
  const around = Array.from(losses.slice(Math.max(0, step - 12), step + 13));
  return Number((around.reduce((sum, loss) => sum + loss, 0) / around.length).toFixed(3));
}
