import { afterEach, expect, test, vi } from 'vitest';
import type { Frame, FromWorker, ToWorker } from '../../../web/points/messages.js';
import { DEFAULTS } from '../../../web/points/settings.js';

afterEach(() => vi.unstubAllGlobals());

/** The Worker of the page Points, in this thread. */
async function startWorker() {
  const said: FromWorker[] = [];
  let hear: (event: { data: ToWorker }) => void = () => undefined;
  vi.resetModules();
  vi.stubGlobal('postMessage', (message: FromWorker) => said.push(message));
  vi.stubGlobal('addEventListener', (_: 'message', listener: typeof hear) => {
    hear = listener;
  });
  await import('../../../web/points/worker.js');
  const tell = (...messages: ToWorker[]): void => {
    for (const data of messages) hear({ data });
  };
  const frames = (): Frame[] => said.filter((message) => message.type === 'frame');
  const stops = (): string[] => said.flatMap((message) => (message.type === 'stopped' ? [message.why] : []));
  tell({ type: 'setUp', run: 1, settings: DEFAULTS });
  return { tell, frames, stops };
}

const PLAY: ToWorker = { type: 'play', epochsPerSecond: Number.POSITIVE_INFINITY };
const PAUSE: ToWorker = { type: 'pause' };
const DRAWN: ToWorker = { type: 'drawn' };

test('told to pause and to train in one go, it trains on', async () => {
  const { tell, frames, stops } = await startWorker();
  tell(PLAY, PAUSE, PLAY);
  for (let i = 0; i < 3; i++) {
    const count = frames().length;
    tell(DRAWN);
    await vi.waitFor(() => expect(frames().length).toBeGreaterThan(count), { timeout: 5000 });
  }
  expect(stops()).toEqual([]);
  tell(PAUSE, PLAY, PAUSE);
  await vi.waitFor(() => expect(stops()).toEqual(['paused']), { timeout: 5000 });
});

test('one step while it comes to rest is made then; the epoch is the one that is complete', async () => {
  const { tell, frames, stops } = await startWorker();
  tell({ type: 'step' }, { type: 'step' });
  await vi.waitFor(() => expect(stops()).toEqual(['stepped']), { timeout: 5000 });
  expect(frames().at(-1)).toMatchObject({ step: 2, epoch: 0 });
  for (let made = 3; frames().at(-1)!.epoch === 0; made++) {
    const count = stops().length;
    tell({ type: 'step' });
    await vi.waitFor(() => expect(stops().length).toBe(count + 1), { timeout: 5000, interval: 2 });
    expect(frames().at(-1)!.step).toBe(made);
    expect(made).toBeLessThan(100);
    // The curves are of as many epochs, and of the untrained network.
    const losses = frames().reduce((sum, frame) => sum + frame.losses.length, 0);
    expect(losses / 2 - 1).toBe(frames().at(-1)!.epoch);
  }
  expect(frames().at(-1)!.step).toBe(28); // 280 points of training, batches of 10
});
