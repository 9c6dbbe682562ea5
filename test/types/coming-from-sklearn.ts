import { Dataset, Sequential, Tensor, Trainer } from 'zerokara';

// Columns of any scale, and three classes.
const x = Tensor.randomNormal([300, 2], { seed: 1 });
const labels = Int32Array.from({ length: 300 }, (_, i) => i % 3);
for (let i = 0; i < 300; i++) {
  x.data[2 * i] = 1000 * (x.data[2 * i]! + 4 * (i % 3));
  x.data[2 * i + 1]! /= 100;
}
const { train, test } = Dataset.from({ x, labels }).split({ test: 0.25, stratify: true, seed: 0 });

const rows = train.toTensors().x;
const mean = rows.mean(0);
const deviation = rows.sub(mean).pow(2).mean(0).sqrt();
const model = Sequential.from(
  {
    input: 2,
    layers: [
      { type: 'standardization', mean: mean.toArray() as number[], deviation: deviation.toArray() as number[] },
      { type: 'affine', outputSize: 100, activation: 'relu' },
      { type: 'affine', outputSize: 3 },
    ],
  },
  { seed: 0 },
);
new Trainer(model, { train, optimizer: 'adam', epochs: 100, seed: 0 }).fitSync();
console.log(model.evaluate(test, { metrics: ['f1Score'] }));
