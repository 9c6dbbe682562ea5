// The smallest network, simpleNet, and its gradient (chapter 4, §4.4.2). Run: node examples/g-simple-net.mjs
import { crossEntropyError, numericalGradient, SGD, SimpleNet } from 'zerokara';
import { COLORS, chart, line } from './support/chart.mjs';
import { network } from './support/network.mjs';
import { Section } from './support/section.mjs';

const section = new Section('G', 'simpleNet and the gradient of a network');

const weights = [
  [-0.62006546, -1.59333854, -0.42197585],
  [0.6357717, -0.24165729, 0.68248515],
];
const x = [[0.6, 0.9]];
const t = [[0, 0, 1]];

const net = new SimpleNet({ weights });
section.say('W is random in the notes; here it is the one they print, to its 8 digits.');
section.exact('S1', 'W, 2 × 3', net.params.W.toArray(), weights);
section.near('S2', 'x·W for x = (0.6, 0.9)', net.logits(x).toArray()[0], [0.20015525, -1.17349468, 0.36105113], 1e-8);
section.exact('S3', 'the largest is at', net.classify(x)[0], 2);
const loss = () => crossEntropyError(net.predict(x), t); // with delta = 1e-7, as the notes compute it
section.near('S4', 'loss for class 2', loss(), 0.7260662834310464, 2e-9);

const dW = numericalGradient(loss, net.params.W);
const digits = (tensor) => [...tensor.data].map((value) => value.toFixed(8));
section.corrected('S5', 'E9', 'numerical dL/dW', digits(dW), 'IndexError', [
  '0.24714299',
  '0.06257195',
  '-0.30971495',
  '0.37071449',
  '0.09385793',
  '-0.46457242',
]);
section.defined('S6', 'its shape', dW.shape, [2, 3]);
const backpropagated = net.gradient(x, t).W;
section.defined('S5', 'by backpropagation, without the delta', backpropagated.toArray(), dW.toArray(), 1e-7);
const y = net.predict(x).data;
const outer = x[0].map((value) => t[0].map((target, j) => value * (y[j] - target)));
section.defined('S5', 'which is the outer product of x and y − t', backpropagated.toArray(), outer, 1e-10);

// S7: W ← W − η dL/dW.
const optimizer = new SGD({ learningRate: 0.1 });
const losses = [];
for (let step = 0; step < 100; step++) {
  losses.push([step, net.lossAndGradient(x, t)]);
  optimizer.update(net.params, net.grads);
}
losses.push([100, net.loss(x, t)]);
section.holds(
  'S7',
  'W ← W − 0.1 dL/dW lowers the loss at every one of 100 steps',
  losses.every(([, value], i) => i === 0 || value < losses[i - 1][1]),
  `${losses[0][1].toFixed(3)} → ${losses[100][1].toFixed(3)}`,
);

section.draw(
  'network',
  'S1, P4: simpleNet, scores x·W, then softmax.',
  network(
    [
      { count: 2, title: 'input', note: 'x = (0.6, 0.9)', name: (i) => `x${'₁₂'[i - 1]}`, color: COLORS.grey },
      { count: 3, title: 'output', note: 'softmax', name: (i) => `y${'₁₂₃'[i - 1]}`, color: COLORS.green },
    ],
    ['W (2, 3)'],
    { width: 460, height: 320, radius: 22 },
  ),
);
section.draw(
  'loss',
  'S7: the loss of simpleNet falls as W follows minus its gradient.',
  chart([
    {
      x: { name: 'updates', min: 0, max: 100, interval: 20 },
      y: { name: 'loss', min: 0, max: 0.8, interval: 0.2 },
      series: [line(losses)],
    },
  ]),
);

export default section.end();
