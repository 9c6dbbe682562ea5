import { gradientCheck, type Layer, type LayerDescription, registerLayer, Sequential, Tensor } from 'zerokara';

declare module 'zerokara' {
  interface LayerTypes {
    gain: { initial: number };
  }
}

/** y = g · x, with one trained factor for each column. */
class Gain implements Layer {
  readonly params: { readonly g: Tensor };
  readonly grads: { readonly g: Tensor };
  private x: Tensor | undefined;

  constructor(
    private readonly initial: number,
    g: Tensor,
  ) {
    g.data.fill(initial);
    this.params = { g };
    this.grads = { g: g.clone() };
  }

  forward(x: Tensor): Tensor {
    this.x = x;
    return x.mul(this.params.g);
  }

  backward(dy: Tensor): Tensor {
    this.grads.g.data.set(dy.mul(this.x!).sum(0).data); // overwritten, not accumulated
    return dy.mul(this.params.g);
  }

  describe(): LayerDescription {
    return { type: 'gain', initial: this.initial };
  }
}

registerLayer('gain', ({ initial }, { inputSize, dtype, backend }) => {
  return new Gain(initial, Tensor.zeros([inputSize], { dtype, backend }));
});

async function main(): Promise<void> {
  const net = Sequential.from(
    {
      input: 3,
      layers: [
        { type: 'affine', outputSize: 8 },
        { type: 'batchNormalization' },
        { type: 'gain', initial: 0.5 },
        { type: 'relu' },
        { type: 'dropout', ratio: 0.2 },
        { type: 'affine', outputSize: 2 },
      ],
    },
    { dtype: 'float64', seed: 1 },
  );
  const x = Tensor.randomUniform([6, 3], { dtype: 'float64', seed: 1 });
  console.log(String(gradientCheck(net, x, [0, 1, 1, 0, 1, 0], { seed: 1 })));

  await net.save('guide-net.safetensors');
  const loaded = await Sequential.load('guide-net.safetensors');
  console.log(String(loaded.predict(x)) === String(net.predict(x)));
}

main();
