// In Jest's realm Float32Array is another class than the one that Node's own modules and other realms make.
const os = require('node:os');
const path = require('node:path');
const { Dataset, Tensor, Trainer, TwoLayerNet, loadTensors } = require('zerokara');

const x = Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1);
const labels = Int32Array.of(0, 1, 1, 0);
const shaped = (data) => ({ data, shape: [4, 2] });
const network = (seed = 1) =>
  new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', dtype: 'float64', seed });

test('the arrays of a realm and those of another are not of one class', () => {
  expect(structuredClone(x) instanceof Float64Array).toBe(false);
});

test('trains on arrays of this realm and of another, to the same bits', () => {
  const train = (data, classes) => {
    const net = network();
    const trainer = new Trainer(net, {
      train: Dataset.from({ x: shaped(data), labels: classes }),
      epochs: 50,
      seed: 1,
    });
    return [...trainer.fitSync().losses];
  };
  expect(train(structuredClone(x), structuredClone(labels))).toEqual(train(x, labels));
});

test('keeps the dtype of what comes from another realm', () => {
  expect(Tensor.from(structuredClone(x)).dtype).toBe('float64');
  expect(Tensor.from(structuredClone(Float32Array.of(1))).dtype).toBe('float32');
});

test('takes a state dict that went through structuredClone, and one that went through a file', async () => {
  const [one, two, three] = [network(1), network(2), network(3)];
  two.loadStateDict(structuredClone(one.stateDict()));
  const file = path.join(os.tmpdir(), `zerokara-jest-${process.pid}.safetensors`);
  await one.save(file);
  three.loadStateDict(await loadTensors(file));
  const expected = one.predict(shaped(x)).toArray();
  expect(two.predict(shaped(x)).toArray()).toEqual(expected);
  expect(three.predict(shaped(x)).toArray()).toEqual(expected);
});

test('differences of tensors are shown by their numbers', () => {
  expect(() => expect(Tensor.from([1, 2])).toEqual(Tensor.from([1, 3]))).toThrow();
  expect(Tensor.from([1, 2])).toEqual(Tensor.from([1, 2]));
});
