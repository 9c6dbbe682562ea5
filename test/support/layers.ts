/** Layers as users write them, of kinds that the library may not have, for tests of the code around layers. */

import type { Layer, LayerState } from '../../src/layers/layer.js';
import { Random, type RandomState } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';

/** y = x². */
export class Square implements Layer {
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

/** Inverted dropout in training, x itself in inference. Its generator is state that can be put back. */
export class Dropout implements Layer {
  readonly params = {};
  readonly grads = {};
  private readonly random: Random;
  private mask: Tensor | undefined;

  constructor(
    private readonly ratio: number,
    seed: number,
  ) {
    this.random = new Random(seed, 'dropout');
  }

  state(): { readonly random: RandomState } {
    return { random: this.random.state() };
  }

  restore({ random }: LayerState): void {
    this.random.restore(random as RandomState);
  }

  forward(x: Tensor): Tensor {
    const kept = x.data.map(() => (this.random.uniform() < this.ratio ? 0 : 1 / (1 - this.ratio)));
    this.mask = new Tensor(kept, x.shape, x.backend);
    return x.mul(this.mask);
  }

  infer(x: Tensor): Tensor {
    return x;
  }

  backward(dy: Tensor): Tensor {
    return dy.mul(this.mask!);
  }
}

/** Dropout without `state` and `restore`: every pass draws another mask. */
export class ForgetfulDropout implements Layer {
  readonly params = {};
  readonly grads = {};
  private readonly inner = new Dropout(0.5, 1);

  forward(x: Tensor): Tensor {
    return this.inner.forward(x);
  }

  backward(dy: Tensor): Tensor {
    return this.inner.backward(dy);
  }
}

/** y = γ · (x − mean) / √(variance + ε) + β, by the batch in training, by running means in inference. */
export class BatchNormalization implements Layer {
  readonly params;
  readonly grads;
  readonly buffers;
  private normalized: Tensor | undefined;
  private deviation: Tensor | undefined;

  constructor(size: number) {
    const dtype = 'float64';
    this.params = { gamma: Tensor.ones([size], { dtype }), beta: Tensor.zeros([size], { dtype }) };
    this.grads = { gamma: Tensor.zeros([size], { dtype }), beta: Tensor.zeros([size], { dtype }) };
    this.buffers = { runningMean: Tensor.zeros([size], { dtype }), runningVariance: Tensor.ones([size], { dtype }) };
  }

  forward(x: Tensor): Tensor {
    const mean = x.mean(0);
    const centred = x.sub(mean);
    const variance = centred.mul(centred).mean(0);
    this.deviation = variance.add(1e-5).sqrt();
    this.normalized = centred.div(this.deviation);
    const { runningMean, runningVariance } = this.buffers;
    runningMean.data.set(runningMean.mul(0.9).add(mean.mul(0.1)).data);
    runningVariance.data.set(runningVariance.mul(0.9).add(variance.mul(0.1)).data);
    return this.normalized.mul(this.params.gamma).add(this.params.beta);
  }

  infer(x: Tensor): Tensor {
    const { runningMean, runningVariance } = this.buffers;
    return x.sub(runningMean).div(runningVariance.add(1e-5).sqrt()).mul(this.params.gamma).add(this.params.beta);
  }

  backward(dy: Tensor): Tensor {
    const normalized = this.normalized!;
    this.grads.gamma.data.set(dy.mul(normalized).sum(0).data);
    this.grads.beta.data.set(dy.sum(0).data);
    const dn = dy.mul(this.params.gamma);
    const along = normalized.mul(dn.mul(normalized).mean(0));
    return dn.sub(dn.mean(0)).sub(along).div(this.deviation!);
  }
}
