import fs from 'node:fs';
import { Dataset, exportOnnx, Sequential, Trainer } from 'zerokara';

const net = Sequential.from({
  input: [8, 8, 1],
  layers: [
    { type: 'rescaling', scale: 1 / 16 },
    { type: 'convolution', filters: 4, kernelSize: 3, activation: 'relu' },
    { type: 'affine', outputSize: 2 },
  ],
});
const x = Array.from({ length: 64 }, (_, row) => Array.from({ length: 64 }, (_, i) => (row % 2 === i % 2 ? 16 : 0)));
const labels = x.map((_, row) => row % 2);
new Trainer(net, { train: Dataset.from({ x, labels, inputShape: [8, 8, 1] }), optimizer: 'adam', epochs: 5 }).fitSync();

fs.writeFileSync('stripes.onnx', exportOnnx(net));
console.log(fs.statSync('stripes.onnx').size > 1000);
