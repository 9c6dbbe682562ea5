import {
  Affine,
  Dataset,
  gradientCheck,
  type LossLayer,
  type RowWeights,
  Sequential,
  type Targets,
  Tensor,
  Trainer,
} from 'zerokara';

/** The mean over the rows of Σ |y − t|: an outlier pulls no harder than any other row. */
class MeanAbsoluteError implements LossLayer {
  readonly kind = 'regression';
  private dy: Tensor | undefined;

  forward(y: Tensor, targets: Targets, weights?: RowWeights): number {
    const dy = y.clone();
    const loss = this.meanOf(y, targets, weights, dy);
    this.dy = dy;
    return loss;
  }

  backward(): Tensor {
    return this.dy!;
  }

  loss(y: Tensor, targets: Targets, weights?: RowWeights): number {
    return this.meanOf(y, targets, weights);
  }

  predict(y: Tensor): Tensor {
    return y;
  }

  /** @param dy where the gradient goes: the sign of the difference, times the row's weight, over N */
  private meanOf(y: Tensor, targets: Targets, weights?: RowWeights, dy?: Tensor): number {
    const t = targets instanceof Tensor ? targets : Tensor.from(targets as number[][]);
    const w = weights instanceof Tensor ? weights.data : weights;
    const [rows = 0, outputs = 1] = y.shape;
    let loss = 0;
    for (let i = 0; i < y.size; i++) {
      const difference = y.data[i]! - t.data[i]!;
      const factor = (w?.[Math.floor(i / outputs)] ?? 1) / rows;
      loss += factor * Math.abs(difference);
      if (dy !== undefined) dy.data[i] = factor * Math.sign(difference);
    }
    return loss;
  }
}

// y = 2x, but each tenth value is off by 50.
const x = Array.from({ length: 100 }, (_, i) => [i / 50 - 1]);
const targets = x.map(([value], i) => [2 * value! + (i % 10 === 5 ? 50 : 0)]);

const netOf = (dtype: 'float32' | 'float64') =>
  new Sequential([new Affine({ inputSize: 1, outputSize: 1, dtype, seed: 1 })], new MeanAbsoluteError());
console.log(gradientCheck(netOf('float64'), x, targets).ok);

const net = netOf('float32');
new Trainer(net, {
  train: Dataset.from({ x, targets }),
  epochs: 200,
  optimizer: 'adam',
  batchSize: 20,
  seed: 1,
}).fitSync();
console.log(net.predict([[0.5]]).data[0]!.toFixed(1), net.evaluate(x, targets).mae?.toFixed(1));
