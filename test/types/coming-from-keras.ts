import { Dataset, EarlyStopping, Sequential, Tensor, Trainer } from 'zerokara';

const x = Tensor.randomUniform([400, 64], { seed: 1 }); // 8 × 8 pixels
const y = Int32Array.from({ length: 400 }, (_, i) => (x.data[64 * i]! > x.data[64 * i + 63]! ? 1 : 0));

async function main(): Promise<void> {
  const model = Sequential.from(
    {
      input: [8, 8, 1],
      layers: [
        { type: 'convolution', filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' },
        { type: 'affine', outputSize: 16, activation: 'relu' },
        { type: 'affine', outputSize: 1 },
      ],
      loss: 'binaryCrossEntropy',
    },
    { seed: 1 },
  );
  console.log(String(model.summary()));
  const trainer = new Trainer(model, {
    train: Dataset.from({ x, labels: y, inputShape: [8, 8, 1] }),
    validation: 0.2,
    optimizer: 'adam',
    batchSize: 32,
    epochs: 20,
    seed: 1,
    callbacks: [new EarlyStopping({ monitor: 'validationLoss', patience: 5 })],
  });
  const history = await trainer.fit();
  console.log(history.epochs.at(-1)?.validationAccuracy);
  await model.save('model.safetensors');
  const again = await Sequential.load('model.safetensors');
  console.log(again.predict(x.rows(0, 3)).shape);
}

main();
