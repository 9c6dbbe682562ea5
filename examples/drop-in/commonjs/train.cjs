// A plain script: require, train, read back. fitSync blocks the event loop, which is fine in a script.
const { Dataset, SGD, Trainer, TwoLayerNet } = require('zerokara');

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const xor = Dataset.from({ x, labels: [0, 1, 1, 0] });
const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
new Trainer(net, { train: xor, epochs: 2000, optimizer: new SGD({ learningRate: 0.1 }) }).fitSync();

console.log(`backend ${net.backend.name}`);
console.log(`xor ${net.classify(x).join(' ')}`);
