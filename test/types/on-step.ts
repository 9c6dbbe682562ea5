import { Dataset, Trainer, TwoLayerNet } from 'zerokara';

async function main(): Promise<void> {
  const train = Dataset.from({
    x: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    labels: [0, 1, 1, 0],
  });
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
  const trainer = new Trainer(net, { train, steps: 10_000, evaluate: false });

  const controller = new AbortController();
  try {
    await trainer.fit({
      signal: controller.signal,
      onStep: ({ step, loss }) => {
        if (step % 100 === 0) console.log(step, loss);
        if (loss < 0.05) controller.abort(new Error('good enough'));
      },
    });
  } catch (error) {
    console.log(`${error} after ${trainer.step} steps`); // another fit() continues from here
  }
}

main();
