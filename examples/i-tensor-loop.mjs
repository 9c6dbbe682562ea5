// The training loop of chapter 4 written with tensors, no layers and no Trainer (§4.5). Run: node examples/i-tensor-loop.mjs
import { loadMnist, Random, Tensor } from 'zerokara';
import { forward, step } from './support/chapter-four.mjs';
import { COLORS, chart, line, means } from './support/chart.mjs';
import { Section } from './support/section.mjs';

const section = new Section('I', 'The loop of chapter 4, by hand');

const [HIDDEN, STEPS, BATCH, LEARNING_RATE] = [50, 2000, 100, 0.1];

const { train, test } = await loadMnist();
const { x, labels } = train.toTensors({ normalize: true, flatten: true });
const t = Tensor.eye(10).take(/** @type {Int32Array} */ (labels)); // one-hot

const weights = {
  W1: Tensor.randomNormal([784, HIDDEN], { std: 0.01, seed: 1 }),
  b1: Tensor.zeros([HIDDEN]),
  W2: Tensor.randomNormal([HIDDEN, 10], { std: 0.01, seed: 2 }),
  b2: Tensor.zeros([10]),
};

const random = new Random(3);
const losses = [];
const began = performance.now();
for (let i = 0; i < STEPS; i++) {
  const batch = Int32Array.from({ length: BATCH }, () => random.integer(train.size));
  losses.push(step(weights, x.take(batch), t.take(batch), LEARNING_RATE));
}
const microseconds = Math.round(((performance.now() - began) * 1000) / STEPS);
section.say(`${STEPS} steps of ${BATCH} rows on the ${x.backend.name} backend: ${microseconds} µs a step.`);

const held = test.toTensors({ normalize: true, flatten: true });
const answers = forward(weights, held.x).y.argMax(1);
const right = answers.filter((answer, i) => answer === /** @type {Int32Array} */ (held.labels)[i]).length;

section.defined('T17', 'the first loss: ln 10, for a guess of ten classes', losses[0], Math.log(10), 0.05);
section.within('T17', 'the last losses, their mean', mean(losses.slice(-100)), undefined, [0.2, 0.55]);
section.within('T17', 'accuracy on rows that it has not seen', right / test.size, undefined, [0.85, 0.94]);

section.draw(
  'tensor-loop',
  'T17: loss of a loop written with tensors, as the mean of 20 steps.',
  chart(
    [
      {
        x: { name: 'steps', min: 0, max: STEPS, interval: 500 },
        y: { name: 'loss', min: 0, max: 2.5, interval: 0.5 },
        series: [line(means(losses, 20), { color: COLORS.blue, width: 2 })],
      },
    ],
    { width: 760, height: 400 },
  ),
);

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export default section.end();
