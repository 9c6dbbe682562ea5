import { Dataset, Random, Sequential, Tensor, Trainer } from 'zerokara';

// Pictures of 8 × 8 with a bright bar among noise: does it lie or stand?
const random = new Random(1);
const labels = Array.from({ length: 400 }, (_, i) => i % 2);
const x = labels.map((label) => {
  const place = random.integer(8);
  return Array.from({ length: 64 }, (_, pixel) => {
    const line = label === 0 ? Math.floor(pixel / 8) : pixel % 8;
    return random.uniform() + (line === place ? 1 : 0);
  });
});
const { train, test } = Dataset.from({ x, labels }).split({ test: 0.25, seed: 1 });

const net = Sequential.from(
  {
    input: [8, 8, 1], // height, width, channels
    layers: [
      { type: 'convolution', filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' },
      { type: 'maxPooling', poolSize: 2 },
      { type: 'convolution', filters: 16, kernelSize: 3, padding: 'same' },
      { type: 'batchNormalization' }, // by channel
      { type: 'relu' },
      { type: 'globalAveragePooling' },
      { type: 'affine', outputSize: 2 },
    ],
  },
  { seed: 1 },
);
console.log(String(net));
new Trainer(net, { train, epochs: 30, batchSize: 50, optimizer: 'adam', seed: 1 }).fitSync();
console.log(net.accuracy(test));

const maps = net.layers[0]!.infer!(Tensor.from([x[0]!])).reshape([8, 8, 8]); // height, width, filters
console.log(net.params['W1']!.shape, maps.shape);
