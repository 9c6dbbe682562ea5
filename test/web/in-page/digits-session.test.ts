import { beforeEach, expect, test } from 'vitest';
import { Affine, MultiLayerNet, Sequential, TwoLayerNet } from '../../../src/index.js';
import type { Answer, Progress, Saved, Seen } from '../../../web/digits/messages.js';
import { PIXELS } from '../../../web/digits/packed-digits.js';
import { inThisPage, Session } from '../../../web/digits/session.js';
import type { NetworkSettings, TrainingSettings } from '../../../web/digits/settings.js';

const NETWORK: NetworkSettings = { network: 'twoLayer', hiddenSize: 10, weights: 'he', seed: 1 };
const TRAINING: TrainingSettings = {
  optimizer: 'adam',
  learningRate: 0.001,
  batchSize: 10,
  augmentation: 'none',
  epochs: 2,
};

/** Row i has a bar at the height of its digit. */
function digits(count: number): Uint8Array {
  const pixels = new Uint8Array(count * PIXELS);
  for (let row = 0; row < count; row++) {
    const from = row * PIXELS + 56 * (row % 10);
    pixels.fill(255, from, from + 28);
  }
  return pixels;
}

let answers: Answer[];
let session: Session;
beforeEach(() => {
  answers = [];
  session = new Session({ train: digits(30), test: digits(20) }, NETWORK, (answer) => answers.push(answer));
});

const last = <T extends Answer>(type: T['type']): T => answers.findLast((answer) => answer.type === type) as T;

test('a network of 12 classes is refused, and the one before stays', async () => {
  await session.answer({ type: 'look', question: 1, pixels: digits(1) });
  await session.answer({ type: 'train', settings: TRAINING });
  answers = [];
  const bytes = new Sequential([new Affine({ inputSize: PIXELS, outputSize: 12 })]).toBytes();
  await expect(session.answer({ type: 'open', name: 'twelve.safetensors', bytes })).rejects.toThrow(
    /^twelve\.safetensors cannot be used here\. Sequential\./,
  );
  expect(answers).toEqual([]);
  await session.answer({ type: 'train', settings: TRAINING });
  expect(last('stopped')).toMatchObject({ why: 'complete' });
  expect(last<Progress>('progress').step).toBe(12);
  await session.answer({ type: 'save' });
  expect(last('saved')).toMatchObject({ name: 'TwoLayerNet.safetensors' });
});

test('epochs and steps are those of the network, also after a change of the training', async () => {
  await session.answer({ type: 'train', settings: TRAINING });
  await session.answer({ type: 'train', settings: { ...TRAINING, epochs: 3 } });
  expect(last<Progress>('progress')).toMatchObject({ step: 15, epochs: 5 });
  expect(last<Progress>('progress').epoch).toBe(5);
});

test('of 300 neurons the first 200 are shown, and all are counted', async () => {
  await session.answer({ type: 'build', settings: { ...NETWORK, hiddenSize: 300 } });
  expect(last('weights')).toMatchObject({ count: 200, total: 300 });
  await session.answer({ type: 'look', question: 1, pixels: digits(1) });
  expect(last<Seen>('seen').layers.map(({ count, total }) => [count, total])).toContainEqual([200, 300]);
});

test('warnings are sentences, without advice about columns', () => {
  expect(
    inThisPage(
      'The network gives every training row class 3, which is right for 10 % of them. Standardize the columns of x, try another learning rate, or train longer',
    ),
  ).toBe(
    'The network gives every training row class 3, which is right for 10 % of them. Try another learning rate, or train longer.',
  );
  expect(
    inThisPage(
      'Layer 1 (Affine) is dead: its output is the same for every row. Use a smaller learning rate, standardized columns, or other initial weights',
    ),
  ).toBe(
    'Layer 1 (Affine) is dead: its output is the same for every row. Use a smaller learning rate, or other initial weights.',
  );
});

test.each([
  ['TwoLayerNet', new TwoLayerNet({ inputSize: PIXELS, hiddenSize: 3, outputSize: 10 }), TwoLayerNet],
  ['MultiLayerNet', new MultiLayerNet({ inputSize: PIXELS, hiddenSizes: [4, 3], outputSize: 10 }), MultiLayerNet],
  ['Sequential', new Sequential([new Affine({ inputSize: PIXELS, outputSize: 10 })]), Sequential],
])('a file is saved as the network that it was: %s', async (kind, net, Class) => {
  await session.answer({ type: 'open', name: 'a.safetensors', bytes: net.toBytes() });
  await session.answer({ type: 'save' });
  const { name, bytes } = last<Saved>('saved');
  expect(name).toBe(`${kind}.safetensors`);
  expect(Class.fromBytes(bytes).params['W1']).toEqual(net.params['W1']);
});
