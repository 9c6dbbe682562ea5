import { Dataset, oneHot, Tensor } from 'zerokara';

const x = Tensor.randomUniform([4, 2], { seed: 1 }); // or nested arrays, or { data, shape } of a typed array
const labels = [0, 1, 1, 2];
const images = { data: new Uint8Array(4 * 28 * 28), shape: [4, 28, 28] };
const soft = { data: Float32Array.of(0.9, 0.1, 0, 1, 0.5, 0.5, 0.2, 0.8), shape: [4, 2] };
const tags = { data: Uint8Array.of(1, 1, 0, 1, 0, 0, 1, 0), shape: [4, 2] };

const sets = {
  indices: Dataset.from({ x, labels }),
  withUnseenClass: Dataset.from({ x, labels, classes: 4 }),
  oneHot: Dataset.from({ x, labels: oneHot(labels, 3) }),
  soft: Dataset.from({ x, labels: soft }),
  multiLabel: Dataset.from({ x, multiLabels: tags }),
  targets: Dataset.from({ x, targets: [1.5, 2, 0.3, 4] }),
  weighted: Dataset.from({ x, labels, weights: [1, 1, 1, 5] }),
  bytes: Dataset.from({ x: images, labels, scale: 1 / 255 }),
};
for (const [name, dataset] of Object.entries(sets)) console.log(name, String(dataset));

const { train, test } = sets.indices.split({ test: 0.25, seed: 1 });
console.log(train.size, test.size);
