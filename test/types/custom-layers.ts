import { Affine, Dataset, type Layer, Sequential, SoftmaxWithLoss, Tensor, Trainer } from 'zerokara';

/** y = x², a custom layer: no parameters, just forward and backward. */
class Square implements Layer {
  readonly params = {};
  readonly grads = {};
  private x: Tensor | undefined;

  forward(x: Tensor): Tensor {
    this.x = x;
    return x.mul(x);
  }

  backward(dy: Tensor): Tensor {
    return dy.mul(this.x!).mul(2);
  }
}

// Inside or outside the unit circle: a straight line separates the squares.
const x = Tensor.randomUniform([200, 2], { low: -1.5, high: 1.5, seed: 1 });
const labels = Array.from({ length: 200 }, (_, i) => (Math.hypot(x.data[2 * i]!, x.data[2 * i + 1]!) < 1 ? 1 : 0));

const net = new Sequential(
  [
    new Affine({ inputSize: 2, outputSize: 8, seed: 2 }),
    new Square(),
    new Affine({ inputSize: 8, outputSize: 2, seed: 3 }),
  ],
  new SoftmaxWithLoss(),
);
const trainer = new Trainer(net, { train: Dataset.from({ x, labels }), epochs: 200, batchSize: 20 });
trainer.fitSync();
console.log(net.accuracy(x, labels) > 0.95);
