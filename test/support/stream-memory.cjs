// Trains on a CSV file on the built package and prints what it took: rows, seconds, and MB of resident memory, when the library was
// loaded and at most.
// Run as: node stream-memory.cjs <file> <hidden size>
const { performance } = require('node:perf_hooks');
const { Dataset, DatasetStream, Sequential, Trainer } = require('../../dist/index.js');

const CLASSES = ['setosa', 'versicolor', 'virginica'];

async function main() {
  const [, , path, hidden] = process.argv;
  const stream = await DatasetStream.fromCsv(/** @type {string} */ (path), { target: 'species', classes: CLASSES });
  const loaded = process.resourceUsage().maxRSS / 1024;
  const counting = performance.now();
  const { rows, mean, deviation } = await stream.statistics();
  const seconds = (from) => (performance.now() - from) / 1000;
  const counted = seconds(counting);
  const width = Number(hidden);
  const net = Sequential.from(
    {
      input: stream.inputSize,
      layers: [
        { type: 'standardization', mean, deviation },
        { type: 'affine', outputSize: width, activation: 'relu' },
        { type: 'affine', outputSize: CLASSES.length },
      ],
      loss: 'crossEntropy',
    },
    { seed: 1 },
  );
  // As many steps on rows in memory: what training alone takes.
  const held = 10_000;
  const x = Float32Array.from({ length: held * stream.inputSize }, (_, i) => Math.sin(i));
  const labels = Int32Array.from({ length: held }, (_, i) => i % CLASSES.length);
  const inMemory = Dataset.from({ x: { data: x, shape: [held, stream.inputSize] }, labels, classes: CLASSES.length });
  const steps = Math.ceil(rows / 100);
  const alone = performance.now();
  await new Trainer(Sequential.fromJSON(net.describe(), { seed: 1 }), {
    train: inMemory,
    steps,
    optimizer: 'adam',
    evaluate: false,
  }).fit();
  const trained = seconds(alone);

  const start = performance.now();
  const trainer = new Trainer(net, { train: stream, epochs: 1, optimizer: 'adam', seed: 1 });
  const { losses } = await trainer.fit();
  const whole = seconds(start);
  const { maxRSS } = process.resourceUsage();
  const last = losses.slice(-100).reduce((sum, loss) => sum + loss, 0) / 100;
  console.log(JSON.stringify({ rows, counted, trained, whole, loss: last, loaded, most: maxRSS / 1024 }));
}

main();
