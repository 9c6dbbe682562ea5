import { Adam, Random, Sequential, Tensor } from 'zerokara';

// Four sensors that follow two causes; in the rows to judge, the first 5 have a broken one.
const random = new Random(1);
const rowsOf = (count: number, broken = 0) =>
  Array.from({ length: count }, (_, row) => {
    const [a, b] = [random.normal(), random.normal()];
    return [a, b, a + b, a - b + (row < broken ? 3 : 0)].map((value) => value + 0.05 * random.normal());
  });

// Through two numbers and back: what the causes do not explain is lost on the way.
const net = Sequential.from(
  {
    input: 4,
    layers: [
      { type: 'affine', outputSize: 8, activation: 'tanh' },
      { type: 'affine', outputSize: 2 },
      { type: 'affine', outputSize: 8, activation: 'tanh' },
      { type: 'affine', outputSize: 4 },
    ],
    loss: 'meanSquaredError',
  },
  { seed: 1 },
);
const x = Tensor.from(rowsOf(1_000));
const optimizer = new Adam({ learningRate: 0.01 });
for (let epoch = 0; epoch < 20; epoch++) {
  for (let start = 0; start < 1_000; start += 50) {
    const batch = x.rows(start, start + 50);
    net.lossAndGradient(batch, batch); // the targets are x itself
    optimizer.update(net.params, net.grads, net.decayed);
  }
}

const errorsOf = (rows: Tensor<number[][]>) => net.predict(rows).sub(rows).pow(2).mean(1).toArray();
const threshold = errorsOf(x).sort((a, b) => a - b)[995]!; // of 1,000 sound rows, 4 have a larger error
const found = errorsOf(Tensor.from(rowsOf(100, 5))).flatMap((error, row) => (error > threshold ? [row] : []));
console.log(found.slice(0, 5), found.length < 9);
