import { Dataset, EarlyStopping, MultiLayerNet, ReduceOnPlateau, Tensor, Trainer } from 'zerokara';

const x = Tensor.randomUniform([300, 2], { low: -1, high: 1, seed: 1 });
const labels = Array.from({ length: 300 }, (_, i) => (x.data[2 * i]! * x.data[2 * i + 1]! > 0 ? 1 : 0));
const { train, test } = Dataset.from({ x, labels }).split({ test: 0.2, seed: 1, stratify: true });

const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [16], outputSize: 2, seed: 1 });
const stopping = new EarlyStopping({ monitor: 'validationLoss', patience: 10 });
const trainer = new Trainer(net, {
  train,
  validation: 0.2, // the share of the training rows to hold out, or a Dataset
  epochs: 500,
  batchSize: 20,
  optimizer: 'adam',
  seed: 1,
  callbacks: [new ReduceOnPlateau({ patience: 4, factor: 0.5 }), stopping],
});
trainer.fitSync(); // stops by itself, well before 500 epochs
trainer.extend({ epochs: 10 }); // from where it stopped
const { epochs } = trainer.fitSync();
console.log(epochs.length, stopping.bestAt, epochs.at(-1)?.validationLoss, net.accuracy(test));
