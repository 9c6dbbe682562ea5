import { cosine, Dataset, EarlyStopping, ModelCheckpoint, MultiLayerNet, SGD, Tensor, Trainer } from 'zerokara';

const x = Tensor.randomUniform([200, 2], { low: -1, high: 1, seed: 1 });
const labels = Array.from({ length: 200 }, (_, i) => (x.data[2 * i]! > x.data[2 * i + 1]! ? 1 : 0));

// What a file does not hold, and each process makes again: the data, the schedule, the callbacks in this order.
const again = () => ({
  train: Dataset.from({ x, labels }),
  optimizer: new SGD({ learningRate: cosine({ initial: 0.5, steps: 40 }) }),
  callbacks: [new EarlyStopping({ patience: 5 }), new ModelCheckpoint({ path: 'guide-run.safetensors' })],
});

async function main(): Promise<void> {
  const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [8], outputSize: 2, seed: 1 });
  const trainer = new Trainer(net, { ...again(), validation: 0.2, epochs: 20, seed: 1 });
  const crash = ({ epoch }: { epoch: number }): void => {
    if (epoch === 8) throw new Error('power cut');
  };
  await trainer.fit({ onEpochEnd: crash }).catch((error) => console.log(String(error)));

  const resumed = await Trainer.resume('guide-run.safetensors', again());
  console.log(resumed.history.epochs.length); // 7: the last record that was written
  if (!resumed.isComplete) await resumed.fit();
  console.log(resumed.isComplete, resumed.net.accuracy(x, labels));
}

main();
