// SimpleConvNet on digits (chapter 7, §7.5–7.6). Run: node examples/q-simple-conv-net.mjs
import { Adam, loadMnist, SimpleConvNet, Tensor, Trainer } from 'zerokara';
import { COLORS, chart, line, means } from './support/chart.mjs';
import { gallery } from './support/gallery.mjs';
import { Section } from './support/section.mjs';

const section = new Section('Q', 'SimpleConvNet');
const net = new SimpleConvNet({ seed: 1 });

// K7
const sizes = Object.values(net.params).map(({ size }) => size);
section.exact('K7', 'shape of W1', net.params.W1.shape, [5, 5, 1, 30]);
section.exact('K7', 'of W2', net.params.W2.shape, [4320, 100]);
section.exact('K7', 'of W3', net.params.W3.shape, [100, 10]);
section.defined(
  'K7',
  'parameters',
  sizes.reduce((sum, size) => sum + size, 0),
  433_890,
);

/** Each filter as a picture: W is (5, 5, 1, 30), filters last. */
function filtersOf({ shape, data }) {
  const [height, width, , filters] = shape;
  const values = (filter) => Float64Array.from({ length: height * width }, (_, i) => data[i * filters + filter]);
  return Array.from({ length: filters }, (_, filter) => values(filter));
}
const before = filtersOf(net.params.W1);

// K8, in a small measure: three epochs of 8,000 digits in place of twenty of 60,000.
const { train, test } = await loadMnist({ limit: 8000 });
const trainer = new Trainer(net, { train, test, epochs: 3, optimizer: new Adam({ learningRate: 0.001 }), seed: 1 });
const { epochs, losses } = await trainer.fit();
section.say(
  'K8: Adam, η = 0.001, batch 100. The book trains on 60,000 digits for 20 epochs and prints 0.9982 and 0.9896; here it is 8,000 for three.',
);
const { trainAccuracy = 0, testAccuracy = 0 } = epochs.at(-1) ?? {};
section.within('K8', 'accuracy on the training digits', trainAccuracy, undefined, [0.9, 1]);
section.within('K8', 'on held-out digits', testAccuracy, undefined, [0.89, 0.99]);
section.draw(
  'loss',
  'K8: the loss of each batch, as the mean of 5 updates.',
  chart(
    [
      {
        x: { name: 'updates', min: 0, max: losses.length, interval: 40 },
        y: { name: 'loss', min: 0, max: 2.5, interval: 0.5 },
        series: [line(means(losses, 5), { name: 'SimpleConvNet', color: COLORS.blue, width: 2 })],
      },
    ],
    { width: 640, height: 360 },
  ),
);

// K9: noise before, edges and blobs after.
const after = filtersOf(net.params.W1);
section.say(
  'K9: how alike neighbouring weights of a filter are: the correlation of each with the one beside and below it.',
);
section.within('K9', 'before training: noise', smoothness(before), undefined, [-0.2, 0.1]);
section.within('K9', 'after: edges and blobs', smoothness(after), undefined, [0.25, 1]);
const pictures = (filters) => filters.map((values, i) => ({ values, height: 5, width: 5, below: `${i + 1}` }));
section.draw(
  'filters',
  'K9: the filters of the first layer, each from its least (white) to its greatest weight (black).',
  gallery(
    [
      { title: 'Before training', pictures: pictures(before) },
      { title: 'After three epochs', pictures: pictures(after) },
    ],
    { columns: 15, side: 56 },
  ),
);

// Feature maps: what each filter finds in a digit, and what pooling keeps.
const digit = test.toTensors().x.rows(0, 1);
/** @typedef {import('zerokara').MaxPooling} MaxPooling */
/** @typedef {import('zerokara').Convolution} Convolution */
const [convolution, pooling] = /** @type {[Convolution, MaxPooling]} */ (net.layers.slice(0, 2));
const maps = channelsOf(convolution.infer(digit), 24);
const pooled = channelsOf(pooling.infer(Tensor.from(convolution.infer(digit))), 12);
const range = /** @type {[number, number]} */ ([
  0,
  maps.flatMap((map) => [...map]).reduce((a, b) => Math.max(a, b), 0),
]);
const show = (all, side) => all.map((values, i) => ({ values, height: side, width: side, below: `${i + 1}`, range }));
section.draw(
  'feature-maps',
  'K9: a digit, what the filters find in it (after ReLU), and what max pooling keeps of that.',
  gallery(
    [
      { title: 'The digit', pictures: [{ values: digit.data, height: 28, width: 28 }] },
      { title: '30 maps of 24 × 24', pictures: show(maps, 24) },
      { title: 'Pooled to 12 × 12', pictures: show(pooled, 12) },
    ],
    { columns: 15, side: 56 },
  ),
);

/** The channels of one image, each as a picture. */
function channelsOf({ data }, side) {
  const channels = data.length / (side * side);
  const values = (channel) => Float32Array.from({ length: side * side }, (_, i) => data[i * channels + channel]);
  return Array.from({ length: channels }, (_, channel) => values(channel));
}

/** The correlation between weights and their neighbours, over all filters of 5 × 5. */
function smoothness(filters) {
  let [products, squares] = [0, 0];
  for (const filter of filters) {
    const mean = filter.reduce((sum, weight) => sum + weight, 0) / filter.length;
    const at = (i, j) => filter[5 * i + j] - mean;
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 5; j++) {
        if (i < 4) [products, squares] = [products + at(i, j) * at(i + 1, j), squares + at(i, j) ** 2];
        if (j < 4) [products, squares] = [products + at(i, j) * at(i, j + 1), squares + at(i, j) ** 2];
      }
    }
  }
  return Number((products / squares).toFixed(3));
}

export default section.end();
