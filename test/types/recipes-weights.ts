import { accuracy, Dataset, MultiLayerNet, Random, SGD, softmax, type Tensor, type Tensors, Trainer } from 'zerokara';

const random = new Random(1);
const x = Array.from({ length: 600 }, () => [random.uniform(-1, 1), random.uniform(-1, 1)]);
const { train, test } = Dataset.from({ x, labels: x.map(([a, b]) => (a! * b! > 0 ? 1 : 0)) }).split({
  test: 0.3,
  seed: 1,
});
const netOf = (width: number, seed: number) =>
  new MultiLayerNet({ inputSize: 2, hiddenSizes: [width], outputSize: 2, seed });
const sum = (a: Tensor<number[][]>, b: Tensor<number[][]>) => a.add(b);

// Distillation: the small network learns the probabilities of a large one, at temperature 3.
const teacher = netOf(64, 1);
new Trainer(teacher, { train, epochs: 60, batchSize: 32, optimizer: 'adam', seed: 1 }).fitSync();
const given = train.toTensors().x;
const soft = Dataset.from({ x: given, labels: softmax(teacher.logits(given).div(3)) });
const student = netOf(8, 2);
new Trainer(student, { train: soft, epochs: 150, batchSize: 32, optimizer: 'adam', seed: 2 }).fitSync();
console.log(student.accuracy(test) > 0.9);

// An ensemble: the mean of the probabilities.
const held = test.toTensors();
const mean = [teacher, student]
  .map((net) => net.predict(held.x))
  .reduce(sum)
  .div(2);
console.log(accuracy(held.labels, mean) > 0.9);

// The mean of the weights after each of the last 20 epochs.
const net = netOf(16, 3);
const means: Record<string, Tensor> = {};
new Trainer(net, { train, epochs: 60, batchSize: 16, optimizer: new SGD({ learningRate: 0.5 }), seed: 3 }).fitSync({
  onEpochEnd: ({ epoch }) => {
    if (epoch <= 40) return;
    for (const [name, w] of Object.entries(net.params)) {
      means[name] ??= w.mul(0);
      means[name].addScaled(w, 1 / 20);
    }
  },
});
net.loadStateDict({ ...net.stateDict(), ...means });
console.log(net.accuracy(test) > 0.9);

// A batch in four parts, for batches that memory does not hold: the mean of their gradients is that of the whole.
const [whole, inParts] = [netOf(16, 4), netOf(16, 4)];
whole.lossAndGradient(held.x.rows(0, 80), held.labels.subarray(0, 80));
const gradients: Record<string, Tensor> = {};
for (let start = 0; start < 80; start += 20) {
  inParts.lossAndGradient(held.x.rows(start, start + 20), held.labels.subarray(start, start + 20));
  for (const [name, g] of Object.entries(inParts.grads)) {
    gradients[name] ??= g.mul(0);
    gradients[name].addScaled(g, 1 / 4);
  }
}
new SGD({ learningRate: 0.1 }).update(inParts.params, gradients as Tensors, inParts.decayed);
const difference = gradients['W1']!.sub(whole.grads['W1']!).abs().max();
console.log(difference < 1e-6);
