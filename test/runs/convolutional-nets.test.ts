/** SimpleConvNet and DeepConvNet trained: on some real digits here, on the full MNIST by `npm run test:long`. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { loadMnist } from '../../src/data/mnist.js';
import { findMnistPackage, readMnistPackage } from '../../src/data/mnist-package.js';
import { DeepConvNet } from '../../src/models/deep-conv-net.js';
import type { Sequential } from '../../src/models/sequential.js';
import { SimpleConvNet } from '../../src/models/simple-conv-net.js';
import { Adam } from '../../src/optim/adam.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { LONG } from '../support/long.js';
import { runnableBackends } from '../support/runnable.js';

const SEEDS = [1, 2, 3];
const native = runnableBackends().find(({ name }) => name === 'native');
const dir = process.env['MNIST_DIR'];

/** Trains as the book: Adam with the rate 0.001, batches of 100. @returns the accuracy on all of `test` */
function trained(
  net: Sequential,
  {
    train,
    test,
    seed,
    ...length
  }: { train: Dataset; test: Dataset; seed: number } & ({ epochs: number } | { steps: number }),
): number {
  const optimizer = new Adam({ learningRate: 0.001 });
  new Trainer(net, { train, batchSize: 100, optimizer, seed, evaluate: false, ...length }).fitSync();
  return net.accuracy(test);
}

describe.skipIf(native === undefined)('on 8,000 digits', () => {
  // Seeds 1 to 5 give 0.9475 to 0.962.
  test('K8, the short run: SimpleConvNet classifies 0.93 of 2,000 digits correctly after 400 steps', async () => {
    const { train, test } = await readMnistPackage('test', findMnistPackage()!);
    const net = new SimpleConvNet({ seed: 1, backend: native! });
    expect(trained(net, { train, test, seed: 1, steps: 400 })).toBeGreaterThan(0.93);
  });
});

describe.skipIf(!LONG || native === undefined || dir === undefined)('on the full MNIST, 20 epochs', () => {
  const run = async (net: Sequential, seed: number): Promise<number> => {
    const { train, test } = await loadMnist({ dir: dir! });
    const start = performance.now();
    const accuracy = trained(net, { train, test, seed, epochs: 20 });
    const minutes = ((performance.now() - start) / 60_000).toFixed(1);
    console.log(`${net.constructor.name}, seed ${seed}: ${accuracy} after ${minutes} minutes`);
    return accuracy;
  };

  test.each(SEEDS)(
    'K8: SimpleConvNet is in [0.985, 0.993], seed %i',
    async (seed) => {
      const accuracy = await run(new SimpleConvNet({ seed, backend: native! }), seed);
      expect(accuracy).toBeGreaterThanOrEqual(0.985);
      expect(accuracy).toBeLessThanOrEqual(0.993);
    },
    3_600_000,
  );

  test.each(SEEDS)(
    'V2, V3: DeepConvNet is in [0.991, 0.996], at most 90 digits wrong, seed %i',
    async (seed) => {
      const accuracy = await run(new DeepConvNet({ seed, backend: native! }), seed);
      expect(accuracy).toBeGreaterThanOrEqual(0.991);
      expect(accuracy).toBeLessThanOrEqual(0.996);
      expect(Math.round(10_000 * (1 - accuracy))).toBeLessThanOrEqual(90);
    },
    14_400_000,
  );
});

const program = fileURLToPath(new URL('../support/deep-memory.cjs', import.meta.url));
const built = existsSync(fileURLToPath(new URL('../../dist/index.js', import.meta.url)));
const [ROWS, STEPS] = LONG ? [60_000, 2_000] : [8_000, 60];

test.skipIf(!built || native === undefined)(
  `DeepConvNet at batch 100 needs at most 250 MB beside its data, and ${STEPS} steps keep nothing and make no typed array`,
  () => {
    const given = ['--expose-gc', program, String(ROWS), String(STEPS)];
    const printed = execFileSync(process.execPath, given, { encoding: 'utf8' });
    const { aboveData, rss, heapUsed, arrayBuffers, arraysInSteps, counts } = JSON.parse(printed);
    if (LONG) console.log({ aboveData, rss, heapUsed, arrayBuffers });
    expect(aboveData).toBeLessThanOrEqual(250e6);
    expect(rss).toBeLessThan(2 ** 20);
    expect(heapUsed).toBeLessThan(2 ** 17);
    expect(arrayBuffers).toBe(0);
    expect(counts).toBe(1);
    expect(arraysInSteps).toBe(0);
  },
  600_000,
);
