import {
  choice,
  crossValidate,
  Dataset,
  logUniform,
  MultiLayerNet,
  randomSearch,
  SGD,
  Tensor,
  Trainer,
} from 'zerokara';

const x = Tensor.randomUniform([200, 2], { low: -1, high: 1, seed: 1 });
const labels = Array.from({ length: 200 }, (_, i) => (x.data[2 * i]! * x.data[2 * i + 1]! > 0 ? 1 : 0));
const dataset = Dataset.from({ x, labels });
const netOf = (seed: number, width = 16) =>
  new MultiLayerNet({ inputSize: 2, hiddenSizes: [width], outputSize: 2, seed });

async function main(): Promise<void> {
  const { mean, deviation } = await crossValidate((seed) => netOf(seed), dataset, {
    folds: 5,
    epochs: 20,
    batchSize: 10,
    optimizer: 'adam', // or a function that makes an optimizer for each fold
    seed: 1,
  });
  console.log(`accuracy ${mean.accuracy} ± ${deviation.accuracy}`);

  const { train, test: validation } = dataset.split({ test: 0.25, seed: 1 });
  const result = await randomSearch({
    space: { learningRate: logUniform(1e-3, 1), width: choice([8, 16, 32]) },
    trials: 9,
    halving: { budget: 5, rungs: 2 }, // all trials for 5 epochs, the best third again for 15
    seed: 1,
    objective: async ({ learningRate, width }, { seed, budget }) => {
      const net = netOf(seed, width);
      await new Trainer(net, { train, epochs: budget, optimizer: new SGD({ learningRate }), seed }).fit();
      return net.accuracy(validation);
    },
  });
  console.log(String(result), result.best.params.learningRate);
}

main();
