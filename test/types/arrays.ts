// FOUND J4: what the types know of a tensor's axes, so that nobody has to cast.
import { Dataset, type Matrix, Tensor, TwoLayerNet, type Vector } from 'zerokara';

const x = [
  [0, 0],
  [0, 1],
];
const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
const probability: number = net.predict(x).toArray()[0][1];
const score: number = net.logits(x).toArray()[0][1];

const first: number = net.predict(x).toArray()[0][0];

const matrix: Matrix = Tensor.from(x);
const vector: Vector = Tensor.from([1, 2]);
const fromRows: Matrix = Tensor.from([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
const zeros: number[][][] = Tensor.zeros([2, 3, 4]).toArray();
const ones: number[] = Tensor.ones(3).toArray();
const drawn: number[][] = Tensor.randomNormal([2, 2], { seed: 1 }).toArray();
const scalar: number = Tensor.from(1).toArray();

// Through what keeps the axes, products and reductions.
const scaled: number[][] = matrix.mul(2).exp().transpose().rows(0, 1).clone().toArray();
const product: number[][] = matrix.matMul(fromRows).toArray();
const column: number[] = matrix.matMul(vector).toArray();
const means: number[] = matrix.mean(0).toArray();
const kept: number[][] = matrix.sum(1, { keepDims: true }).toArray();
const reshaped: number[] = matrix.reshape([-1]).toArray();
const total: number = matrix.sum();

// A shape that is only known at run time gives a tensor of any rank, which takes every other one.
const shape: readonly number[] = [2, 2];
const any: Tensor = Tensor.zeros(shape);
const sum: Tensor = any.add(matrix);
const list: Tensor[] = [matrix, vector, any];
const json: number[][] = JSON.parse(JSON.stringify(matrix));

const labels: number | undefined = Dataset.from({ x, labels: [0, 1] }).toTensors().labels[0];
const rows: number[][] = Dataset.from({ x, labels: [0, 1] })
  .toTensors({ oneHot: true })
  .labels.toArray();
const inputs: number[][] = Dataset.from({ x, labels: [0, 1] })
  .toTensors()
  .x.toArray();
const images: Tensor = Dataset.from({ x: [x, x], labels: [0, 1] }).toTensors({ flatten: false }).x;

console.log(probability, score, first, zeros.length, ones, drawn.length, scalar, scaled, product, column, means, kept);
console.log(reshaped, total, sum.shape, list.length, json, labels, rows, inputs, images.shape);
