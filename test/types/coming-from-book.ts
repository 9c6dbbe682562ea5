import { Random, SGD, Tensor, TwoLayerNet } from 'zerokara';

const x = Tensor.randomUniform([200, 2], { low: -1, high: 1, seed: 1 });
const t = Int32Array.from({ length: 200 }, (_, i) => (x.data[2 * i]! > x.data[2 * i + 1]! ? 1 : 0));

const network = new TwoLayerNet({ inputSize: 2, hiddenSize: 10, outputSize: 2, seed: 1 });
const optimizer = new SGD({ learningRate: 0.5 });
const random = new Random(1);
for (let i = 0; i < 1000; i++) {
  const start = random.integer(180); // 20 rows; a Trainer draws each row by itself
  network.lossAndGradient(x.rows(start, start + 20), t.subarray(start, start + 20));
  optimizer.update(network.params, network.grads);
}
console.log(network.accuracy(x, t));
