import { AdamW, Dataset, Sequential, Tensor, Trainer } from 'zerokara';

const x = Tensor.randomUniform([200, 2], { low: -1, high: 1, seed: 1 });
const labels = Int32Array.from({ length: 200 }, (_, i) => (x.data[2 * i]! > x.data[2 * i + 1]! ? 1 : 0));

async function main(): Promise<void> {
  const model = Sequential.from(
    {
      input: 2,
      layers: [
        { type: 'affine', outputSize: 16, activation: 'relu' },
        { type: 'dropout', ratio: 0.1 },
        { type: 'affine', outputSize: 2 },
      ],
      loss: 'crossEntropy',
    },
    { seed: 1 },
  );
  const optimizer = new AdamW({ learningRate: 0.01, weightDecay: 0.01 });
  const trainer = new Trainer(model, {
    train: Dataset.from({ x, labels }),
    optimizer,
    batchSize: 32,
    epochs: 30,
    seed: 1,
  });
  await trainer.fit({ onEpochEnd: ({ epoch, trainLoss }) => epoch % 10 === 0 && console.log(epoch, trainLoss) });
  console.log(model.predict([[0.5, -0.5]]).shape, model.classify([[0.5, -0.5]])); // inference: no eval(), no no_grad()
}

main();
