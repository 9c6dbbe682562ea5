// The network of chapter 4 of the book and a step of its training, written with tensors: what NumPy's user writes, in the same
// lines. bench/peers/numpy_arithmetic.py is its twin.

/** @typedef {any} Tensor a Tensor of whichever copy of the library the caller has */
/** @typedef {{ W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor }} Weights */

/** 1 / (1 + e⁻ˣ). @param {Tensor} x */
export function sigmoid(x) {
  return x.neg().exp().add(1).pow(-1);
}

/** eˣ / Σ eˣ, row by row. @param {Tensor} x */
export function softmax(x) {
  const e = x.sub(x.max(1, { keepDims: true })).exp();
  return e.div(e.sum(1, { keepDims: true }));
}

/**
 * The hidden outputs z (N, hidden) and the answers y (N, outputs) for x (N, inputs).
 *
 * @param {Weights} weights
 * @param {Tensor} x
 */
export function forward({ W1, b1, W2, b2 }, x) {
  const z = sigmoid(x.matMul(W1).add(b1));
  const y = softmax(z.matMul(W2).add(b2));
  return { z, y };
}

/**
 * One step of gradient descent on a batch: x (N, inputs), t (N, outputs) one-hot.
 *
 * @param {Weights} weights
 * @param {Tensor} x
 * @param {Tensor} t
 * @param {number} learningRate
 * @returns {number} the loss before the step
 */
export function step(weights, x, t, learningRate) {
  const { W1, b1, W2, b2 } = weights;
  const { z, y } = forward(weights, x);
  const loss = -t.mul(y.add(1e-7).log()).sum() / x.shape[0];

  const dy = y.sub(t).div(x.shape[0]);
  const dz = dy.matMul(W2, { transposeB: true }).mul(z).mul(z.neg().add(1));
  W2.addScaled(z.matMul(dy, { transposeA: true }), -learningRate);
  b2.addScaled(dy.sum(0), -learningRate);
  W1.addScaled(x.matMul(dz, { transposeA: true }), -learningRate);
  b1.addScaled(dz.sum(0), -learningRate);
  return loss;
}
