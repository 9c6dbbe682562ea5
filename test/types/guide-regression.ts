import { Dataset, Sequential, Tensor, Trainer } from 'zerokara';

/** Mean and standard deviation of a list. */
function scaleOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

// Area in m² and number of rooms to price: columns of different scales, and large targets.
const areas = Array.from(Tensor.randomUniform([200], { low: 30, high: 200, seed: 1 }).data);
const x = areas.map((area) => [area, Math.ceil(area / 30)]);
const prices = x.map(([area, rooms]) => 4_000 * area! + 10_000 * rooms!);

const columns = [0, 1].map((j) => scaleOf(x.map((row) => row[j]!)));
const price = scaleOf(prices);
const targets = prices.map((value) => (value - price.mean) / price.deviation);

const net = Sequential.from(
  {
    input: 2,
    layers: [
      { type: 'standardization', mean: columns.map((c) => c.mean), deviation: columns.map((c) => c.deviation) },
      { type: 'affine', outputSize: 16, activation: 'relu' },
      { type: 'affine', outputSize: 1 },
    ],
    loss: 'meanSquaredError',
  },
  { seed: 1 },
);
const train = Dataset.from({ x, targets });
new Trainer(net, { train, epochs: 300, batchSize: 20, optimizer: 'adam', seed: 1 }).fitSync();

const [scaled] = net.predict([[100, 4]]).data;
console.log(Math.round(scaled! * price.deviation + price.mean)); // the rule gives 440,000
