import { expect, test, vi } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { beginSlice, isSliceOver, nextSlice } from '../../src/data/slice.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Trainer } from '../../src/trainer/trainer.js';

test('a slice is over after 8 ms, and goes on over calls until the event loop has run', async () => {
  let time = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time);
  try {
    await nextSlice();
    time += 7.5;
    expect(isSliceOver()).toBe(false);
    time += 0.5;
    expect(isSliceOver()).toBe(true);
    beginSlice();
    expect(isSliceOver()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1));
    beginSlice();
    expect(isSliceOver()).toBe(false);
  } finally {
    clock.mockRestore();
  }
});

test('short runs one after another let the event loop run', async () => {
  const train = Dataset.from({ x: [[0, 1]], labels: [0], classes: 2 });
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  // Without turns it would go on to the end; how long three take depends on what else the machine does.
  for (const end = performance.now() + 5000; turns < 3 && performance.now() < end; ) {
    await new Trainer(net, { train, epochs: 1, evaluate: false }).fit();
  }
  clearInterval(timer);
  expect(turns).toBe(3);
});
