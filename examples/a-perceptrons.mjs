// Perceptrons and logic gates (chapter 2 of the book). Run: node examples/a-perceptrons.mjs
import { AND, NAND, OR, Perceptron, XOR } from 'zerokara';
import { area, COLORS, chart, dots, line } from './support/chart.mjs';
import { diagram } from './support/diagram.mjs';
import { Section } from './support/section.mjs';

const section = new Section('A', 'Perceptrons');

const INPUTS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const sums = (gate) => INPUTS.map((x) => gate.perceptron.weightedSum(x));
const outputs = (gate) => INPUTS.map(([x1, x2]) => gate(x1, x2));

section.say('Inputs in the order 00, 01, 10, 11; a = w·x + b, and the output is 1 where a > 0.');
section.exact('A2', 'OR, a', sums(OR), [-0.2, 0.3, 0.3, 0.8]);
section.exact('A2', 'OR', outputs(OR), [0, 1, 1, 1]);
section.near('A3', 'AND, a', sums(AND), [-0.7, -0.2, -0.2, 0.3], 1e-15);
section.exact('A3', 'AND', outputs(AND), [0, 0, 0, 1]);
section.corrected('A3', 'E2', 'AND of 1 and 1, in the truth table', AND(1, 1), 0, 1);
section.near('A4', 'NAND, a', sums(NAND), [0.7, 0.2, 0.2, -0.3], 1e-15);
section.exact('A4', 'NAND', outputs(NAND), [1, 1, 1, 0]);
section.exact('A5', 'XOR = AND(NAND, OR)', outputs(XOR), [0, 1, 1, 0]);

const fires = new Perceptron([1, 1], 0).output([0.2, 0.3]);
section.corrected('A1', 'E1', 'w = (1, 1), b = 0 at (0.2, 0.3): a = 0.5', fires, 0, 1);
section.defined(
  'A1',
  '200 inputs of 1, weights 0.01, b = −1.5',
  new Perceptron(new Array(200).fill(0.01), -1.5).output(new Array(200).fill(1)),
  1,
);

// A6: every perceptron of a fine grid, and what it computes.
const grid = Array.from({ length: 41 }, (_, i) => (i - 20) / 10);
const found = { OR: 0, AND: 0, NAND: 0, XOR: 0 };
const NAMES = { '0,1,1,1': 'OR', '0,0,0,1': 'AND', '1,1,1,0': 'NAND', '0,1,1,0': 'XOR' };
for (const w1 of grid) {
  for (const w2 of grid) {
    for (const bias of grid) {
      const name = NAMES[INPUTS.map(([x1, x2]) => (w1 * x1 + w2 * x2 + bias > 0 ? 1 : 0)).join()];
      if (name !== undefined) found[name]++;
    }
  }
}
const counts = `OR ${found.OR}, AND ${found.AND}, NAND ${found.NAND}, XOR ${found.XOR}`;
section.holds('A6', 'of 41³ perceptrons many are a gate, but none is XOR', found.XOR === 0 && found.OR > 100, counts);

// B9: where each gate answers 1. A perceptron's border is the straight line w·x + b = 0.
const LOW = -0.5;
const HIGH = 1.5;
/** @param {import('zerokara').Perceptron} perceptron */
const border = ({ weights: [w1, w2], bias }) => [LOW, HIGH].map((x1) => [x1, -(bias + w1 * x1) / w2]);
const FAR = 9;

function panel(title, gate, lines, region) {
  const on = INPUTS.filter(([x1, x2]) => gate(x1, x2) === 1);
  const off = INPUTS.filter(([x1, x2]) => gate(x1, x2) === 0);
  return {
    title,
    x: { name: 'x₁', min: LOW, max: HIGH, interval: 0.5 },
    y: { name: 'x₂', min: LOW, max: HIGH, interval: 0.5 },
    series: [
      area(region, { color: COLORS.orange }),
      ...lines.map((points) => line(points, { color: COLORS.grey, width: 2 })),
      dots(on, { name: 'output 1', color: COLORS.orange, size: 16 }),
      dots(off, { name: 'output 0', color: COLORS.blue, size: 16, hollow: true }),
    ],
  };
}

const upTo = (points, y) => [...points, [HIGH, y], [LOW, y]];
const [orLine, andLine, nandLine] = [OR, AND, NAND].map(({ perceptron }) => border(perceptron));
section.draw(
  'gates',
  'B9: where each gate answers 1. One straight line parts OR, AND and NAND; XOR takes two.',
  chart(
    [
      panel('OR: 0.5 x₁ + 0.5 x₂ − 0.2 > 0', OR, [orLine], upTo(orLine, FAR)),
      panel('AND: 0.5 x₁ + 0.5 x₂ − 0.7 > 0', AND, [andLine], upTo(andLine, FAR)),
      panel('NAND: −0.5 x₁ − 0.5 x₂ + 0.7 > 0', NAND, [nandLine], upTo(nandLine, -FAR)),
      panel('XOR: OR and NAND at once', XOR, [orLine, nandLine], [...orLine, ...[...nandLine].reverse()]),
    ],
    { width: 900, height: 944, columns: 2, legend: true },
  ),
);

section.draw(
  'perceptron',
  'P4: a perceptron. Each input is weighted, all are summed with the bias, and h answers 1 where the sum exceeds 0.',
  diagram(
    {
      one: { at: [80, 60], text: '1', color: COLORS.grey },
      x1: { at: [80, 150], text: 'x₁' },
      x2: { at: [80, 240], text: 'x₂' },
      a: { at: [320, 150], text: 'a', below: 'a = w₁x₁ + w₂x₂ + b' },
      y: { at: [520, 150], text: 'y', below: '1 if a > 0, else 0' },
    },
    [
      { from: 'one', to: 'a', forward: 'b' },
      { from: 'x1', to: 'a', forward: 'w₁', along: 0.4 },
      { from: 'x2', to: 'a', forward: 'w₂', along: 0.4 },
      { from: 'a', to: 'y', forward: 'h( )' },
    ],
    { width: 620, height: 300, radius: 24 },
  ),
);

section.draw(
  'xor',
  'P4: XOR as two layers of gates: s₁ = NAND(x₁, x₂), s₂ = OR(x₁, x₂), y = AND(s₁, s₂).',
  diagram(
    {
      x1: { at: [80, 80], text: 'x₁' },
      x2: { at: [80, 220], text: 'x₂' },
      s1: { at: [300, 80], text: 'NAND', kind: 'box', color: COLORS.blue },
      s2: { at: [300, 220], text: 'OR', kind: 'box', color: COLORS.green },
      and: { at: [500, 150], text: 'AND', kind: 'box', color: COLORS.orange },
      y: { at: [640, 150], text: 'y' },
    },
    [
      { from: 'x1', to: 's1' },
      { from: 'x1', to: 's2' },
      { from: 'x2', to: 's1' },
      { from: 'x2', to: 's2' },
      { from: 's1', to: 'and', forward: 's₁' },
      { from: 's2', to: 'and', forward: 's₂' },
      { from: 'and', to: 'y' },
    ],
    { width: 720, height: 300, radius: 24 },
  ),
);

export default section.end();
