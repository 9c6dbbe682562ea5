import { Dataset, MultiLayerNet, type Optimizer, type OptimizerState, Tensor, type Tensors, Trainer } from 'zerokara';

/** Lion (Chen et al. 2023): a step of the same size for every weight, by the sign of a moving mean of its gradient. */
class Lion implements Optimizer {
  readonly name = 'lion'; // what a saved run calls it
  private moments: Record<string, Tensor> = {};

  constructor(
    readonly learningRate: number,
    private readonly weightDecay = 0,
  ) {}

  update(params: Tensors, grads: Tensors, decayed: readonly string[] = Object.keys(params)): void {
    for (const [name, w] of Object.entries(params)) {
      const g = grads[name]!.data;
      this.moments[name] ??= w.mul(0);
      const m = this.moments[name].data;
      const decay = decayed.includes(name) ? this.weightDecay : 0;
      for (let i = 0; i < w.size; i++) {
        const direction = Math.sign(0.9 * m[i]! + 0.1 * g[i]!);
        w.data[i]! -= this.learningRate * (direction + decay * w.data[i]!);
        m[i] = 0.99 * m[i]! + 0.01 * g[i]!;
      }
    }
  }

  state(): OptimizerState {
    return { numbers: {}, tensors: { moments: this.moments } };
  }

  restore({ tensors }: OptimizerState): void {
    this.moments = Object.fromEntries(Object.entries(tensors['moments'] ?? {}).map(([name, m]) => [name, m.clone()]));
  }
}

const x = Tensor.randomUniform([200, 2], { low: -1, high: 1, seed: 1 });
const labels = Array.from({ length: 200 }, (_, i) => (x.data[2 * i]! > x.data[2 * i + 1]! ? 1 : 0));
const train = Dataset.from({ x, labels });

function newTrainer(): Trainer {
  const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [8], outputSize: 2, seed: 1 });
  return new Trainer(net, { train, epochs: 20, batchSize: 20, optimizer: new Lion(0.01, 0.01), seed: 1 });
}

async function main(): Promise<void> {
  const whole = newTrainer();
  await whole.fit();

  const begun = newTrainer();
  await begun.fit({ onEpochEnd: ({ epoch }) => (epoch === 10 ? begun.save('guide-lion.safetensors') : undefined) });
  const resumed = await Trainer.resume('guide-lion.safetensors', { train, optimizer: new Lion(0.01, 0.01) });
  console.log(resumed.history.epochs.length);
  await resumed.fit();
  console.log(String(resumed.net.predict(x)) === String(whole.net.predict(x)), whole.net.accuracy(train) > 0.95);
}

main();
