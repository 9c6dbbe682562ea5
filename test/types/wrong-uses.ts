// What the types refuse. Every line below an expectation must be an error, or the compiler complains about the expectation.
import {
  Affine,
  Dataset,
  gradientCheck,
  type Matrix,
  MultiLayerNet,
  numericalGradient,
  registerLayer,
  Sequential,
  SGD,
  Tensor,
  Trainer,
  TwoLayerNet,
} from 'zerokara';

const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2 });
const train = Dataset.from({ x: [[0, 1]], labels: [1] });

// @ts-expect-error hiddenSize is missing
new TwoLayerNet({ inputSize: 2, outputSize: 2 });
// @ts-expect-error an unknown option
new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, hidenSize: 4 });
// @ts-expect-error an unknown activation
new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, activation: 'gelu' });
// @ts-expect-error an unknown way to initialise
new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, weightInitStd: 'glorot' });
// @ts-expect-error an option that is present must have a value (exactOptionalPropertyTypes)
new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: undefined });
// @ts-expect-error no such parameter
net.params.W3;
// @ts-expect-error the record of parameters is frozen
net.params.W1 = Tensor.zeros([2, 3]);
// @ts-expect-error labels are numbers
net.lossAndGradient([[0, 1]], ['1']);
// @ts-expect-error words are no data
net.predict([['a', 'b']]);
// @ts-expect-error flat rows are typed arrays
net.predictInto(new Float32Array(2), [0, 1]);
// @ts-expect-error answers are floats
net.predictInto(new Int32Array(2), new Float32Array(2));
// @ts-expect-error x without labels is neither a data set nor a batch
net.accuracy([[0, 1]]);
// @ts-expect-error a learning rate is a number
new SGD({ learningRate: '0.1' });
// @ts-expect-error the option is called learningRate
new SGD({ lr: 0.1 });
// @ts-expect-error labels or targets are missing
Dataset.from({ x: [[0, 1]] });
// @ts-expect-error the data must be a Dataset
new Trainer(net, { train: [[0, 1]], epochs: 1 });
// @ts-expect-error FOUND J4: neither epochs nor steps
new Trainer(net, { train });
// @ts-expect-error FOUND J4: nothing at all
new Trainer(net, {});
// @ts-expect-error FOUND J4: epochs and steps together
new Trainer(net, { train, epochs: 1, steps: 1 });
// @ts-expect-error no optimizer has this name
new Trainer(net, { train, epochs: 1, optimizer: 'adamm' });
// @ts-expect-error a callback is a function
new Trainer(net, { train, epochs: 1 }).fitSync({ onStep: 'log' });
// @ts-expect-error the signal, not its controller
new Trainer(net, { train, epochs: 1 }).fit({ signal: new AbortController() });
// @ts-expect-error fitSync cannot be aborted
new Trainer(net, { train, epochs: 1 }).fitSync({ signal: new AbortController().signal });
// @ts-expect-error losses are not written by callers
new Trainer(net, { train, epochs: 1 }).history.losses = new Float64Array(1);
// @ts-expect-error a network is made of layers
new Sequential([net]);
// @ts-expect-error inputSize is missing
new Affine({ outputSize: 3 });
// @ts-expect-error an unknown dtype
Tensor.zeros([2, 2], { dtype: 'float16' });
// @ts-expect-error x and labels are both needed
gradientCheck(net, [[0, 1]]);
// @ts-expect-error f returns a number
numericalGradient(() => 'a', new Float64Array(1));

const x = [
  [0, 0],
  [0, 1],
];
// @ts-expect-error labels and targets exclude each other
Dataset.from({ x, labels: [0, 1], targets: [1, 2] });
// @ts-expect-error classes belong to labels
Dataset.from({ x, multiLabels: [[1], [0]], classes: 2 });
// @ts-expect-error a data set needs something to learn
Dataset.from({ x });
// @ts-expect-error weights are numbers
Dataset.from({ x, labels: [0, 1], weights: ['1', '2'] });
// @ts-expect-error no such type of layer
Sequential.from({ input: 2, layers: [{ type: 'affin', outputSize: 2 }] });
// @ts-expect-error an option that the type does not have
Sequential.from({ input: 2, layers: [{ type: 'affine', outputSize: 2, activaton: 'relu' }] });
// @ts-expect-error an option that another type has
Sequential.from({ input: 2, layers: [{ type: 'relu', outputSize: 2 }] });
// @ts-expect-error outputSize is missing
Sequential.from({ input: 2, layers: [{ type: 'affine' }] });
// @ts-expect-error sizes are numbers
Sequential.from({ input: 2, layers: [{ type: 'affine', outputSize: '2' }] });
// @ts-expect-error an unknown activation
Sequential.from({ input: 2, layers: [{ type: 'affine', outputSize: 2, activation: 'gelu' }] });
// @ts-expect-error a convolution without the size of its filters
Sequential.from({ input: [8, 8, 1], layers: [{ type: 'convolution', filters: 2 }] });
// @ts-expect-error a padding that does not exist
Sequential.from({ input: [8, 8, 1], layers: [{ type: 'convolution', filters: 2, kernelSize: 3, padding: 'full' }] });
// @ts-expect-error pooling has windows, not filters
Sequential.from({ input: [8, 8, 1], layers: [{ type: 'maxPooling', kernelSize: 2 }] });
// @ts-expect-error input is missing
Sequential.from({ layers: [{ type: 'affine', outputSize: 2 }] });
// @ts-expect-error no such loss
Sequential.from({ input: 2, layers: [{ type: 'affine', outputSize: 2 }], loss: 'crossentropy' });
// @ts-expect-error an unknown option of the description
Sequential.from({ input: 2, layers: [{ type: 'affine', outputSize: 2 }], losses: 'crossEntropy' });
// @ts-expect-error an unknown option
Sequential.from({ input: 2, layers: [{ type: 'affine', outputSize: 2 }] }, { seeds: 1 });
// @ts-expect-error a type that was not declared
registerLayer('cube', () => new Affine({ inputSize: 2, outputSize: 2 }));
// @ts-expect-error a builder returns a layer
registerLayer('affine', ({ outputSize }) => outputSize);
// @ts-expect-error a description is not written to
net.describe().layers.push({ type: 'relu' });
// @ts-expect-error a task that no network has
new MultiLayerNet({ inputSize: 2, hiddenSizes: [3], outputSize: 2, task: 'ranking' });
// @ts-expect-error FOUND J4: a matrix is not a list
const list: number[] = Tensor.from([[0, 1]]).toArray();
// @ts-expect-error FOUND J4: the rank of a shape from run time is not known
const rows: number[][] = Tensor.zeros([1, 2] as number[]).toArray();
// @ts-expect-error FOUND J4: a tensor of any rank is no matrix
const matrix: Matrix = Tensor.zeros([1, 2] as number[]);
console.log(list, rows, matrix);
