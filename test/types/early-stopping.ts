import { EarlyStopping, loadMnist, ModelCheckpoint, MultiLayerNet, Trainer } from 'zerokara';

async function main(): Promise<void> {
  const { train, test } = await loadMnist();
  const net = new MultiLayerNet({ inputSize: 784, hiddenSizes: [100], outputSize: 10, seed: 1 });
  const trainer = new Trainer(net, {
    train,
    validation: 0.2,
    epochs: 100,
    optimizer: 'adam',
    callbacks: [new EarlyStopping({ patience: 5 }), new ModelCheckpoint({ path: 'run-{epoch}.safetensors', keep: 3 })],
  });
  const { epochs } = await trainer.fit();
  console.log(epochs.length, net.evaluate(test, { metrics: ['f1Score', 'confusionMatrix'] }));
}

main();
