// Arrays and the forward pass (chapter 3). Run: node examples/c-forward.mjs
import { loadMnist, MultiLayerNet, Tensor } from 'zerokara';
import { bars, COLORS, chart, pixels } from './support/chart.mjs';
import { network } from './support/network.mjs';
import { Section } from './support/section.mjs';

const section = new Section('C', 'Arrays and the forward pass');
const float64 = /** @type {const} */ ({ dtype: 'float64' });

// C1, C2: arrays.
const sum = Tensor.from([1, 2, 3, 4], float64).add(Tensor.from([5, 6, 7, 8], float64));
section.exact('C1', '(1, 2, 3, 4) + (5, 6, 7, 8)', sum.toArray(), [6, 8, 10, 12]);
const W = Tensor.from(
  [
    [1, 3, 5],
    [2, 4, 6],
  ],
  float64,
);
const product = Tensor.from([1, 2], float64).matMul(W);
section.defined('C1', 'x (2) · W (2, 3) = a (3)', product.toArray(), [5, 11, 17]);
section.exact('C1', 'the shape of the transpose of (2, 3)', W.transpose().shape, [3, 2]);
const A = Tensor.from(
  [
    [1, 2],
    [0, 1],
  ],
  float64,
)
  .matMul(W)
  .add(Tensor.from([10, 20, 30], float64));
section.defined('C2', 'X W + B, B added to each row', A.toArray(), [
  [15, 31, 47],
  [12, 24, 36],
]);

// C3: three layers, 2-3-2-2, with the book's weights.
const WEIGHTS = {
  W1: [
    [0.1, 0.3, 0.5],
    [0.2, 0.4, 0.6],
  ],
  b1: [0.1, 0.2, 0.3],
  W2: [
    [0.1, 0.4],
    [0.2, 0.5],
    [0.3, 0.6],
  ],
  b2: [0.1, 0.2],
  W3: [
    [0.1, 0.3],
    [0.2, 0.4],
  ],
  b3: [0.1, 0.2],
};
const sizes = {
  inputSize: 2,
  hiddenSizes: [3, 2],
  outputSize: 2,
  activation: /** @type {const} */ ('sigmoid'),
  seed: 1,
  ...float64,
};
const three = new MultiLayerNet({ ...sizes, task: 'regression' });
const classifier = new MultiLayerNet(sizes);
for (const [name, values] of Object.entries(WEIGHTS)) {
  three.params[name].set(values);
  classifier.params[name].set(values);
}
const shapes = Object.values(three.params).map(({ shape }) => `(${shape.join(', ')})`);
section.exact('C3', 'shapes of W1 b1 W2 b2 W3 b3', shapes.join(' '), '(2, 3) (3) (3, 2) (2) (2, 2) (2)');

// The same neuron by neuron: a_j = Σ x_i · W[i][j] + b_j, W[i][j] from input i to neuron j.
const layer = (x, weights, b) =>
  b.map((bias, j) => x.reduce((total, value, i) => total + value * weights[i][j], 0) + bias);
const sigmoid = (a) => a.map((value) => 1 / (1 + Math.exp(-value)));
const z1 = sigmoid(layer([1, 0.5], WEIGHTS.W1, WEIGHTS.b1));
const z2 = sigmoid(layer(z1, WEIGHTS.W2, WEIGHTS.b2));
const y = layer(z2, WEIGHTS.W3, WEIGHTS.b3);
section.defined('C3', 'y for x = (1, 0.5), neuron by neuron', three.predict([[1, 0.5]]).toArray()[0], y, 1e-15);
const total = classifier.predict([[1, 0.5]]).sum();
section.defined('C3', 'with softmax in place of identity: sum', total, 1, 1e-15);

// C4: 784-50-100-100-10.
const digitNet = (dtype) =>
  new MultiLayerNet({
    inputSize: 784,
    hiddenSizes: [50, 100, 100],
    outputSize: 10,
    activation: 'sigmoid',
    seed: 5,
    dtype,
  });
const tensors = (net) => Object.values(net.params);
const bytes = (net) => tensors(net).reduce((all, { data }) => all + data.byteLength, 0);
const net = digitNet('float64');
section.exact(
  'C4',
  'parameters of 784-50-100-100-10',
  tensors(net).reduce((all, { size }) => all + size, 0),
  55460,
);
section.exact('C4', 'bytes in float64', bytes(net), 443680);
section.exact('C4', 'bytes in float32', bytes(digitNet('float32')), 221840);

// C5: the untrained net's answer for a 5.
const { test } = await loadMnist();
const { x, labels } = test.toTensors();
const five = labels.indexOf(5);
const digit = x.rows(five, five + 1);
const row = Tensor.from(digit, float64);
const shares = [...net.predict(row).data];
const percent = shares.map((share) => `${(100 * share).toFixed(2).padStart(5)}%`);
section.say('C5: random weights answer at random; the notes print one draw without a seed. In percent, 0 to 9:');
section.say(
  `  ours       ${percent.join(' ')}   the largest is ${shares.indexOf(Math.max(...shares))}, the digit is 5`,
);
section.say(
  '  the notes  10.09%  2.95% 17.71%  5.65%  7.49%  7.14%  6.91% 10.63% 27.53%  3.83%   the largest is 8, the digit is 5',
);
section.defined(
  'C5',
  'sum of the ten shares',
  shares.reduce((all, share) => all + share, 0),
  1,
  1e-15,
);
section.holds(
  'C5',
  'each printed as %5.2f%%',
  percent.every((text) => /^[ \d]\d\.\d\d%$/.test(text)),
);

// C6: a batch at once.
const batch = Tensor.from(x.rows(0, 100), float64);
const together = net.predict(batch);
let difference = 0;
for (let i = 0; i < 100; i++) {
  const single = net.predict(batch.rows(i, i + 1));
  difference = Math.max(
    difference,
    together
      .rows(i, i + 1)
      .sub(single)
      .abs()
      .max(),
  );
}
section.exact('C6', 'shape of predict for 100 rows', together.shape, [100, 10]);
section.within('C6', 'largest difference to the rows one by one', difference, undefined, [0, 1e-12]);

section.draw(
  'three-layers',
  'C3, P4: the network 2-3-2-2.',
  network(
    [
      { count: 2, title: 'input', name: (i) => `x${'₁₂'[i - 1]}`, color: COLORS.grey },
      { count: 3, title: 'hidden 1', note: 'sigmoid', name: (i) => `z¹${'₁₂₃'[i - 1]}` },
      { count: 2, title: 'hidden 2', note: 'sigmoid', name: (i) => `z²${'₁₂'[i - 1]}` },
      { count: 2, title: 'output', note: 'identity or softmax', name: (i) => `y${'₁₂'[i - 1]}`, color: COLORS.green },
    ],
    ['W1 (2, 3), b1 (3)', 'W2 (3, 2), b2 (2)', 'W3 (2, 2), b3 (2)'],
    { height: 340, radius: 22 },
  ),
);
section.draw(
  'digit-net',
  'C4, P4: the network for digits, 784-50-100-100-10, 55,460 parameters.',
  network(
    [
      { count: 784, title: 'input', note: '28 × 28 pixels', color: COLORS.grey },
      { count: 50, title: 'hidden 1', note: 'sigmoid' },
      { count: 100, title: 'hidden 2', note: 'sigmoid' },
      { count: 100, title: 'hidden 3', note: 'sigmoid' },
      { count: 10, title: 'output', note: 'softmax: digits 0 to 9', color: COLORS.green },
    ],
    ['W1 (784, 50)', 'W2 (50, 100)', 'W3 (100, 100)', 'W4 (100, 10)'],
    { width: 900, height: 420, radius: 16 },
  ),
);
section.draw(
  'untrained',
  'C5: a five, and what the untrained network makes of it.',
  chart(
    [
      {
        title: 'the digit, 28 × 28 pixels',
        x: { name: '', min: 0, max: 28, hidden: true },
        y: { name: '', min: 0, max: 28, hidden: true },
        series: [pixels(digit.data, 28)],
      },
      {
        title: 'shares of the untrained network',
        x: { name: 'digit', categories: shares.map((_, i) => String(i)) },
        y: { name: 'share (%)', min: 0 },
        series: [
          bars(
            shares.map((share) => 100 * share),
            {
              color: COLORS.blue,
              labels: shares.map((share) => (100 * share).toFixed(1)),
            },
          ),
        ],
      },
    ],
    { width: 860, height: 442, columns: 2 },
  ),
);

export default section.end();
