// Fits a sine by a network of two hidden layers, with everything typed: the options, the history, the parameters.
import { Dataset, type EpochRecord, MultiLayerNet, SGD, Trainer } from 'zerokara';

const x = Array.from({ length: 200 }, (_, i) => [(i / 199) * 2 - 1]);
const targets = x.map(([value]) => [Math.sin(3 * value!)]);
const train = Dataset.from({ x, targets });

const net = new MultiLayerNet({
  inputSize: 1,
  hiddenSizes: [32, 32],
  outputSize: 1,
  activation: 'tanh',
  task: 'regression',
  seed: 1,
});
const optimizer = new SGD({ learningRate: 0.05 });
const trainer = new Trainer(net, { train, epochs: 1000, batchSize: 20, optimizer, evaluate: false, seed: 1 });
const { epochs } = await trainer.fit();

const last: EpochRecord = epochs.at(-1)!;
console.log(`backend ${net.backend.name}`);
console.log(`loss ${last.trainLoss < 0.01 ? 'below 0.01' : last.trainLoss} after ${last.epoch} epochs`);
