import { Dataset, MultiLayerNet, Tensor, Trainer } from 'zerokara';

const x = Tensor.randomUniform([200, 2], { low: -1, high: 1, seed: 1 });
const rows = x.toArray() as number[][];
const inside = rows.map(([a, b]) => (a! ** 2 + b! ** 2 < 0.5 ? 1 : 0));
const signs = rows.map(([a, b]) => [a! > 0, b! > 0]);
const options = { inputSize: 2, hiddenSizes: [16], seed: 1 };

// Yes or no: one output, trained on labels 0 and 1.
const binary = new MultiLayerNet({ ...options, outputSize: 1, task: 'binary' });
new Trainer(binary, { train: Dataset.from({ x, labels: inside }), epochs: 100, optimizer: 'adam', seed: 1 }).fitSync();
console.log(binary.classify([[0, 0]])[0], binary.predict([[0, 0]]).shape);

// Any number of labels for each row: one output for each label.
const several = new MultiLayerNet({ ...options, outputSize: 2, task: 'multiLabel' });
new Trainer(several, {
  train: Dataset.from({ x, multiLabels: signs }),
  epochs: 100,
  optimizer: 'adam',
  seed: 1,
}).fitSync();
const [probabilities] = several.predict([[0.9, -0.9]]).toArray() as number[][];
console.log(probabilities!.map((p) => p > 0.5));
