// Activation and output functions (chapter 3). Run: node examples/b-activations.mjs
import { identity, relu, sigmoid, softmax, stepFunction, tanh } from 'zerokara';
import { bars, COLORS, chart, line } from './support/chart.mjs';
import { Section } from './support/section.mjs';

const section = new Section('B', 'Activations and output functions');

section.defined('B2', 'step of −1, 0, 2', stepFunction([-1, 0, 2]), [0, 0, 1]);
section.exact('B3', 'sigmoid(−1)', sigmoid(-1), 0.2689414213699951);
section.exact('B3', 'sigmoid(1)', sigmoid(1), 0.7310585786300049);
section.exact('B3', 'sigmoid(2)', sigmoid(2), 0.8807970779778823);
section.defined('B3', 'sigmoid(−1000), sigmoid(1000)', sigmoid([-1000, 1000]), [0, 1]);
section.defined('B4', 'relu of −1, 0, 2', relu([-1, 0, 2]), [0, 0, 2]);
const quotient = (Math.E - 1 / Math.E) / (Math.E + 1 / Math.E);
section.defined('B5', 'tanh(1) = (e − e⁻¹) / (e + e⁻¹)', tanh(1), quotient, 1e-15);
section.defined('B6', 'identity of −1, 0, 2', identity([-1, 0, 2]), [-1, 0, 2]);

const digits = (values) => values.map((value) => value.toFixed(8));
section.exact('B7', 'softmax([0.3, 2.9, 4.0])', digits(softmax([0.3, 2.9, 4])), [
  '0.01821127',
  '0.24519181',
  '0.73659691',
]);
const large = softmax([1010, 1000, 990]).map((value) => value.toExponential(8));
section.exact('B7', 'softmax([1010, 1000, 990])', large, ['9.99954600e-1', '4.53978686e-5', '2.06106005e-9']);
section.defined(
  'B7',
  'their sum',
  softmax([0.3, 2.9, 4]).reduce((sum, y) => sum + y, 0),
  1,
);

const rows = softmax([
  [0.3, 2.9, 4],
  [0.3, 2.9, 4],
]).map((row) => row.reduce((sum, y) => sum + y, 0));
section.corrected('B7', 'E6', 'sums of the rows of a batch of two', rows, [0.5, 0.5], [1, 1]);

// B9: the curves.
const xs = Array.from({ length: 501 }, (_, i) => (i - 250) / 50);
const curve = (f) => xs.map((x) => [x, f(x)]);
const stepCurve = [
  [-5, 0],
  [0, 0],
  [0, 1],
  [5, 1],
];
const X = { name: 'x', min: -5, max: 5, interval: 1 };
const UNIT = { name: 'h(x)', min: -0.2, max: 1.2, interval: 0.2 };

section.draw(
  'activations',
  'B9: the four activation functions.',
  chart(
    [
      { title: 'step: 1 where x > 0, else 0', x: X, y: UNIT, series: [line(stepCurve, { color: COLORS.purple })] },
      { title: 'sigmoid: 1 / (1 + exp(−x))', x: X, y: UNIT, series: [line(curve(sigmoid), { color: COLORS.blue })] },
      {
        title: 'ReLU: max(0, x)',
        x: X,
        y: { name: 'h(x)', min: -1, max: 5, interval: 1 },
        series: [line(curve(relu), { color: COLORS.orange })],
      },
      {
        title: 'tanh: (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)',
        x: X,
        y: { name: 'h(x)', min: -1.2, max: 1.2, interval: 0.4 },
        series: [line(curve(tanh), { color: COLORS.green })],
      },
    ],
    { width: 960, height: 720, columns: 2 },
  ),
);

section.draw(
  'step-and-sigmoid',
  'B8, B9: both answer near 0 on the left and near 1 on the right; only the sigmoid has a slope to learn from.',
  chart(
    [
      {
        x: X,
        y: UNIT,
        series: [
          line(curve(sigmoid), { name: 'sigmoid', color: COLORS.blue }),
          line(stepCurve, { name: 'step', color: COLORS.purple, dash: true }),
        ],
      },
    ],
    { legend: true },
  ),
);

const scores = [0.3, 2.9, 4];
const names = ['class 0', 'class 1', 'class 2'];
section.draw(
  'softmax',
  'B7: softmax turns the scores 0.3, 2.9 and 4.0 into shares that sum to 1.',
  chart(
    [
      {
        title: 'scores',
        x: { name: '', categories: names },
        y: { name: 'score', min: 0, max: 5, interval: 1 },
        series: [bars(scores, { color: COLORS.grey, labels: scores.map((a) => a.toFixed(1)) })],
      },
      {
        title: 'softmax of the scores',
        x: { name: '', categories: names },
        y: { name: 'share', min: 0, max: 1, interval: 0.2 },
        series: [bars(softmax(scores), { color: COLORS.blue, labels: softmax(scores).map((y) => y.toFixed(3)) })],
      },
    ],
    { width: 860, height: 360, columns: 2 },
  ),
);

export default section.end();
