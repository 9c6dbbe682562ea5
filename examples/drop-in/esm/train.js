// An ES module: import, train without blocking the event loop, save, load again.
import { rm } from 'node:fs/promises';
import { Dataset, SGD, Trainer, TwoLayerNet } from 'zerokara';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const xor = Dataset.from({ x, labels: [0, 1, 1, 0] });
const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
await new Trainer(net, { train: xor, epochs: 2000, optimizer: new SGD({ learningRate: 0.1 }) }).fit();

await net.save('xor.safetensors');
const again = await TwoLayerNet.load('xor.safetensors');
await rm('xor.safetensors');

console.log(`backend ${net.backend.name}`);
console.log(`xor ${again.classify(x).join(' ')}`);
