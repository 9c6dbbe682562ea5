import { Dataset, MultiLayerNet, Trainer } from 'zerokara';

// A value an hour, with a daily and a weekly swing; the last 24 hours tell the next 3.
const series = Array.from(
  { length: 1_000 },
  (_, hour) => Math.sin(hour * (Math.PI / 12)) + Math.sin(hour * (Math.PI / 84)),
);
const [steps, horizon] = [24, 3];
const windows = Array.from({ length: series.length - steps - horizon + 1 }, (_, start) => start);
const whole = Dataset.from({
  x: windows.map((start) => series.slice(start, start + steps)),
  targets: windows.map((start) => series.slice(start + steps, start + steps + horizon)),
});

const { train: past, test } = whole.split({ test: 0.2, shuffle: false });
const { train, test: validation } = past.split({ test: 0.2, shuffle: false });
const net = new MultiLayerNet({
  inputSize: steps,
  hiddenSizes: [32],
  outputSize: horizon,
  task: 'regression',
  seed: 1,
});
new Trainer(net, { train, validation, epochs: 60, batchSize: 32, seed: 1 }).fitSync();
console.log(train.size, validation.size, test.size, net.evaluate(test).r2Score! > 0.98);
