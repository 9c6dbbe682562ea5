import { AdamW, cosine, Dataset, Momentum, MultiLayerNet, stepDecay, Tensor, Trainer, warmup } from 'zerokara';

const x = Tensor.randomUniform([200, 2], { low: -1, high: 1, seed: 1 });
const labels = Array.from({ length: 200 }, (_, i) => (x.data[2 * i]! * x.data[2 * i + 1]! > 0 ? 1 : 0));
const train = Dataset.from({ x, labels });

// 50 epochs of 10 batches are 500 updates: 50 of warm-up, then 450 down a cosine.
const learningRate = warmup({ steps: 50, after: cosine({ initial: 0.01, steps: 450 }) });
const optimizer = new AdamW({ learningRate, weightDecay: 0.001 });
const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [16], outputSize: 2, seed: 1 });
new Trainer(net, { train, epochs: 50, batchSize: 20, optimizer, clipGlobalNorm: 1, seed: 1 }).fitSync();
console.log(net.accuracy(train));

// The book's penalty belongs to the network: it is part of the loss that the run reports.
const penalized = new MultiLayerNet({ inputSize: 2, hiddenSizes: [16], outputSize: 2, l2: 0.001, seed: 1 });
const halved = new Momentum({ learningRate: stepDecay({ initial: 0.1, factor: 0.5, every: 100 }), momentum: 0.9 });
const trainer = new Trainer(penalized, { train, steps: 500, optimizer: halved, clipValue: 0.5 });
console.log(trainer.fitSync().epochs.at(-1)?.learningRate);
