// A dependency that brings a copy of its own: what one makes, the other takes.
const path = require('node:path');
const ours = require('zerokara');
const theirs = require(path.resolve('dependency/node_modules/zerokara'));

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const train = theirs.Dataset.from({ x, labels: [0, 1, 1, 0] });
const net = new ours.TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
new theirs.Trainer(net, { train, epochs: 2000 }).fitSync();
console.log(`two copies ${ours.Dataset !== theirs.Dataset}`);
console.log(`xor ${net.classify(theirs.Tensor.from(x)).join(' ')}`);
