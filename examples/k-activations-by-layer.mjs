// Outputs of five layers under different initial weights (chapter 6). Run: node examples/k-activations-by-layer.mjs
import { relu, sigmoid, Tensor, tanh } from 'zerokara';
import { bars, COLORS, chart } from './support/chart.mjs';
import { Section } from './support/section.mjs';

const section = new Section('K', 'Initial weights: what reaches the fifth layer');

const [ROWS, NEURONS, LAYERS] = [1000, 100, 5];
/** The standard deviations that the book compares, for layers of 100 inputs. */
const SCALES = { 'std 1': 1, 'std 0.01': 0.01, Xavier: Math.sqrt(1 / NEURONS), He: Math.sqrt(2 / NEURONS) };
const ACTIVATIONS = { sigmoid, ReLU: relu, tanh };

/** The outputs of each layer for 1,000 rows of 100 normal numbers. */
function outputs(activation, std) {
  let x = Tensor.randomNormal([ROWS, NEURONS], { seed: 1 });
  return Array.from({ length: LAYERS }, (_, layer) => {
    x = activation(x.matMul(Tensor.randomNormal([NEURONS, NEURONS], { std, seed: 2 + layer })));
    return x.data;
  });
}

const share = (values, test) => values.filter(test).length / values.length;
const rootMeanSquare = (values) => Math.sqrt(values.reduce((sum, y) => sum + y * y, 0) / values.length);
const rounded = (value) => Number(value.toPrecision(3));

const all = Object.fromEntries(
  Object.entries(ACTIVATIONS).map(([name, activation]) => [
    name,
    Object.fromEntries(Object.entries(SCALES).map(([scale, std]) => [scale, outputs(activation, std)])),
  ]),
);
const last = (name, scale) => all[name][scale][LAYERS - 1];
/** How much smaller or larger the outputs of the fifth layer are than those of the first. */
const kept = (name, scale) => rounded(rootMeanSquare(last(name, scale)) / rootMeanSquare(all[name][scale][0]));

section.say('1,000 rows of 100 normal numbers through 5 layers of 100 neurons: the outputs of the fifth.');
const nearEnd = (y) => y < 0.1 || y > 0.9;
section.within(
  'I1',
  'sigmoid, std 1: share below 0.1 or above 0.9',
  rounded(share(last('sigmoid', 'std 1'), nearEnd)),
  undefined,
  [0.6, 1],
);
const nearHalf = (y) => Math.abs(y - 0.5) < 0.05;
section.within(
  'I1',
  'sigmoid, std 0.01: share within 0.05 of 0.5',
  rounded(share(last('sigmoid', 'std 0.01'), nearHalf)),
  undefined,
  [1, 1],
);
section.within(
  'I1',
  'sigmoid, Xavier: share near neither',
  rounded(share(last('sigmoid', 'Xavier'), (y) => !nearEnd(y) && !nearHalf(y))),
  undefined,
  [0.5, 1],
);
section.within(
  'I1',
  'ReLU, std 0.01: size of the outputs, layer 5 ÷ layer 1',
  kept('ReLU', 'std 0.01'),
  undefined,
  [0, 1e-4],
);
section.within('I1', 'ReLU, Xavier: it halves with every second layer', kept('ReLU', 'Xavier'), undefined, [0.15, 0.4]);
section.within('I1', 'ReLU, He: it stays', kept('ReLU', 'He'), undefined, [0.7, 1.4]);
section.within(
  'I1',
  'tanh, std 1: share beyond ±0.9',
  rounded(share(last('tanh', 'std 1'), (y) => Math.abs(y) > 0.9)),
  undefined,
  [0.6, 1],
);
section.within(
  'I1',
  'tanh, Xavier: share beyond ±0.9',
  rounded(share(last('tanh', 'Xavier'), (y) => Math.abs(y) > 0.9)),
  undefined,
  [0, 0.05],
);

/**
 * Shares of `values` in 30 equal parts from `low` to `high`; what lies beyond counts at its end.
 *
 * @param {ArrayLike<number>} values
 * @param {number[]} ends
 */
function histogram(values, [low, high]) {
  const counts = new Array(30).fill(0);
  for (const y of Array.from(values)) {
    const part = Math.floor((30 * (y - low)) / (high - low));
    counts[Math.min(29, Math.max(0, part))]++;
  }
  return counts.map((count) => count / values.length);
}

const RANGES = { sigmoid: [0, 1], ReLU: [0, 1], tanh: [-1, 1] };
const BEYOND = { sigmoid: '', ReLU: '; the last bar counts all above 1', tanh: '' };
const colors = { sigmoid: COLORS.blue, ReLU: COLORS.orange, tanh: COLORS.green };
for (const [name, range] of Object.entries(RANGES)) {
  const middles = Array.from({ length: 30 }, (_, i) =>
    (range[0] + ((i + 0.5) * (range[1] - range[0])) / 30).toFixed(2),
  );
  section.draw(
    name.toLowerCase(),
    `I1: shares of the outputs from ${range[0]} to ${range[1]} in 30 parts, ${name}, layer by layer${BEYOND[name]}.`,
    chart(
      Object.entries(all[name]).flatMap(([scale, layers]) =>
        layers.map((values, layer) => ({
          title: `${scale}, layer ${layer + 1}`,
          x: { name: '', categories: middles },
          y: { name: '', min: 0 },
          series: [bars(histogram(values, range), { color: colors[name] })],
        })),
      ),
      { width: 1180, height: 820, columns: LAYERS },
    ),
  );
}

export default section.end();
