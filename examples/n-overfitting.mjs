// Overfitting, weight decay and dropout (chapter 6). Run: node examples/n-overfitting.mjs
import { loadMnist, SGD } from 'zerokara';
import { COLORS, chart, line } from './support/chart.mjs';
import { deepNet, trainNet } from './support/deep-net.mjs';
import { Section } from './support/section.mjs';

const section = new Section('N', 'Overfitting: weight decay and dropout');
const { train, test } = await loadMnist();
const few = train.take(300);

/** 784-100-…-100-10 with six hidden layers on 300 digits, SGD, η = 0.01, batches of 100; three updates are an epoch. */
async function run(epochs, options = {}) {
  const net = deepNet({ hiddenLayers: 6, ...options });
  const optimizer = new SGD({ learningRate: 0.01 });
  const history = await trainNet(net, {
    train: few,
    test,
    optimizer,
    batchSize: 100,
    steps: 3 * epochs,
    evaluate: true,
  });
  return {
    epochs: history.epochs,
    seen: Number(net.accuracy(few).toFixed(3)),
    unseen: Number(net.accuracy(test).toFixed(3)),
  };
}

const gap = ({ seen, unseen }) => Number((seen - unseen).toFixed(3));

const plain = await run(201);
const decayed = await run(201, { l2: 0.1 });
section.say('R4: six hidden layers of 100 on 300 digits, 201 epochs, without and with the penalty ½λΣW², λ = 0.1.');
section.within('R4', 'λ 0: accuracy on the 300', plain.seen, 1, [0.97, 1]);
section.within('R4', 'λ 0: on digits not seen', plain.unseen, 0.75, [0.68, 0.85]);
section.within('R4', 'λ 0.1: accuracy on the 300', decayed.seen, 0.927, [0.7, 0.98]);
section.within('R4', 'λ 0.1: on digits not seen', decayed.unseen, 0.721, [0.6, 0.82]);
section.holds('R4', 'the gap is narrower with λ = 0.1', gap(decayed) < gap(plain), `${gap(decayed)} < ${gap(plain)}`);

const longer = await run(301);
const dropped = await run(301, { dropout: 0.2 });
section.say(
  "R6: the same for 301 epochs, without and with dropout of 0.2. The book's dropout is not inverted: its figures are another network's.",
);
section.within('R6', 'without: accuracy on the 300', longer.seen, undefined, [0.97, 1]);
section.within('R6', 'dropout: accuracy on the 300', dropped.seen, undefined, [0.7, 0.99]);
section.within('R6', 'dropout: on digits not seen', dropped.unseen, undefined, [0.6, 0.82]);
section.holds('R6', 'the gap is narrower with dropout', gap(dropped) < gap(longer), `${gap(dropped)} < ${gap(longer)}`);

const panel = (title, { epochs }) => ({
  title,
  x: { name: 'epoch', min: 0, max: 300, interval: 100 },
  y: { name: 'accuracy', min: 0, max: 1, interval: 0.2 },
  series: [
    line(
      epochs.map(({ epoch, trainAccuracy }) => [epoch, trainAccuracy]),
      { name: '300 training digits', color: COLORS.blue },
    ),
    line(
      epochs.map(({ epoch, testAccuracy }) => [epoch, testAccuracy]),
      { name: 'digits not seen', color: COLORS.orange },
    ),
  ],
});
section.draw(
  'gaps',
  'R4, R6: accuracies on 300 training digits and on digits not seen.',
  chart(
    [
      panel('plain, 201 epochs', plain),
      panel('weight decay, λ = 0.1', decayed),
      panel('plain, 301 epochs', longer),
      panel('dropout, 0.2', dropped),
    ],
    { width: 980, height: 800, columns: 2, legend: true },
  ),
);

export default section.end();
