import { writeFileSync } from 'node:fs';
import { DatasetStream, Random, Sequential, Trainer } from 'zerokara';

// A file that stands for one of gigabytes: 20,000 flowers.
const random = new Random(1);
const lines = ['petal,sepal,species'];
for (let i = 0; i < 20_000; i++) {
  const species = random.integer(3);
  const petal = 1 + 2 * species + 0.4 * random.normal();
  lines.push(
    `${petal.toFixed(2)},${(5 + random.normal()).toFixed(2)},${['setosa', 'versicolor', 'virginica'][species]}`,
  );
}
writeFileSync('flowers.csv', `${lines.join('\n')}\n`);

async function main(): Promise<void> {
  const train = await DatasetStream.fromCsv('flowers.csv', {
    target: 'species',
    classes: ['setosa', 'versicolor', 'virginica'],
  });
  const { rows, mean, deviation, classCounts } = await train.statistics(); // one pass; the length is known from here on
  console.log(rows, classCounts.length);

  const net = Sequential.from(
    {
      input: train.inputSize,
      layers: [
        { type: 'standardization', mean, deviation },
        { type: 'affine', outputSize: 16, activation: 'relu' },
        { type: 'affine', outputSize: 3 },
      ],
      loss: 'crossEntropy',
    },
    { seed: 1 },
  );
  const trainer = new Trainer(net, { train, epochs: 2, optimizer: 'adam', seed: 1 });
  await trainer.fit();
  console.log(
    net.classify([
      [1.1, 5],
      [5.1, 5],
    ]),
  );
}

main();
