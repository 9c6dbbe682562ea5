import { TwoLayerNet } from 'zerokara';

const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, seed: 1 }); // or await Sequential.load(…)

// Made once: a request fills the row and reads the answer.
const row = new Float32Array(4);
const answer = new Float32Array(3);

/** The class, or undefined for a bad request. Unchecked, a short one would be filled up with numbers of the one before. */
function respond(request: readonly number[]): number | undefined {
  if (request.length !== row.length || !request.every(Number.isFinite)) return undefined;
  row.set(request);
  net.predictInto(answer, row);
  return answer.indexOf(Math.max(...answer));
}

const [expected] = net.classify([[1, 2, 3, 4]]);
console.log(respond([1, 2, 3, 4]) === expected, respond([1, 2]), respond([1, 2, 3, Number.NaN]));
console.log(net.predictInto(new Float32Array(6), new Float32Array(8)).length); // two rows
