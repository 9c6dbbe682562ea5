import { Adam, Affine, Dataset, Random, Sequential, SoftmaxWithLoss, type Tensors, Trainer } from 'zerokara';

/** Adam for the parameters of these names alone: the others keep their numbers. */
class AdamOf extends Adam {
  constructor(
    private readonly names: readonly string[],
    learningRate: number,
  ) {
    super({ learningRate });
  }

  override update(params: Tensors, grads: Tensors, decayed: readonly string[] = []): void {
    const own = (all: Tensors): Tensors => Object.fromEntries(this.names.map((name) => [name, all[name]!]));
    super.update(
      own(params),
      own(grads),
      decayed.filter((name) => this.names.includes(name)),
    );
  }
}

/** Points around so many centres on a circle. */
function points(count: number, classes: number): Dataset {
  const random = new Random(classes);
  const labels = Int32Array.from({ length: count }, () => random.integer(classes));
  const x = Array.from(labels, (label) => {
    const angle = (2 * Math.PI * label) / classes;
    return [random.normal(Math.cos(angle), 0.1), random.normal(Math.sin(angle), 0.1)];
  });
  return Dataset.from({ x, labels });
}

async function main(): Promise<void> {
  const base = Sequential.from(
    {
      input: 2,
      layers: [
        { type: 'affine', outputSize: 32, activation: 'relu' },
        { type: 'affine', outputSize: 16, activation: 'relu' },
        { type: 'affine', outputSize: 4 },
      ],
    },
    { seed: 1 },
  );
  await new Trainer(base, { train: points(400, 4), epochs: 20, optimizer: 'adam', seed: 1 }).fit();
  await base.save('recipes-base.safetensors');

  // The layers of a file, with a new last one for five classes.
  const loaded = await Sequential.load('recipes-base.safetensors');
  const head = new Affine({ inputSize: 16, outputSize: 5, seed: 2 });
  const net = new Sequential([...loaded.layers.slice(0, -1), head], new SoftmaxWithLoss());
  const train = points(100, 5);
  await new Trainer(net, { train, epochs: 100, optimizer: new AdamOf(['W3', 'b3'], 0.01), seed: 1 }).fit();
  const kept = ['W1', 'b1', 'W2', 'b2'].every((name) => String(net.params[name]) === String(base.params[name]));
  console.log(kept, net.accuracy(points(200, 5)) > 0.9);
}

main();
