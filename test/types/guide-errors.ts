import { Dataset, DivergenceError, SGD, ShapeError, Tensor, Trainer, TwoLayerNet, ZerokaraError } from 'zerokara';

const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
try {
  net.predict([[1, 2, 3]]);
} catch (error) {
  if (!(error instanceof ZerokaraError)) throw error;
  console.log(error instanceof ShapeError, error.code, error.message);
}

const x = Tensor.randomUniform([100, 2], { low: -1, high: 1, seed: 1 });
const labels = Array.from({ length: 100 }, (_, i) => i % 2);
const optimizer = new SGD({ learningRate: 1e30 });
try {
  new Trainer(net, { train: Dataset.from({ x, labels }), epochs: 10, optimizer }).fitSync();
} catch (error) {
  if (!(error instanceof DivergenceError)) throw error;
  console.log(error.code, error.at?.step, error.at?.learningRate);
}
