// Layers and backpropagation (chapter 5). Run: node examples/h-layers.mjs
import {
  Affine,
  IdentityWithLoss,
  numericalDiff,
  numericalGradient,
  Relu,
  Sequential,
  Sigmoid,
  SoftmaxWithLoss,
  Tensor,
} from 'zerokara';
import { COLORS } from './support/chart.mjs';
import { diagram, text } from './support/diagram.mjs';
import { Section } from './support/section.mjs';

const section = new Section('H', 'Layers and backpropagation');
const float64 = /** @type {const} */ ({ dtype: 'float64' });
const tensor = (values) => Tensor.from(values, float64);

/** A node that adds weighted inputs: an Affine layer of one output. */
function weightedSum(...factors) {
  const layer = new Affine({ inputSize: factors.length, outputSize: 1, seed: 1, ...float64 });
  layer.params.W.set(factors.map((factor) => [factor]));
  return layer;
}

/**
 * dL/dx of a layer that is asked for it.
 *
 * @param {import('zerokara').Layer} layer
 * @param {Tensor} dy
 */
function toInput(layer, dy) {
  const dx = layer.backward(dy);
  if (dx === undefined) throw new Error('the layer gives no gradient of its input');
  return dx;
}

/**
 * A matrix as nested arrays.
 *
 * @param {Tensor} matrix
 */
const nested = (matrix) => /** @type {number[][]} */ (matrix.toArray());

// L1: f = (2 x1 + 3 x2) · 4, forward through the nodes and back.
const add = weightedSum(2, 3);
const times4 = weightedSum(4);
const f = times4.forward(add.forward(tensor([[5, 7]])));
section.defined('L1', 'f = (2 x₁ + 3 x₂) · 4 at (5, 7)', f.item(0, 0), 124);
const [back] = nested(toInput(add, toInput(times4, tensor([[1]]))));
section.exact('L1', '∂f/∂x₁ and ∂f/∂x₂', back, [8, 12]);
const plus4 = numericalGradient(([x1, x2]) => 2 * x1 + 3 * x2 + 4, [5, 7]).map(Math.round);
section.corrected('L1', 'E12', 'the same of 2 x₁ + 3 x₂ + 4', plus4, [8, 12], [2, 3]);

// L2: the chain rule.
const [x, y] = [1.5, -4];
const chained = numericalDiff((t) => t ** 2, x + y) * numericalDiff((value) => value + y, x);
section.defined('L2', 'z = t², t = x + y at (1.5, −4): ∂z/∂x = 2(x + y)', chained, 2 * (x + y), 1e-8);

// L3, L4: activation layers.
const sigmoid = new Sigmoid();
const out = sigmoid.forward(tensor([[-1, 1, 2]])).toArray()[0];
section.exact('L3', 'Sigmoid forward of −1, 1, 2', out, [0.2689414213699951, 0.7310585786300049, 0.8807970779778823]);
const [slopes] = nested(toInput(sigmoid, tensor([[1, 1, 1]])));
section.defined(
  'L3',
  'backward y (1 − y)',
  slopes,
  out.map((value) => value * (1 - value)),
  1e-15,
);
const relu = new Relu();
section.defined('L4', 'Relu forward of 1, −0.5, 0, 3', relu.forward(tensor([[1, -0.5, 0, 3]])).toArray(), [
  [1, 0, 0, 3],
]);
const dout = tensor([[10, 20, 30, 40]]);
section.defined('L4', 'backward of 10, 20, 30, 40', toInput(relu, dout).toArray(), [[10, 0, 0, 40]]);
section.corrected('L4', 'E14', 'dout afterwards', dout.toArray()[0], [10, 0, 0, 40], [10, 20, 30, 40]);

// L5: Affine.
const affine = new Affine({ inputSize: 2, outputSize: 3, seed: 1, ...float64 });
affine.params.W.set([
  [1, 2, 3],
  [4, 5, 6],
]);
affine.params.b.set([10, 20, 30]);
section.defined(
  'L5',
  'Affine: x·W + b',
  affine
    .forward(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    )
    .toArray(),
  [
    [19, 32, 45],
    [29, 46, 63],
  ],
);
const dx = affine.backward(
  tensor([
    [1, 0, -1],
    [2, 1, 0],
  ]),
);
section.defined('L5', 'dx = dout·Wᵀ', dx?.toArray(), [
  [-2, -2],
  [4, 13],
]);
section.defined('L5', 'dW = xᵀ·dout', affine.grads.W.toArray(), [
  [7, 3, -1],
  [10, 4, -2],
]);
section.corrected('L5', 'E15', 'db', affine.grads.b.toArray(), 'dout', [3, 1, -1]);

// L6: SoftmaxWithLoss.
const logits = tensor([
  [0.3, 2.9, 4],
  [1, 2, 3],
]);
const last = new SoftmaxWithLoss();
const compare = (labels, layer = last) => {
  layer.forward(logits, labels);
  const numerical = numericalGradient(() => layer.loss(logits, labels), logits);
  return layer.backward().sub(numerical).abs().max();
};
section.within(
  'L6',
  'one-hot labels: backward − numerical',
  compare([
    [0, 0, 1],
    [1, 0, 0],
  ]),
  undefined,
  [0, 1e-9],
);
section.within('L6', 'the same as class indices', compare([2, 0]), undefined, [0, 1e-9]);
section.within(
  'E17',
  'rows that do not sum to 1: (y Σt − t) / N',
  compare(
    [
      [0.2, 0.9, 0.4],
      [0.7, 0.1, 0.6],
    ],
    new SoftmaxWithLoss({ unnormalized: true }),
  ),
  undefined,
  [0, 1e-9],
);
const rows = (n) => {
  last.forward(tensor(new Array(n).fill([0.3, 2.9, 4])), new Array(n).fill(1));
  return last.backward().item(0, 1);
};
section.defined('L6', 'a gradient of 5 equal rows: a fifth for each (E16)', rows(5), rows(1) / 5, 1e-15);
const values = new IdentityWithLoss();
section.defined(
  'L6',
  'IdentityWithLoss, for values: half the squared error',
  values.forward(tensor([[1, 2]]), tensor([[0, 4]])),
  2.5,
);

// L7: layers in order; backward runs from the last to the first.
const calls = [];
const heard = (name, layer) => ({
  params: layer.params,
  grads: layer.grads,
  forward(input) {
    calls.push(name);
    return layer.forward(input);
  },
  backward(dy, options) {
    calls.push(name);
    return layer.backward(dy, options);
  },
});
const [first, second] = [2, 3].map(
  (inputSize) => new Affine({ inputSize, outputSize: 5 - inputSize, seed: 1, ...float64 }),
);
const net = new Sequential([heard('Affine1', first), heard('Relu1', new Relu()), heard('Affine2', second)]);
net.lossAndGradient([[0.6, 0.9]], [1]);
const order = calls.join(' ');
section.holds('L7', 'forward, then backward', order === 'Affine1 Relu1 Affine2 Affine2 Relu1 Affine1', order);

// P4: the graphs. Blue is forward, red is backward.
/**
 * @param {number} X
 * @param {number} Y
 * @param {string} words
 * @returns {import('./support/diagram.mjs').Node}
 */
const at = (X, Y, words, rest = {}) => ({ at: [X, Y], text: words, ...rest });
const word = (X, Y, words) => at(X, Y, words, { kind: 'none' });

section.draw(
  'graph',
  'L1, P4: f = (2 x₁ + 3 x₂) · 4 as a graph. Blue: values forward, at (5, 7). Red: derivatives backward.',
  diagram(
    {
      x1: word(50, 70, 'x₁'),
      x2: word(50, 230, 'x₂'),
      m1: at(220, 70, '× 2'),
      m2: at(220, 230, '× 3'),
      sum: at(390, 150, '+'),
      m3: at(560, 150, '× 4'),
      f: word(720, 150, 'f'),
    },
    [
      { from: 'x1', to: 'm1', forward: '5', backward: '8' },
      { from: 'x2', to: 'm2', forward: '7', backward: '12' },
      { from: 'm1', to: 'sum', forward: '10', backward: '4' },
      { from: 'm2', to: 'sum', forward: '21', backward: '4' },
      { from: 'sum', to: 'm3', forward: '31', backward: '4' },
      { from: 'm3', to: 'f', forward: '124', backward: '1' },
    ],
    { width: 760, height: 300, radius: 24 },
  ),
);
section.draw(
  'chain-rule',
  'L2, P4: z = (x + y)². Backward, each node multiplies what arrives by its own derivative.',
  diagram(
    {
      x: word(50, 60, 'x'),
      y: word(50, 200, 'y'),
      sum: at(260, 130, '+'),
      square: at(500, 130, '( )²'),
      z: word(700, 130, 'z'),
    },
    [
      { from: 'x', to: 'sum', forward: 'x', backward: '2t · 1' },
      { from: 'y', to: 'sum', forward: 'y', backward: '2t · 1' },
      { from: 'sum', to: 'square', forward: 't = x + y', backward: '∂z/∂t = 2t' },
      { from: 'square', to: 'z', forward: 'z', backward: '1' },
    ],
    { width: 760, height: 260, radius: 26 },
  ),
);
section.draw(
  'sigmoid',
  'L3, P4: the sigmoid in four nodes. Put together, ∂L/∂x = ∂L/∂y · y² exp(−x) = ∂L/∂y · y (1 − y).',
  diagram(
    {
      x: word(40, 90, 'x'),
      neg: at(250, 90, '× −1'),
      exp: at(460, 90, 'exp'),
      one: at(640, 90, '+ 1'),
      inv: at(820, 90, '1 / u'),
      y: word(960, 90, 'y'),
    },
    [
      { from: 'x', to: 'neg', forward: 'x', backward: '∂L/∂y · y² exp(−x)' },
      { from: 'neg', to: 'exp', forward: '−x', backward: '−∂L/∂y · y² exp(−x)' },
      { from: 'exp', to: 'one', forward: 'exp(−x)', backward: '−∂L/∂y · y²' },
      { from: 'one', to: 'inv', forward: '1 + exp(−x)', backward: '−∂L/∂y · y²' },
      { from: 'inv', to: 'y', forward: 'y', backward: '∂L/∂y' },
    ],
    { width: 1000, height: 180, radius: 26 },
  ),
);
section.draw(
  'relu',
  'L4, P4: ReLU is a switch: open where x > 0, shut elsewhere, also at 0.',
  diagram(
    {
      x1: word(40, 80, 'x > 0'),
      on: at(220, 80, 'relu'),
      y1: word(370, 80, 'y'),
      x2: word(460, 80, 'x ≤ 0'),
      off: at(640, 80, 'relu'),
      y2: word(790, 80, 'y'),
    },
    [
      { from: 'x1', to: 'on', forward: 'x', backward: '∂L/∂y' },
      { from: 'on', to: 'y1', forward: 'x', backward: '∂L/∂y' },
      { from: 'x2', to: 'off', forward: 'x', backward: '0' },
      { from: 'off', to: 'y2', forward: '0', backward: '∂L/∂y' },
    ],
    { width: 830, height: 160, radius: 26 },
  ),
);
section.draw(
  'affine',
  'L5, P4: the Affine layer Y = X·W + B for a batch of N rows, with the shape of each array.',
  diagram(
    {
      x: word(60, 70, 'X'),
      w: word(60, 230, 'W'),
      b: word(420, 270, 'B'),
      dot: at(300, 150, 'dot'),
      sum: at(560, 150, '+'),
      y: word(800, 150, 'Y'),
    },
    [
      { from: 'x', to: 'dot', forward: 'X (N, 2)', backward: '∂L/∂Y · Wᵀ (N, 2)' },
      { from: 'w', to: 'dot', forward: 'W (2, 3)', backward: 'Xᵀ · ∂L/∂Y (2, 3)' },
      { from: 'dot', to: 'sum', forward: 'X·W (N, 3)', backward: '∂L/∂Y (N, 3)' },
      { from: 'b', to: 'sum', forward: 'B (3)', backward: 'column sums of ∂L/∂Y (3)' },
      { from: 'sum', to: 'y', forward: 'Y (N, 3)', backward: '∂L/∂Y (N, 3)' },
    ],
    { width: 860, height: 310, radius: 26 },
  ),
);
section.draw(
  'softmax-with-loss',
  'L6, P4: softmax and cross-entropy as one layer: backward is (y − t) / N.',
  diagram(
    {
      a: word(50, 90, 'a'),
      soft: at(280, 90, 'softmax', { kind: 'box', color: COLORS.blue }),
      cross: at(560, 90, 'cross-entropy', { kind: 'box', color: COLORS.green }),
      t: word(560, 220, 't'),
      l: word(790, 90, 'L'),
    },
    [
      { from: 'a', to: 'soft', forward: 'a (N, classes)', backward: '(y − t) / N' },
      { from: 'soft', to: 'cross', forward: 'y (N, classes)', backward: '−t / (N y)' },
      { from: 't', to: 'cross' },
      { from: 'cross', to: 'l', forward: 'L', backward: '1' },
    ],
    {
      width: 840,
      height: 250,
      radius: 26,
      extras: [text('the labels, one-hot', [640, 220], { size: 12, color: COLORS.grey })],
    },
  ),
);

export default section.end();
