import { Dataset, MultiLayerNet, Trainer } from 'zerokara';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const net = new MultiLayerNet({
  inputSize: 2,
  hiddenSizes: [8],
  outputSize: 1,
  task: 'binary',
  activation: 'tanh',
  seed: 1,
});
new Trainer(net, {
  train: Dataset.from({ x, labels: [0, 1, 1, 0] }),
  optimizer: 'adam',
  epochs: 500,
  seed: 1,
}).fitSync();
console.log(net.predict([[1, 0]]).item(0, 0) > 0.5); // the probability of 1
