import { Dataset, MultiLayerNet, Random, SGD, Trainer } from 'zerokara';

const random = new Random(1);
const x = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
const train = Dataset.from({ x, labels: x.map(([a, b]) => (a! > b! ? 1 : 0)) });

// From 0.0001 upwards, ten times as much every 20 steps, until the loss is four times what it was.
const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [16], outputSize: 2, seed: 1 });
const optimizer = new SGD({ learningRate: (step) => 1e-4 * 10 ** (step / 20) });
const tried: { loss: number; learningRate: number }[] = [];
new Trainer(net, { train, steps: 160, batchSize: 50, optimizer, evaluate: false, seed: 1 }).fitSync({
  onStep: ({ loss, learningRate }) => {
    tried.push({ loss, learningRate });
    return loss > 4 * tried[0]!.loss ? 'stop' : undefined;
  },
});
const best = tried.reduce((least, other) => (other.loss < least.loss ? other : least));
console.log(tried.length > 60, best.learningRate / 3 > 0.01); // a third of the rate at which the loss was lowest
