// The dummy run of the notes, trained by numerical gradients (chapter 4). Run: node examples/i-unlearnable-labels.mjs
import { Random, Sequential, SoftmaxWithLoss, Tensor, TwoLayerNet } from 'zerokara';
import { COLORS, chart, dots, line, means } from './support/chart.mjs';
import { Section } from './support/section.mjs';

const section = new Section('I', 'Labels that cannot be learnt');
const float64 = /** @type {const} */ ({ dtype: 'float64' });

// T13, E20: the loop of the notes, with their labels and with ones that can be learnt.
function dummyRun(points, t) {
  const { layers } = new TwoLayerNet({
    inputSize: 2,
    hiddenSize: 3,
    outputSize: 2,
    activation: 'sigmoid',
    seed: 1,
    ...float64,
  });
  // The rows of the notes do not sum to 1, and need this option: usually they are a mistake.
  const dummy = new Sequential(layers, new SoftmaxWithLoss({ unnormalized: true }));
  const draw = new Random(3);
  const losses = [];
  let ones = 0;
  for (let i = 0; i < 10_000; i++) {
    const mask = Array.from({ length: 10 }, () => draw.integer(100));
    const xBatch = Tensor.from(
      mask.map((row) => points[row]),
      float64,
    );
    const tBatch = Tensor.from(
      mask.map((row) => t[row]),
      float64,
    );
    if (i === 0) ones = tBatch.sum();
    const gradients = dummy.numericalGradient(xBatch, tBatch);
    for (const name in gradients) dummy.params[name].addScaled(gradients[name], -0.1);
    losses.push(dummy.loss(xBatch, tBatch));
  }
  return { losses, ones, loss: dummy.loss(points, t) };
}
const points = Tensor.randomUniform([100, 2], { seed: 1, ...float64 }).toArray();
const bits = new Random(2);
const unlearnable = dummyRun(
  points,
  points.map(() => [bits.integer(2), bits.integer(2)]),
);
const learnable = dummyRun(
  points,
  points.map(([x0, x1]) => (x0 > x1 ? [1, 0] : [0, 1])),
);
const NOTES = [
  0.4159152144822502, 1.0246051813826795, 0.7584882918919034, 0.3438290883535614, 0.9000166826573157,
  0.8239559733051298, 0.7598275395762528, 0.9725876956517123, 0.7598053819300377, 0.6955747666012347,
];
section.say(
  'T13: 2-3-2, 10,000 iterations by numerical gradients. The labels of the notes are independent random bits (E20):',
);
for (let i = 0; i < 10; i++) {
  section.within(
    'T13',
    `Iteration ${i * 1000}: Loss`,
    Number(unlearnable.losses[1000 * i].toFixed(4)),
    NOTES[i],
    [0, 1.6],
  );
}
section.near(
  'T13',
  'the first one: ln 2 for each of the six ones of the notes’ batch, / 10',
  0.6 * Math.LN2,
  NOTES[0],
  5e-5,
);
section.defined(
  'T13',
  `ours had ${unlearnable.ones} ones`,
  unlearnable.losses[0],
  (unlearnable.ones / 10) * Math.LN2,
  0.02,
);
section.within(
  'T13',
  'learnable labels: first loss, near ln 2 = 0.6931',
  Number(learnable.losses[0].toFixed(4)),
  undefined,
  [0.64, 0.75],
);
section.within(
  'T13',
  'learnable labels: loss over all rows at the end',
  Number(learnable.loss.toFixed(4)),
  undefined,
  [0, 0.15],
);
section.within(
  'T13',
  'the labels of the notes: loss over all rows at the end',
  Number(unlearnable.loss.toFixed(4)),
  undefined,
  [0.6, 0.8],
);

section.draw(
  'dummy-run',
  'T13: loss of the dummy run, as the mean of 100 iterations. Random bits cannot be learnt; labels made from x can.',
  chart(
    [
      {
        x: { name: 'iterations', min: 0, max: 10_000, interval: 2000 },
        y: { name: 'loss', min: 0, max: 1.2, interval: 0.2 },
        series: [
          line(means(unlearnable.losses, 100), {
            name: 'random bits, as in the notes',
            color: COLORS.orange,
            width: 2,
          }),
          line(means(learnable.losses, 100), { name: 'labels made from x', color: COLORS.blue, width: 2 }),
          dots(
            NOTES.map((loss, i) => [1000 * i, loss]),
            { name: 'printed by the notes: single batches', color: COLORS.ink, hollow: true, size: 10 },
          ),
        ],
      },
    ],
    { width: 760, height: 440, legend: true },
  ),
);
export default section.end();
