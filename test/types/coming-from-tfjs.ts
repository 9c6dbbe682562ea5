import { Dataset, Sequential, Trainer } from 'zerokara';

async function main(): Promise<void> {
  const model = Sequential.from({ input: 1, layers: [{ type: 'affine', outputSize: 1 }], loss: 'meanSquaredError' });
  const xs = [[1], [2], [3], [4]];
  const ys = [[1], [3], [5], [7]];
  await new Trainer(model, { train: Dataset.from({ x: xs, targets: ys }), optimizer: 'sgd', epochs: 1000 }).fit();
  console.log(model.predict([[5]]).item(0, 0)); // a number, at once: nothing to await, nothing to dispose
}

main();
