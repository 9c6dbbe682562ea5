// Calls predictInto on the built package and prints the typed arrays of warm calls, and the bytes of JavaScript heap that each leaves.
// Run as: node --expose-gc predict-into-memory.cjs <backend>
const { SimpleConvNet, TwoLayerNet } = require('../../dist/index.js');
const { countArrays } = require('./count-arrays.cjs');

const backend = /** @type {import('../../dist/index.js').BackendName} */ (process.argv[2]);
const dense = new TwoLayerNet({ inputSize: 64, hiddenSize: 20, outputSize: 10, seed: 1, backend });
const images = new SimpleConvNet({
  inputShape: [8, 8, 1],
  filters: 4,
  kernelSize: 3,
  hiddenSize: 10,
  seed: 1,
  backend,
});
dense.byteScale = 1 / 255;
const x = new Float32Array(64).fill(0.5);
const bytes = new Uint8Array(64).fill(128);
const out = new Float32Array(10);

function calls(count) {
  for (let i = 0; i < count; i++) {
    dense.predictInto(out, x);
    dense.predictInto(out, bytes);
    images.predictInto(out, x);
  }
}

const COUNT = 1000;
calls(20_000);
// The compilers take memory in some rounds: the least growth is that of the calls.
const growths = Array.from({ length: 5 }, () => {
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  calls(COUNT);
  return process.memoryUsage().heapUsed - before;
});
const arrays = { made: 0 };
countArrays(arrays);
calls(COUNT);
console.log(JSON.stringify({ arrays: arrays.made, bytes: Math.min(...growths) / (3 * COUNT) }));
