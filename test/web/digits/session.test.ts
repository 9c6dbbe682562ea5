import { beforeEach, expect, test } from 'vitest';
import { Affine, Sequential } from '../../../src/index.js';
import type { Answer, Progress } from '../../../web/digits/messages.js';
import { PIXELS } from '../../../web/digits/packed-digits.js';
import { Session } from '../../../web/digits/session.js';
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
