import { Dataset, Sequential, Trainer } from 'zerokara';

const net = Sequential.from(
  {
    input: 2,
    layers: [
      { type: 'affine', outputSize: 16, activation: 'tanh' },
      { type: 'affine', outputSize: 8, activation: 'tanh' },
      { type: 'affine', outputSize: 1 },
    ],
    loss: 'binaryCrossEntropy',
  },
  { seed: 1 },
);
console.log(String(net.summary()));

// The description is plain data: net.describe() returns it; JSON and saved files can hold it.
const twin = Sequential.fromJSON(JSON.parse(JSON.stringify(net.describe())), { seed: 1 });

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
new Trainer(twin, { train: Dataset.from({ x, labels: [0, 1, 1, 0] }), epochs: 1_000 }).fitSync();
console.log(twin.classify(x));
