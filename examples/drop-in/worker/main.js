// Four Workers try four learning rates at the same time, on one data set in shared memory.
import { Worker } from 'node:worker_threads';
import { Random } from 'zerokara';

const ROWS = 2000;
const WIDTH = 64;
const CLASSES = 4;

// The numbers are in a SharedArrayBuffer: every Worker reads them in place, nothing is copied.
const pixels = new Uint8Array(new SharedArrayBuffer(ROWS * WIDTH));
const labels = new Int32Array(ROWS);
const random = new Random(1);
for (let row = 0; row < ROWS; row++) {
  labels[row] = random.integer(CLASSES);
  for (let i = 0; i < WIDTH; i++) {
    // Class c is brightest in the columns i with i mod 4 = c, with added noise.
    pixels[row * WIDTH + i] = random.integer(128) + (i % CLASSES === labels[row] ? 100 : 0);
  }
}

/** Trains with one learning rate in its own thread. */
function trainInWorker(learningRate) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { pixels, labels, width: WIDTH, learningRate }, // labels are copied, pixels are shared
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

const results = await Promise.all([0.001, 0.01, 0.1, 0.5].map(trainInWorker));
for (const { backend, learningRate, accuracy } of results) {
  console.log(`learning rate ${learningRate}: test accuracy ${accuracy.toFixed(3)}, backend ${backend}`);
}
const best = results.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
console.log(`best accuracy ${best.accuracy.toFixed(3)}`);
