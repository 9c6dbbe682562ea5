// Gradient descent (chapter 4, §4.4.1). Run: node examples/f-descent.mjs
import { gradientDescent } from 'zerokara';
import { COLORS, chart, dots, line } from './support/chart.mjs';
import { Section } from './support/section.mjs';

const section = new Section('F', 'Gradient descent');

/** @param {number[]} x */
const bowl = ([x0, x1]) => x0 ** 2 + x1 ** 2;
const start = [-3, 4];

const { x } = gradientDescent(bowl, start, { learningRate: 0.1, steps: 100 });
section.exact(
  'G1',
  'x0² + x1² from (−3, 4), η = 0.1, 100 steps',
  x.map((value) => value.toExponential(8)),
  ['-6.11110793e-10', '8.14814391e-10'],
);
section.near('G1', 'in full', x, [-6.111107928998789e-10, 8.148143905314271e-10], 1e-15);
section.defined('G1', 'in theory, 0.8¹⁰⁰ · (−3, 4)', x, [-3 * 0.8 ** 100, 4 * 0.8 ** 100], 1e-15);
const climbed = gradientDescent((at) => bowl(at), start, { learningRate: 0.1, steps: 1 });
section.corrected(
  'G1',
  'E10',
  'f after a step (25 before); up the gradient it would be',
  bowl(climbed.x).toFixed(2),
  '36.00',
  '16.00',
);

const far = gradientDescent(bowl, start, { learningRate: 10, steps: 100 }).x;
section.holds(
  'G2',
  'η = 10 diverges: |x| > 1e10',
  Math.abs(far[0]) > 1e10 && Math.abs(far[1]) > 1e10,
  far.map((value) => value.toExponential(1)).join(', '),
);
const still = gradientDescent(bowl, start, { learningRate: 1e-10, steps: 100 }).x;
section.near('G2', 'η = 1e-10 gets nowhere', still, [-2.999999939999995, 3.9999999199999934], 1e-15);

const { path } = gradientDescent(bowl, start, { learningRate: 0.1, steps: 20 });
section.near(
  'G3',
  'steps 1 to 3 of the picture',
  path.slice(1, 4),
  [
    [-2.4, 3.2],
    [-1.92, 2.56],
    [-1.536, 2.048],
  ],
  1e-10,
);
section.near('G3', 'step 20', path[20], [-0.034588, 0.046117], 5e-7);

// G4: one variable, 200,000 steps, printed every 10,000.
const curve = (value) => 0.01 * value ** 2 + 0.1 * value;
const pathOf = (learningRate) => gradientDescent(curve, 0, { learningRate, steps: 200_000 }).path;
const table = pathOf(0.002);
section.say('G4: 0.01x² + 0.1x from x = 0. The code of the notes says η = 0.001, the table was made with 0.002 (E11).');
for (const [step, at, f] of [
  [0, 0, 0],
  [10_000, -1.648426583231277, -0.1376695563200923],
  [20_000, -2.753391126403293, -0.19952748569076534],
  [30_000, -3.4940650842766314, -0.22732160029605256],
  [40_000, -3.9905497138164314, -0.2398101011972391],
  [120_000, -4.958855214948994, -0.2499830710666311],
  [130_000, -4.972420046436861, -0.24999239346161456],
  [140_000, -4.981512752160442, -0.24999658221667317],
  [150_000, -4.987607726318238, -0.24999846431552997],
]) {
  section.near('G4', `step ${step.toLocaleString('en')}: x, f(x)`, [table[step], curve(table[step])], [at, f], 1e-12);
}
const slower = pathOf(0.001);
section.say('With η = 0.001, as the code says:');
for (const [step, at] of [
  [10_000, -0.9063544220185227],
  [40_000, -2.753373152741496],
  [100_000, -4.3233371173911825],
  [150_000, -4.751072126208138],
  [200_000, -4.908425468659234],
]) {
  section.defined('G4', `step ${step.toLocaleString('en')}: x`, slower[step], at, 1e-12);
}

const theory = (k) => -5 * (1 - (1 - 0.02 * 0.002) ** k);
section.defined('G4', 'closed form −5(1 − (1 − 0.02 η)ᵏ) at 150,000', table[150_000], theory(150_000), 1e-10);

// P3: the path over the contours of the bowl.
const circle = (radius) =>
  Array.from({ length: 121 }, (_, i) => [radius * Math.cos((i * Math.PI) / 60), radius * Math.sin((i * Math.PI) / 60)]);
section.draw(
  'path',
  'G3, P3: twenty steps from (−3, 4) over the contours of x0² + x1². Each keeps 0.8 of the one before.',
  chart(
    [
      {
        x: { name: 'x₀', min: -5, max: 5, interval: 1 },
        y: { name: 'x₁', min: -5, max: 5, interval: 1 },
        series: [
          ...[1, 2, 3, 4, 5, 6, 7].map((radius) => line(circle(radius), { color: '#b9c4cf', width: 1.2 })),
          line(path, { color: COLORS.blue, width: 1.5 }),
          dots(path.slice(1), { color: COLORS.blue, size: 8 }),
          dots([start], { color: COLORS.orange, labels: ['start (−3, 4)'], at: 'right' }),
        ],
      },
    ],
    { width: 640, height: 646 },
  ),
);

const asPoints = (path) => path.flatMap((at, step) => (step % 5000 === 0 ? [[step / 1000, at]] : []));
section.draw(
  'learning-rates',
  'G4: descent on 0.01x² + 0.1x towards its minimum at −5, with both learning rates.',
  chart(
    [
      {
        x: { name: 'steps (thousands)', min: 0, max: 200, interval: 25 },
        y: { name: 'x', min: -5.5, max: 0, interval: 0.5 },
        series: [
          line(
            [
              [0, -5],
              [200, -5],
            ],
            { name: 'minimum', color: COLORS.grey, width: 1.5, dash: true },
          ),
          line(asPoints(slower), { name: 'η = 0.001, the code', color: COLORS.orange, marks: true }),
          line(asPoints(table), { name: 'η = 0.002, the table', color: COLORS.blue, marks: true }),
        ],
      },
    ],
    { width: 760, height: 440, legend: true },
  ),
);

export default section.end();
