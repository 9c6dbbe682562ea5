// A client in its own process: how long do predictions take while the server trains, and while it does not?
//
// usage: node load.js <address>
import { Random } from 'zerokara';
import { drawSample, LABELS } from './samples.js';

const [address] = process.argv.slice(2);
const CLIENTS = 4;
const REQUESTS = 500;
const random = new Random(3);

/** Sends JSON and returns the JSON of the answer. */
async function call(method, path, body) {
  const options = { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) };
  const response = await fetch(`${address}${path}`, body === undefined ? { method } : options);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Predictions by several clients at once. */
async function measure() {
  const milliseconds = [];
  let right = 0;
  const client = async () => {
    for (let i = 0; i < REQUESTS / CLIENTS; i++) {
      const label = random.integer(LABELS);
      const x = drawSample(label, random);
      const start = performance.now();
      const answer = await call('POST', '/predict', { x });
      milliseconds.push(performance.now() - start);
      if (answer.label === label) right++;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  milliseconds.sort((a, b) => a - b);
  const at = (share) => milliseconds[Math.floor(share * (milliseconds.length - 1))].toFixed(1);
  return { text: `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`, accuracy: right / milliseconds.length };
}

await measure(); // warms up both processes
const idle = await measure();
console.log(`idle: ${idle.text}, accuracy ${idle.accuracy.toFixed(2)}`);

await call('POST', '/training', { epochs: 10_000 });
const busy = await measure();
console.log(`training: ${busy.text}`);

const { state, step } = await call('DELETE', '/training');
console.log(`${state} while running: ${step > 0}`);

const after = await measure();
console.log(`after: ${after.text}, accuracy ${after.accuracy.toFixed(2)}`);
