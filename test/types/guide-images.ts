import { Dataset, MultiLayerNet, Random, Trainer } from 'zerokara';

// Bars in images of 12 × 12 pixels, level or upright, anywhere: 0 or 1.
function bars(count: number, seed: number): Dataset<Int32Array> {
  const random = new Random(seed);
  const data = new Uint8Array(count * 144);
  const labels = Int32Array.from({ length: count }, (_, image) => {
    const upright = random.integer(2);
    const [along, across] = [random.integer(6), random.integer(12)];
    for (let i = along; i < along + 6; i++) data[image * 144 + (upright ? 12 * i + across : 12 * across + i)] = 255;
    return upright;
  });
  return Dataset.from({ x: { data, shape: [count, 144] }, inputShape: [12, 12, 1], labels, scale: 1 / 255 });
}

const [train, test] = [bars(40, 1), bars(1000, 2)];
for (const augment of [undefined, { shift: 3, rotate: 10, scale: 0.1 }]) {
  const net = new MultiLayerNet({ inputSize: 144, hiddenSizes: [30], outputSize: 2, seed: 1 });
  const options = augment === undefined ? {} : { augment };
  new Trainer(net, { train, epochs: 300, batchSize: 20, optimizer: 'adam', seed: 1, ...options }).fitSync();
  console.log(train.inputShape, net.accuracy(train), net.accuracy(test));
}
