// Losses (chapter 4, §4.2). Run: node examples/d-losses.mjs
import { crossEntropyError, sumSquaredError } from 'zerokara';
import { bars, COLORS, chart, dots, line } from './support/chart.mjs';
import { Section } from './support/section.mjs';

const section = new Section('D', 'Losses');

const t = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]; // the right answer is class 2
const y1 = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0];
const y2 = [0.1, 0.5, 0.1, 0, 0.05, 0.1, 0, 0.6, 0.5, 0]; // as the notes print it; it sums to 1.95 (E8)

section.exact('D1', 'half the squared error of y1', sumSquaredError(y1, t), 0.09750000000000003);
section.exact('D2', 'half the squared error of y2', sumSquaredError(y2, t), 0.8462500000000001);
section.exact('D3', 'cross-entropy of y1', crossEntropyError(y1, t), 0.510825457099338);
section.exact('D4', 'cross-entropy of y2', crossEntropyError(y2, t), 2.302584092994546);
const two = [crossEntropyError(y1, t).toFixed(2), crossEntropyError(y2, t).toFixed(2)];
section.exact('D4', 'both in the text', two, ['0.51', '2.30']);
const book = [0.1, 0.05, 0.1, 0, 0.05, 0.1, 0, 0.6, 0, 0];
section.near('E8', 'half the squared error of the book’s y for 7', sumSquaredError(book, t), 0.5975, 1e-12);
section.exact(
  'D5',
  'share 0 for the right class: delta keeps it finite',
  crossEntropyError([1, 0], [0, 1]),
  16.11809565095832,
);
section.exact('D5', 'share 1 for the right class', crossEntropyError([0, 1], [0, 1]), -9.999999505838704e-8);

const one = crossEntropyError([y1], [t]);
const hundred = crossEntropyError(new Array(100).fill(y1), new Array(100).fill(t));
section.defined('D6', '100 equal rows have the loss of one', hundred, one, 1e-14);
section.corrected(
  'D6',
  'E7',
  '100 equal rows, the code without 1/N',
  hundred.toFixed(4),
  (100 * one).toFixed(4),
  one.toFixed(4),
);
section.defined(
  'D7',
  'labels as class indices',
  crossEntropyError([y1, y2], [2, 2]),
  crossEntropyError([y1, y2], [t, t]),
);
const sure = [0.2, 0.4, 0.6, 0.8].map((y) => crossEntropyError([1 - y, y], 1));
section.holds(
  'D8',
  'the loss falls as the right class becomes likelier',
  sure.every((loss, i) => i === 0 || loss < sure[i - 1]),
  sure.map((loss) => loss.toFixed(3)).join(', '),
);

const shares = Array.from({ length: 400 }, (_, i) => (i + 1) / 400);
section.draw(
  'cross-entropy',
  'D3, D4: the cross-entropy −log y of the share y of the right class, and the two answers of the notes.',
  chart([
    {
      x: { name: 'share y of the right class', min: 0, max: 1, interval: 0.2 },
      y: { name: 'loss −log y', min: 0, max: 6, interval: 1 },
      series: [
        line(shares.map((y) => [y, crossEntropyError([1 - y, y], 1)])),
        dots([[0.6, crossEntropyError(y1, t)]], { color: COLORS.green, labels: ['y1: 0.6 → 0.51'], at: 'top' }),
        dots([[0.1, crossEntropyError(y2, t)]], { color: COLORS.orange, labels: ['y2: 0.1 → 2.30'] }),
      ],
    },
  ]),
);
const classes = t.map((_, i) => String(i));
const answer = (title, y, color) => ({
  title,
  x: { name: 'class', categories: classes },
  y: { name: 'y', min: 0, max: 0.8, interval: 0.2 },
  series: [
    bars(y, {
      color: y.map((_, i) => (t[i] === 1 ? color : COLORS.grey)),
      labels: y.map((v) => (v === 0 ? '' : String(v))),
    }),
  ],
});
section.draw(
  'answers',
  'D1–D4: two answers where class 2 (coloured) is right, and what they cost.',
  chart(
    [
      answer('y1: cross-entropy 0.51, half the squared error 0.0975', y1, COLORS.green),
      answer('y2: cross-entropy 2.30, half the squared error 0.84625', y2, COLORS.orange),
    ],
    { width: 960, height: 360, columns: 2 },
  ),
);

export default section.end();
