// Weights to a Worker by postMessage, its answer back, and the same through JSON.
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { TwoLayerNet } = require('zerokara');

const network = (seed) => new TwoLayerNet({ inputSize: 3, hiddenSize: 4, outputSize: 2, seed });
const x = [
  [1, 2, 3],
  [4, 5, 6],
];

if (isMainThread) {
  const net = network(1);
  const worker = new Worker(__filename, { workerData: net.stateDict() });
  worker.once('message', (answer) => {
    const here = net.predict(x);
    console.log(`worker ${answer.data.every((value, i) => value === here.data[i])}`);
    console.log(`json ${JSON.stringify({ p: here }) === JSON.stringify({ p: here.toArray() })}`);
    console.log(`silent ${!/backend|\//.test(JSON.stringify(net.predict(x)))}`);
  });
} else {
  const net = network(2);
  net.loadStateDict(workerData);
  parentPort.postMessage(net.predict(x));
}
