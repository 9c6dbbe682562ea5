// Optimizers and initial weights on digits (chapter 6). Run: node examples/l-training-deep-nets.mjs
import { AdaGrad, Adam, loadMnist, Momentum, SGD } from 'zerokara';
import { COLORS, chart, line, means } from './support/chart.mjs';
import { deepNet, lossAt, trainNet } from './support/deep-net.mjs';
import { Section } from './support/section.mjs';

const section = new Section('L', 'Optimizers and initial weights on digits');
const { train } = await loadMnist();

/** The losses of 2,000 updates of 784-100-100-100-100-10, batch 128; each run sees the same batches. */
async function lossesOf(optimizer, weightInitStd = /** @type {number | 'he' | 'xavier'} */ ('he')) {
  const net = deepNet({ hiddenLayers: 4, weightInitStd });
  return (await trainNet(net, { train, optimizer, batchSize: 128, steps: 2000 })).losses;
}

// O8: the four rules.
const rules = {
  SGD: await lossesOf(new SGD({ learningRate: 0.01 })),
  Momentum: await lossesOf(new Momentum()),
  AdaGrad: await lossesOf(new AdaGrad()),
  Adam: await lossesOf(new Adam()),
};
section.say(
  "O8: 784-100-100-100-100-10, ReLU, He, batch 128, the same batches. Ours is the mean of 25 updates, the notebook's the loss of one batch of 60,000 digits.",
);
const early = /** @type {Record<string, [number, number[]]>} */ ({
  SGD: [1.48, [1.1, 1.9]],
  Momentum: [0.42, [0.25, 0.55]],
  AdaGrad: [0.19, [0.12, 0.35]],
  Adam: [0.34, [0.17, 0.42]],
});
const late = /** @type {Record<string, [number, number[]]>} */ ({
  SGD: [0.18, [0.15, 0.45]],
  Momentum: [0.044, [0.01, 0.2]],
  AdaGrad: [0.02, [0, 0.15]],
  Adam: [0.026, [0, 0.15]],
});
for (const [name, losses] of Object.entries(rules)) {
  section.within('O8', `${name}: loss at update 100`, lossAt(losses, 100), early[name][0], early[name][1]);
}
for (const [name, losses] of Object.entries(rules)) {
  section.within('O8', `${name}: loss at update 1000`, lossAt(losses, 1000), late[name][0], late[name][1]);
}
const at100 = (name) => lossAt(rules[name], 100);
section.holds('O8', 'AdaGrad ≤ Adam at 100', at100('AdaGrad') <= at100('Adam'));
section.holds('O8', 'Momentum ≪ SGD at 100', at100('Momentum') < at100('SGD') / 3);

// I2: the three scales of the initial weights.
const scales = {
  'std 0.01': await lossesOf(new SGD({ learningRate: 0.01 }), 0.01),
  Xavier: await lossesOf(new SGD({ learningRate: 0.01 }), 'xavier'),
  He: rules.SGD,
};
section.say(
  'I2: the same network under SGD, η = 0.01, by its initial weights; ln 10 = 2.3026 is the loss of ten equal shares.',
);
const printed = /** @type {Record<string, [number, number[], number, number[]]>} */ ({
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: what the notebook prints
  'std 0.01': [2.302, [2.29, 2.31], 2.305, [2.29, 2.31]],
  Xavier: [2.232, [2, 2.3], 0.377, [0.1, 0.6]],
  He: [1.561, [1.1, 1.9], 0.286, [0.1, 0.4]],
});
for (const [name, [first, firstBand, last, lastBand]] of Object.entries(printed)) {
  section.within('I2', `${name}: loss at update 100`, lossAt(scales[name], 100), first, firstBand);
  section.within('I2', `${name}: loss at update 1900`, lossAt(scales[name], 1900), last, lastBand);
}
section.holds('I2', 'He below Xavier at 1900', lossAt(scales.He, 1900) < lossAt(scales.Xavier, 1900));

const curves = (runs, top) => ({
  x: { name: 'updates', min: 0, max: 2000, interval: 500 },
  y: { name: 'loss', min: 0, max: top, interval: 0.5 },
  series: Object.entries(runs).map(([name, losses], i) =>
    line(means(losses, 20), { name, color: [COLORS.red, COLORS.orange, COLORS.green, COLORS.blue][i], width: 2 }),
  ),
});
const size = { width: 760, height: 420, legend: true };
section.draw(
  'optimizers',
  'O8: the loss of each batch under four rules, as the mean of 20 updates.',
  chart([curves(rules, 2.5)], size),
);
section.draw(
  'initial-weights',
  'I2: the loss of each batch under SGD, by initial weights.',
  chart([curves(scales, 2.5)], size),
);

export default section.end();
