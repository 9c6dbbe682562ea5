import { loadMnist, SGD, Trainer, TwoLayerNet } from 'zerokara';

async function main(): Promise<void> {
  const { train, test } = await loadMnist();
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1 });
  const trainer = new Trainer(net, {
    train,
    test,
    epochs: 17,
    batchSize: 100,
    optimizer: new SGD({ learningRate: 0.1 }),
  });
  await trainer.fit({
    onEpochEnd: ({ epoch, trainAccuracy, testAccuracy }) => console.log(epoch, trainAccuracy, testAccuracy),
  });
  await net.save('digits.safetensors');

  const again = await TwoLayerNet.load('digits.safetensors');
  console.log(again.accuracy(test));
}

main();
