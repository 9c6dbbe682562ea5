import { expect, test } from 'vitest';
import { stepClock } from '../../../bench/scaling/step-clock.js';
import { createBackend } from '../../../src/backend/choose/load.js';
import { Sequential } from '../../../src/models/sequential.js';
import { SGD } from '../../../src/optim/sgd.js';

const net = (backend = createBackend('js')) =>
  Sequential.from(
    {
      input: 3,
      layers: [
        { type: 'affine', outputSize: 4, activation: 'relu' },
        { type: 'affine', outputSize: 2 },
      ],
      loss: 'crossEntropy',
    },
    { seed: 1, backend },
  );

test('gradients are complete in the order of the backward pass, before it ends', () => {
  const clock = stepClock(createBackend('js'), (backend) => {
    const trained = net(backend);
    const optimizer = new SGD();
    return {
      grads: trained.grads,
      backward: () => void trained.lossAndGradient([[1, 2, 3]], [1]),
      update: () => optimizer.update(trained.params, trained.grads),
    };
  });
  for (let i = 0; i < 5; i++) clock.tick();
  const gradients = clock.gradients();
  expect(gradients.map(({ bytes }) => bytes).toSorted((a, b) => a - b)).toEqual([8, 16, 32, 48]);
  expect(
    gradients
      .slice(0, 2)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['W2', 'b2']);
  const { rows, ready, backward, update } = clock.times(1);
  expect(rows).toBe(1);
  expect(ready).toEqual(ready.toSorted((a, b) => a - b));
  expect(ready.at(-1)).toBeLessThanOrEqual(backward);
  expect(update).toBeGreaterThan(0);
});

test('a gradient that no call fills is named', () => {
  const clock = stepClock(createBackend('js'), () => ({ grads: net().grads, backward: () => {}, update: () => {} }));
  expect(() => clock.tick()).toThrow(new Error('no call of the backend has the gradient W1'));
});
