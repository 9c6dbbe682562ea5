import { TwoLayerNet } from 'zerokara';

const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, seed: 1 }); // or await Sequential.load(…)

// Made once: a request fills the row and reads the answer.
const row = new Float32Array(4);
const answer = new Float32Array(3);

function respond(request: readonly number[]): number {
  row.set(request);
  net.predictInto(answer, row);
  return answer.indexOf(Math.max(...answer));
}

const [expected] = net.classify([[1, 2, 3, 4]]);
console.log(respond([1, 2, 3, 4]) === expected, net.predictInto(new Float32Array(6), new Float32Array(8)).length);
