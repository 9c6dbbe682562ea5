// DeepConvNet on digits (chapter 8, §8.1). Run: node examples/r-deep-conv-net.mjs
import { Adam, DeepConvNet, loadMnist, Trainer } from 'zerokara';
import { gallery } from './support/gallery.mjs';
import { roundWeights } from './support/half-precision.mjs';
import { mistakesOf } from './support/mistakes.mjs';
import { Section } from './support/section.mjs';

const section = new Section('R', 'DeepConvNet');
const net = new DeepConvNet({ seed: 1 });

// V1
const sizes = Object.values(net.params).map(({ size }) => size);
section.exact(
  'V1',
  'shapes of W1, W4 and W7',
  [1, 4, 7].map((i) => net.params[/** @type {'W1'} */ (`W${i}`)].shape),
  [
    [3, 3, 1, 16],
    [3, 3, 32, 32],
    [1024, 50],
  ],
);
section.defined(
  'V1',
  'parameters',
  sizes.reduce((sum, size) => sum + size, 0),
  123_552,
);

// V2, in a small measure: seven epochs of 8,000 digits in place of twenty of 60,000.
const { train, test } = await loadMnist({ limit: 8000 });
await new Trainer(net, {
  train,
  epochs: 7,
  optimizer: new Adam({ learningRate: 0.001 }),
  seed: 1,
  evaluate: false,
}).fit();
const accuracy = net.accuracy(test);
section.say(
  'V2: Adam, η = 0.001, batch 100. The book trains on 60,000 digits for 20 epochs and prints 0.9938; here it is 8,000 for seven.',
);
section.within('V2', 'accuracy on held-out digits', accuracy, undefined, [0.9, 0.99]);

// V3
const { x, labels } = test.toTensors();
const mistakes = mistakesOf(net.predict(x), labels);
section.say(`V3: the network gets ${mistakes.length} of ${test.size} held-out digits wrong.`);
section.defined('V3', 'share of mistakes', mistakes.length / test.size, 1 - accuracy, 1e-12);
const shown = mistakes.slice(0, 60);
section.draw(
  'mistakes',
  'V3: digits that it gets wrong: the label, and what the network takes it for.',
  gallery(
    [
      {
        title: `${shown.length === mistakes.length ? 'All' : `The first ${shown.length} of`} ${mistakes.length} mistakes: label → guess`,
        pictures: shown.map(({ row, label, guess }) => ({
          values: x.rows(row, row + 1).data,
          height: 28,
          width: 28,
          below: `${label} → ${guess}`,
          range: [0, 1],
        })),
      },
    ],
    { columns: 12, side: 70 },
  ),
);

// V4
roundWeights(net);
const rounded = net.accuracy(test);
section.near('V4', `accuracy with weights as 16-bit floats, beside ${accuracy}`, rounded, accuracy, 0.001);

export default section.end();
