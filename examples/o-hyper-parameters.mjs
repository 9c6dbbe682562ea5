// Choosing hyper-parameters at random (chapter 6). Run: node examples/o-hyper-parameters.mjs
// The book's 100 trials of 50 epochs take half a minute; HYPER_PARAMETER_TRIALS=20 makes fewer.
import { loadMnist, Random, SGD } from 'zerokara';
import { COLORS, chart, dots } from './support/chart.mjs';
import { deepNet, trainNet } from './support/deep-net.mjs';
import { Section } from './support/section.mjs';

const section = new Section('O', 'Hyper-parameters: a random search');
const TRIALS = Number(process.env.HYPER_PARAMETER_TRIALS ?? 100);
const { train } = await loadMnist({ limit: 500 });

// H1: a fifth of the training digits, drawn at random, judges the trials.
const { train: rest, test: validation } = train.split({ test: 0.2, seed: 1 });
section.defined('H1', 'digits to learn from, digits to judge by', [rest.size, validation.size], [400, 100]);

// H2: rates and weight decays, uniform in their logarithms.
const random = new Random(1, 'search');
const logUniform = (low, high) => 10 ** (low + (high - low) * random.uniform());
const trials = [];
for (let i = 0; i < TRIALS; i++) {
  const weightDecay = logUniform(-8, -4);
  const learningRate = logUniform(-6, -2);
  const net = deepNet({ hiddenLayers: 6 });
  await trainNet(net, { train: rest, optimizer: new SGD({ learningRate, weightDecay }), batchSize: 100, steps: 200 });
  trials.push({ learningRate, weightDecay, accuracy: net.accuracy(validation) });
}
trials.sort((a, b) => b.accuracy - a.accuracy);
section.say(
  `H2: ${TRIALS} trials of 50 epochs; learning rate from 1e-6 to 1e-2, weight decay from 1e-8 to 1e-4. The best by validation:`,
);
const best = trials.slice(0, 5);
const full = TRIALS === 100;
section.within('H2', 'accuracy of the best', best[0].accuracy, 0.84, full ? [0.65, 0.95] : [0.3, 0.95]);
const printed = [0.0094, undefined, undefined, undefined, undefined];
for (const [i, { learningRate }] of best.entries()) {
  section.within(
    'H2',
    `its learning rate, trial ${i + 1} of the best`,
    Number(learningRate.toPrecision(2)),
    printed[i],
    [0.001, 0.01],
  );
}

section.draw(
  'search',
  'H2: each trial by its learning rate; the five best are orange.',
  chart(
    [
      {
        x: { name: 'log₁₀ of the learning rate', min: -6, max: -2, interval: 1 },
        y: { name: 'accuracy on the validation digits', min: 0, max: 1, interval: 0.2 },
        series: [
          dots(
            trials.slice(5).map(({ learningRate, accuracy }) => [Math.log10(learningRate), accuracy]),
            { color: COLORS.blue, size: 8 },
          ),
          dots(
            best.map(({ learningRate, accuracy }) => [Math.log10(learningRate), accuracy]),
            { color: COLORS.orange, size: 10 },
          ),
        ],
      },
    ],
    { width: 760, height: 420 },
  ),
);

export default section.end();
