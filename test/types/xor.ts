import { Dataset, SGD, Trainer, TwoLayerNet } from 'zerokara';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const xor = Dataset.from({ x, labels: [0, 1, 1, 0] });
const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
const trainer = new Trainer(net, { train: xor, epochs: 2_000, optimizer: new SGD({ learningRate: 0.1 }) });
const { losses } = trainer.fitSync();

console.log(`loss ${losses.at(0)?.toFixed(4)} → ${losses.at(-1)?.toFixed(4)}`);
console.log(net.classify(x));
