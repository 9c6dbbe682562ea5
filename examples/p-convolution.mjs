// Convolution and pooling (chapter 7, §7.1–7.4). Run: node examples/p-convolution.mjs
import { Convolution, im2col, loadMnist, MaxPooling, Tensor } from 'zerokara';
import { gallery } from './support/gallery.mjs';
import { Section } from './support/section.mjs';

const section = new Section('P', 'Convolution and pooling');
const float64 = /** @type {const} */ ({ dtype: 'float64' });

/** A layer of one filter, and what it makes of one image. */
function convolve(image, filter, options = {}, bias = 0) {
  const side = Math.sqrt(image.length);
  const layer = new Convolution({
    inputShape: [side, side, 1],
    filters: 1,
    kernelSize: Math.sqrt(filter.length),
    ...options,
    ...float64,
  });
  layer.params.W.data.set(filter);
  layer.params.b.data.fill(bias);
  return layer.infer(Tensor.from([image], float64)).data;
}

// K1: the example of §7.2.
const image = [1, 2, 3, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 3, 0, 1];
const filter = [2, 0, 1, 0, 1, 2, 1, 0, 2];
section.exact('K1', '4 × 4 by a filter of 3 × 3', convolve(image, filter), [15, 16, 6, 15]);
section.exact('K1', 'with the bias 3', convolve(image, filter, {}, 3), [18, 19, 9, 18]);
section.exact(
  'K1',
  'with padding 1',
  convolve(image, filter, { padding: 1 }),
  [7, 12, 10, 2, 4, 15, 16, 10, 10, 6, 15, 6, 8, 10, 4, 3],
);

// K2: stride 2.
const four = ['1230123', '0123012', '3012301', '2301230'];
const wide = [...four, ...four.slice(0, 3)].join('').split('').map(Number);
section.exact('K2', '7 × 7, stride 2', convolve(wide, filter, { stride: 2 }), [15, 17, 15, 17, 15, 17, 15, 17, 15]);

// K3: sizes of what comes out.
for (const [side, size, padding, stride, expected] of [
  [4, 3, 0, 1, 2],
  [7, 3, 0, 2, 3],
  [28, 5, 2, 3, 10],
  [31, 5, 2, 3, 11],
  [28, 5, 0, 1, 24],
]) {
  const layer = new Convolution({ inputShape: [side, side, 1], filters: 1, kernelSize: size, padding, stride });
  const [height] = layer.outputShape([side, side, 1]);
  section.exact('K3', `side ${side}, filter ${size}, padding ${padding}, stride ${stride}`, height, expected);
}

// K4: the image as rows.
const shapeOfRows = (images) => im2col(Tensor.zeros([images, 7, 7, 3]), { kernelSize: 5 }).shape;
section.exact('K4', 'im2col of (1, 7, 7, 3) by 5 × 5', shapeOfRows(1), [9, 75]);
section.exact('K4', 'of (10, 7, 7, 3)', shapeOfRows(10), [90, 75]);

// K5: several channels and filters, forward and backward, from formulas.
const from = (shape, f) => {
  const [, b, c, d] = shape;
  const size = shape.reduce((product, n) => product * n, 1);
  return Float64Array.from({ length: size }, (_, i) =>
    f(Math.floor(i / (b * c * d)), Math.floor(i / (c * d)) % b, Math.floor(i / d) % c, i % d),
  );
};
const sumOfSquares = (values) => values.reduce((sum, value) => sum + value * value, 0);
const x = from([2, 5, 6, 3], (n, h, w, c) => (((7 * n + 5 * h + 3 * w + 2 * c) % 11) - 5) / 10);
for (const [stride, padding, y2, dW2, dx2] of [
  [1, 0, 47.8087, 7.9687, 17.2928],
  [2, 1, 20.5823, 8.7117, 8.2349],
  [1, 2, 103.4156, 23.8251, 42.9566],
]) {
  const layer = new Convolution({ inputShape: [5, 6, 3], filters: 4, kernelSize: 3, stride, padding, ...float64 });
  layer.params.W.data.set(from([3, 3, 3, 4], (h, w, c, f) => (((3 * h + 5 * w + 7 * c + 2 * f) % 13) - 6) / 10));
  layer.params.b.data.set([-0.15, -0.05, 0.05, 0.15]);
  const y = layer.forward(new Tensor(x, [2, 90]));
  const [height, width, filters] = layer.outputShape([5, 6, 3]);
  const dy = from([2, height, width, filters], (n, h, w, f) => (((5 * n + 2 * h + 7 * w + 3 * f) % 9) - 4) / 10);
  const squares = sumOfSquares(y.data); // y is borrowed
  const dx = /** @type {Tensor} */ (layer.backward(new Tensor(dy, [2, height * width * filters])));
  const found = [squares, sumOfSquares(layer.grads.W.data), sumOfSquares(dx.data)];
  section.near('K5', `stride ${stride}, padding ${padding}: Σy², ΣdW², Σdx²`, found, [y2, dW2, dx2], 1e-9);
}

// K6: max pooling, and where its gradient goes.
const pooling = new MaxPooling({ inputShape: [4, 4, 1], poolSize: 2 });
const pooled = pooling.forward(Tensor.from([[1, 2, 1, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 4, 0, 1]]));
section.exact('K6', 'max pooling of 2 × 2', pooled.data, [2, 3, 4, 2]);
const spread = /** @type {Tensor} */ (pooling.backward(Tensor.from([[1, 2, 3, 4]])));
section.exact('K6', 'its gradient of (1, 2, 3, 4)', spread.data, [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 4, 0, 3, 0, 0]);

// Filters applied to a picture.
const { test } = await loadMnist({ limit: 20 });
const digit = test.toTensors({ dtype: 'float64' }).x.rows(0, 1).data;
const filters = {
  'left edges': [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  'right edges': [1, 0, -1, 2, 0, -2, 1, 0, -1],
  'upper edges': [-1, -2, -1, 0, 0, 0, 1, 2, 1],
  'lower edges': [1, 2, 1, 0, 0, 0, -1, -2, -1],
  outline: [-1, -1, -1, -1, 8, -1, -1, -1, -1],
  blur: [1, 2, 1, 2, 4, 2, 1, 2, 1],
};
const square = (values, side, below) => ({ values, height: side, width: side, below });
section.draw(
  'filters',
  'K9: filters that were made by hand, and what each finds in a digit: convolution of padding 1, then ReLU.',
  gallery(
    [
      {
        title: 'Filters of 3 × 3',
        pictures: Object.entries(filters).map(([name, values]) => square(values, 3, name)),
      },
      {
        title: 'A digit, and what they find in it',
        pictures: [
          ...Object.entries(filters).map(([name, values]) =>
            square(convolve([...digit], values, { padding: 1, activation: 'relu' }), 28, name),
          ),
          square(digit, 28, 'the digit'),
        ],
      },
    ],
    { columns: 7, side: 112 },
  ),
);

export default section.end();
