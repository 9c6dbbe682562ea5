/**
 * Training over the bare addon, for separate processes and Workers: the step of 784-256-10 at batch 128, whose
 * products and passes are large enough to be shared between threads.
 */
const [ROWS, INPUT, HIDDEN, OUTPUT, BATCH] = [160, 784, 256, 10, 128];
const RELU = 1;

/** Opens the addon in this thread. @returns its exports */
function open(file, threads) {
  const holder = { exports: {} };
  process.dlopen(holder, file);
  holder.exports.initialize((operation) => new Error(`${operation} refused`));
  if (threads !== undefined) holder.exports.setThreads(threads);
  return holder.exports;
}

/** @returns a function that makes one step and returns its loss; the n-th loss is the same wherever it is computed */
function training(addon) {
  let state = 1;
  const uniform = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  const floats = (n, scale = 0) => Float32Array.from({ length: n }, () => scale * uniform());
  const images = Uint8Array.from({ length: ROWS * INPUT }, () => 255 * (uniform() + 0.5));
  const order = Int32Array.from({ length: 16 * BATCH }, () => ROWS * (uniform() + 0.5));
  const [w1, b1, w2, b2] = [floats(INPUT * HIDDEN, 0.1), floats(HIDDEN), floats(HIDDEN * OUTPUT, 0.1), floats(OUTPUT)];
  const [x, y, z, dy] = [INPUT, HIDDEN, OUTPUT, HIDDEN].map((width) => floats(BATCH * width));
  const [dw1, db1, dw2, db2] = [w1, b1, w2, b2].map(({ length }) => floats(length));
  const labels = new Int32Array(BATCH);
  let step = 0;
  return () => {
    const start = BATCH * (step++ % 16);
    for (let i = 0; i < BATCH; i++) labels[i] = order[start + i] % OUTPUT;
    addon.gatherRows(x, images, order, start, BATCH, INPUT, 1 / 255);
    addon.gemm(false, false, BATCH, HIDDEN, INPUT, 1, x, INPUT, w1, HIDDEN, 0, y, HIDDEN);
    addon.biasActivation(y, b1, BATCH, HIDDEN, RELU);
    addon.gemm(false, false, BATCH, OUTPUT, HIDDEN, 1, y, HIDDEN, w2, OUTPUT, 0, z, OUTPUT);
    addon.biasActivation(z, b2, BATCH, OUTPUT, 0);
    const loss = addon.softmaxCrossEntropy(z, z, labels, null, BATCH, OUTPUT, 1 / BATCH);
    addon.gemm(true, false, HIDDEN, OUTPUT, BATCH, 1, y, HIDDEN, z, OUTPUT, 0, dw2, OUTPUT);
    addon.columnSums(db2, z, BATCH, OUTPUT);
    addon.gemm(false, true, BATCH, HIDDEN, OUTPUT, 1, z, OUTPUT, w2, OUTPUT, 0, dy, HIDDEN);
    addon.biasActivationBackward(dy, db1, dy, y, BATCH, HIDDEN, RELU);
    addon.gemm(true, false, INPUT, HIDDEN, BATCH, 1, x, INPUT, dy, HIDDEN, 0, dw1, HIDDEN);
    for (const [w, dw] of [
      [w1, dw1],
      [b1, db1],
      [w2, dw2],
      [b2, db2],
    ])
      addon.axpy(w.length, -0.05, dw, w);
    return loss;
  };
}

/** The losses of the first steps. */
function losses(addon, steps) {
  const step = training(addon);
  return Float64Array.from({ length: steps }, step);
}

module.exports = { open, training, losses };
