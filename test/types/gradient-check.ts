import { gradientCheck, TwoLayerNet } from 'zerokara';

const net = new TwoLayerNet({
  inputSize: 4,
  hiddenSize: 5,
  outputSize: 3,
  weightInitStd: 'he',
  dtype: 'float64',
  seed: 1,
});
const x = [
  [0.1, 0.2, 0.3, 0.4],
  [0.9, 0.1, 0.5, 0.7],
];
const labels = [2, 0];

const { ok, maxError, byParameter } = gradientCheck(net, x, labels);
console.log(ok, maxError < 1e-7, Object.keys(byParameter).join(' '));
