import { loadArrays, loadTensors, saveTensors, Tensor } from 'zerokara';

async function main(): Promise<void> {
  await saveTensors('arrays.safetensors', {
    weights: Tensor.from([
      [1, 2],
      [3, 4],
    ]),
    labels: { data: Uint8Array.of(0, 1, 1), shape: [3] },
  });
  const { weights } = await loadTensors('arrays.safetensors'); // floats, as tensors
  const { labels } = await loadArrays('arrays.safetensors'); // any type, as typed arrays
  console.log(weights!.toArray(), labels!.data);
}

main();
