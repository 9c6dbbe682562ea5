// What the tests have a page and a Worker do with the built library; it runs in the browser.

/** @param {typeof import('zerokara')} zerokara @param {string} origin where the file of a network is */
export async function useLibrary(zerokara, origin) {
  const { Dataset, Sequential, Trainer, TwoLayerNet, createBackend, defaultBackend, diagnose } = zerokara;
  const { loadTensors, saveTensors } = zerokara;
  const x = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
  await new Trainer(net, { train: Dataset.from({ x, labels: [0, 1, 1, 0] }), epochs: 1000 }).fit();

  const bytes = net.toBytes();
  const file = new File([bytes], 'xor.safetensors');
  const copies = [TwoLayerNet.fromBytes(bytes), await Sequential.load(file), await TwoLayerNet.load(new Blob([bytes]))];
  const fromNode = await Sequential.load(new URL('/node.safetensors', origin));
  const { W1 } = await loadTensors(new URL('/node.safetensors', origin), { names: ['W1'] });
  return {
    backend: defaultBackend().name,
    reason: defaultBackend().reason,
    attempts: diagnose().attempts.map(({ tier, ok }) => `${tier} ${ok}`),
    js: createBackend('js').name,
    isolated: globalThis.crossOriginIsolated,
    classes: [...net.classify(x)],
    same: copies.every((copy) => copy.predict(x).toString() === net.predict(x).toString()),
    bytes: [...bytes],
    answers: [...net.predict(x).data],
    answersOfNode: [...fromNode.predict(x).data],
    shapeOfNode: W1.shape,
    errors: await Promise.all([
      messageOf(() => net.save('net.safetensors')),
      messageOf(() => saveTensors('net.safetensors', net.stateDict())),
      messageOf(() => Sequential.load('net.safetensors')),
      messageOf(() => Sequential.load(new URL('/nothing.safetensors', origin))),
      messageOf(() => Sequential.load(file.slice(0, 100))),
      messageOf(() => createBackend('native')),
    ]),
  };
}

async function messageOf(call) {
  try {
    await call();
    return 'nothing is thrown';
  } catch (error) {
    return `${error.name} ${error.message}`;
  }
}

/** Trains for a while on the page's thread, and says what the page could do meanwhile. */
export async function trainBesideFrames({ Dataset, Random, Trainer, TwoLayerNet }) {
  const random = new Random(1);
  const rows = 4000;
  const x = Float32Array.from({ length: rows * 784 }, () => random.uniform());
  const train = Dataset.from({
    x: { data: x, shape: [rows, 784] },
    labels: Int32Array.from({ length: rows }, (_, i) => i % 10),
  });
  const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1 });
  const trainer = new Trainer(net, { train, batchSize: 100, epochs: 1000 });
  const longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  longTasks.length = 0;
  let frames = 0;
  const draw = () => {
    frames += 1;
    if (frames < 60 || trainer.step < 60) requestAnimationFrame(draw);
    else stop.abort();
  };
  const stop = new AbortController();
  const started = performance.now();
  requestAnimationFrame(draw);
  await trainer.fit({ signal: stop.signal }).catch(() => undefined);
  const milliseconds = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { frames, milliseconds, steps: trainer.history.losses.length, longTasks };
}
