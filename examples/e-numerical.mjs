// Numerical differentiation (chapter 4, §4.3–4.4). Run: node examples/e-numerical.mjs
import { numericalDiff, numericalGradient } from 'zerokara';
import { arrows, COLORS, chart, dots, line } from './support/chart.mjs';
import { Section } from './support/section.mjs';
import { surface } from './support/surface.mjs';

const section = new Section('E', 'Numerical differentiation');

/** f(x) = 0.01 x² + 0.1 x */
/** @param {number} x */
const function1 = (x) => 0.01 * x ** 2 + 0.1 * x;
/** f(x0, x1) = x0² + x1² */
/** @param {number[]} x */
const function2 = ([x0, x1]) => x0 ** 2 + x1 ** 2;

section.exact('N1', 'slope of 0.01x² + 0.1x at 5', numericalDiff(function1, 5), 0.1999999999990898);
section.exact('N1', 'at 15', numericalDiff(function1, 15), 0.4000000000026205);
section.exact('N1', 'at −10', numericalDiff(function1, -10), -0.0999999999995449);
section.exact('N1', 'at 10 (the book’s own point)', numericalDiff(function1, 10), 0.2999999999986347);
section.corrected('N1', 'E10', 'the slope at 5 in words', numericalDiff(function1, 5).toFixed(3), '0.199', '0.200');

const forward = (h) => (function1(5 + h) - function1(5)) / h;
const errors = [Math.abs(forward(1e-4) - 0.2), Math.abs(numericalDiff(function1, 5) - 0.2)];
section.holds(
  'N2',
  'central is nearer to 0.2 than forward',
  errors[1] < errors[0] / 1000,
  errors.map((e) => e.toExponential(1)).join(' and '),
);
section.defined('N2', '(3 + h) − (3 − h) for h = 1e-50', 3 + 1e-50 - (3 - 1e-50), 0);

section.exact(
  'N3',
  '∂f/∂x0 of x0² + x1² at (3, 4)',
  numericalDiff((x0) => x0 * x0 + 4 ** 2, 3),
  6.00000000000378,
);
section.exact(
  'N4',
  '∂f/∂x1',
  numericalDiff((x1) => 3 ** 2 + x1 * x1, 4),
  7.999999999999119,
);
section.exact('N5', 'gradient at (3, 4)', numericalGradient(function2, [3, 4]), [6.00000000000378, 7.999999999999119]);
section.exact('N5', 'gradient at (0, 2)', numericalGradient(function2, [0, 2]), [0, 4.000000000004]);
section.exact('N5', 'gradient at (3, 0)', numericalGradient(function2, [3, 0]), [6.000000000012662, 0]);
const printed = `[${numericalGradient(function2, [3, 4])
  .map((value) => `${value.toFixed(8).replace(/0+$/, '')}`)
  .join(' ')}]`;
section.exact('N5', 'as NumPy prints it', printed, '[6. 8.]');

const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];
const sumOfSquares = (X) => X.flat().reduce((sum, x) => sum + x * x, 0);
section.defined(
  'N6',
  'gradient of Σx² over a 2 × 3 matrix',
  numericalGradient(sumOfSquares, matrix),
  [
    [2, 4, 6],
    [8, 10, 12],
  ],
  1e-8,
);
const integers = numericalGradient(function2, [3, 4]).map(Math.round);
section.corrected('N6', 'E9', 'integers 3 and 4 are no integer array', integers, [25000, 35000], [6, 8]);
const downhill = [3, 4].map((x, i) => x - 1e-3 * numericalGradient(function2, [3, 4])[i]);
section.holds('N7', 'minus the gradient leads down, from 25', function2(downhill) < 25, function2(downhill).toFixed(4));

// P1: tangents.
const xs = Array.from({ length: 301 }, (_, i) => -15 + i * (35 / 300));
/** @type {[number, string, string][]} */
const tangents = [
  [-10, COLORS.purple, '−0.1'],
  [5, COLORS.orange, '0.2'],
  [15, COLORS.green, '0.4'],
];
section.draw(
  'tangents',
  'P1: 0.01x² + 0.1x with its tangents at −10, 5 and 15, whose slopes are numerical derivatives.',
  chart(
    [
      {
        x: { name: 'x', min: -15, max: 20, interval: 5 },
        y: { name: 'f(x)', min: -2, max: 6, interval: 1 },
        series: [
          line(
            xs.map((x) => [x, function1(x)]),
            { name: 'f(x) = 0.01x² + 0.1x', width: 3 },
          ),
          ...tangents.flatMap(([at, color, slope]) => {
            const tangent = (x) => function1(at) + numericalDiff(function1, at) * (x - at);
            return [
              line(
                [at - 8, at + 8].map((x) => [x, tangent(x)]),
                { name: `at ${String(at).replace('-', '−')}: slope ${slope}`, color, width: 2, dash: true },
              ),
              dots([[at, function1(at)]], { color }),
            ];
          }),
        ],
      },
    ],
    { width: 760, height: 480, legend: true },
  ),
);

// P2: the surface and the field of minus its gradient.
section.draw(
  'surface',
  'P2: the surface of x0² + x1².',
  surface((x0, x1) => function2([x0, x1]), { reach: 3, top: 18, names: ['x₀', 'x₁', 'f(x₀, x₁)'] }),
);

/** @type {number[][][]} */
const field = [];
for (let x0 = -2; x0 <= 2.001; x0 += 0.25) {
  for (let x1 = -2; x1 <= 2.001; x1 += 0.25) {
    const [g0, g1] = numericalGradient(function2, [x0, x1]);
    if (Math.hypot(g0, g1) > 1e-9)
      field.push([
        [x0, x1],
        [x0 - 0.045 * g0, x1 - 0.045 * g1],
      ]);
  }
}
section.draw(
  'gradient-field',
  'P2: minus the gradient of x0² + x1². Each arrow points down, the longer the steeper it is there; the minimum is orange.',
  chart(
    [
      {
        x: { name: 'x₀', min: -2.5, max: 2.5, interval: 0.5 },
        y: { name: 'x₁', min: -2.5, max: 2.5, interval: 0.5 },
        series: [arrows(field, { width: 1.5, head: 6 }), dots([[0, 0]], { color: COLORS.orange })],
      },
    ],
    { width: 620, height: 626 },
  ),
);

export default section.end();
