import { Dataset, f1Score, MultiLayerNet, r2Score, rmse, rocAuc, Tensor, Trainer } from 'zerokara';

const x = Tensor.randomUniform([300, 2], { low: -1, high: 1, seed: 1 });
const labels = Array.from({ length: 300 }, (_, i) => (x.data[2 * i]! + x.data[2 * i + 1]! > 0.5 ? 1 : 0));
const { train, test } = Dataset.from({ x, labels }).split({ test: 0.3, seed: 1 });
const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [8], outputSize: 1, task: 'binary', seed: 1 });
new Trainer(net, { train, epochs: 50, batchSize: 10, optimizer: 'adam', classWeights: 'balanced', seed: 1 }).fitSync();

const { loss, accuracy, precision, recall, confusionMatrix } = net.evaluate(test, {
  metrics: ['precision', 'recall', 'confusionMatrix'],
});
console.log(loss, accuracy, precision, recall, confusionMatrix);

// The same figures as functions of labels and predictions, from any source.
const held = test.toTensors();
console.log(f1Score(held.labels, net.classify(held.x)), rocAuc(held.labels, net.predict(held.x)));
console.log(rmse([3, 5], [2, 7]), r2Score([1, 2, 3], [1.1, 1.9, 3.2]));
