// One run. Nothing else needs a Worker's event loop, so fitSync is right here.
import { parentPort, workerData } from 'node:worker_threads';
import { Dataset, SGD, Trainer, TwoLayerNet } from 'zerokara';

const { pixels, labels, width, learningRate } = workerData;
const all = Dataset.from({ x: { data: pixels, shape: [labels.length, width] }, labels, scale: 1 / 255 });
const { train, test } = all.split({ test: 0.2, seed: 1 }); // views of the same numbers

const net = new TwoLayerNet({
  inputSize: width,
  hiddenSize: 32,
  outputSize: all.classes,
  weightInitStd: 'he',
  seed: 1,
});
new Trainer(net, { train, epochs: 10, seed: 1, optimizer: new SGD({ learningRate }) }).fitSync();

parentPort.postMessage({ backend: net.backend.name, learningRate, accuracy: net.accuracy(test) });
