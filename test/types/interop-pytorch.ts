import { loadTensors, Sequential, saveTensors, Tensor } from 'zerokara';

async function main(): Promise<void> {
  const net = Sequential.from({
    input: [28, 28, 1], // height, width, channels
    layers: [
      { type: 'convolution', filters: 8, kernelSize: 3, padding: 1, activation: 'relu' },
      { type: 'maxPooling', poolSize: 2 },
      { type: 'affine', outputSize: 10 },
    ],
  });

  // What safetensors.torch.save_file(model.state_dict(), 'torch.safetensors') would have written.
  await saveTensors('torch.safetensors', {
    'conv.weight': Tensor.randomNormal([8, 1, 3, 3], { seed: 1 }),
    'conv.bias': Tensor.zeros([8]),
    'fc.weight': Tensor.randomNormal([10, 8 * 14 * 14], { seed: 2 }),
    'fc.bias': Tensor.zeros([10]),
  });

  net.loadStateDict(await loadTensors('torch.safetensors'), { from: 'pytorch' });
  console.log(net.params['W1']!.shape, net.params['W2']!.shape);
}

main();
