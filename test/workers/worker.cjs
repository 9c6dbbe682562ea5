/** Trains as it is told, waits for all others before it begins, and answers with the bits of every run. */
const { parentPort, workerData } = require('node:worker_threads');
const { train } = require('./train.cjs');

const { library, job, runs, gate, workers } = workerData;

// All Workers are at work at the same time: the last to arrive opens the gate.
if (Atomics.add(gate, 0, 1) + 1 === workers) {
  Atomics.store(gate, 1, 1);
  Atomics.notify(gate, 1);
}
Atomics.wait(gate, 1, 0);

const results = [];
for (let i = 0; i < runs; i++) {
  results.push(train(library, job));
  for (const key of Object.keys(require.cache)) delete require.cache[key];
}
parentPort?.postMessage(results);
