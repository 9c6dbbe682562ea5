import { Dataset, Sequential, Trainer, TwoLayerNet } from 'zerokara';

async function main(): Promise<void> {
  const x = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
  await new Trainer(net, { train: Dataset.from({ x, labels: [0, 1, 1, 0] }), epochs: 2000 }).fit();

  const bytes = net.toBytes(); // what save would write: description, weights, a checksum
  const file = new Blob([bytes]); // for a download, or to keep in IndexedDB

  const copy = TwoLayerNet.fromBytes(bytes);
  const other = await Sequential.load(file); // a Blob; a File that was dropped is one
  // const third = await Sequential.load(new URL('model.safetensors', location.href));
  console.log(copy.classify(x).join(' '), other.classify(x).join(' '));
}

main();
