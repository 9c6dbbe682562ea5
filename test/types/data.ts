// Data sets in a user's program: what the types know of labels.
import { Batches, Dataset, loadMnist, Random, type Tensor } from 'zerokara';

const x = [
  [0, 0],
  [0, 1],
];

// Labels that are indices come back as an Int32Array, rows as a tensor: no cast.
const indices = Dataset.from({ x, labels: [0, 1] });
const first: number | undefined = indices.toTensors().labels[0];
const hot: Tensor = indices.toTensors({ oneHot: true }).labels;
const values: Tensor = Dataset.from({ x, targets: [1, 2] }).toTensors().labels;
const several: Tensor = Dataset.from({
  x,
  multiLabels: [
    [true, false],
    [1, 0],
  ],
}).toTensors().labels;
const either: Int32Array | Tensor = Dataset.from({ x, labels: [[0], [1]] }).toTensors().labels;

const { train, test, warnings } = indices.split({ test: 0.5, seed: 1 });
const sentences: readonly string[] = warnings;
const held: number | undefined = test.take(1).toTensors().labels[0];
const batches = new Batches(train, {
  batchSize: 1,
  sampling: 'shuffle',
  random: new Random(1),
  dtype: 'float32',
  backend: hot.backend,
});
const drawn: number | undefined = batches.next().labels[0];

export async function digits(): Promise<number | undefined> {
  const mnist = await loadMnist({ limit: 10, maxBytes: 2 ** 26 });
  return mnist.train.toTensors().labels[0];
}

// Any data set is a Dataset.
const any: readonly Dataset[] = [indices, Dataset.from({ x, targets: [1, 2], weights: [1, 2] })];

export default [first, values, several, either, sentences, held, drawn, any];
