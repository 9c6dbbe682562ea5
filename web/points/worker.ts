/** The Worker: trains, and sends a frame when the page has drawn the one before. */

import { pagePort } from '../shared/worker-port.js';
import type { FromWorker, Stopped, ToWorker } from './messages.js';
import { pointsOf } from './point-sets.js';
import type { Settings } from './settings.js';
import { obstacleOf, pointList, Training } from './training.js';

const page = pagePort<FromWorker, ToWorker>();

let run = 0;
let training: Training | undefined;
type Train = (own: Training) => Promise<Stopped['why']>;

/** Whether the run is being trained, so that no second `fit` begins. */
let busy = false;
/** Whether it is about to rest: it was paused, or makes one step. */
let isEnding = false;
/** What to do then instead. */
let next: Train | undefined;
/** Whether the page has drawn the last frame. */
let isDrawn = true;

page.listen((message) => {
  switch (message.type) {
    case 'setUp':
      return setUp(message.run, message.settings);
    case 'play':
      return play(message.epochsPerSecond);
    case 'pause':
      return pause();
    case 'step':
      return step();
    case 'drawn':
      isDrawn = true;
  }
});

function setUp(number: number, settings: Settings): void {
  training?.pause();
  busy = false;
  next = undefined;
  run = number;
  const obstacle = obstacleOf(settings);
  if (obstacle !== undefined) {
    training = undefined;
    // Points that cannot be trained on yet are shown all the same.
    page.post({ type: 'ready', run, train: pointsOf(settings), test: pointList(undefined), obstacle });
    return;
  }
  training = new Training(settings);
  page.post({ type: 'ready', run, train: pointList(training.train), test: pointList(training.test) });
  sendFrame(training);
}

async function play(epochsPerSecond: number): Promise<void> {
  const train: Train = (own) => own.play(epochsPerSecond, () => isDrawn && own === training && sendFrame(own));
  if (!busy) await during(train);
  else if (isEnding) next = train;
  else training?.setPace(epochsPerSecond);
}

function pause(): void {
  isEnding = true;
  next = undefined;
  training?.pause();
}

async function step(): Promise<void> {
  const train: Train = (own) => {
    isEnding = true;
    return own.step();
  };
  if (!busy) await during(train);
  else if (isEnding) next = train;
}

/** Trains, and at the end sends the last frame and why it ended. A run that was replaced meanwhile says nothing. */
async function during(train: Train): Promise<void> {
  const own = training;
  if (own === undefined) return;
  busy = true;
  isEnding = false;
  next = undefined;
  const why = await train(own);
  if (own !== training) return;
  busy = false;
  sendFrame(own);
  if (next !== undefined && (why === 'paused' || why === 'stepped')) return during(next);
  page.post({ type: 'stopped', run, why });
}

function sendFrame(of: Training): void {
  const frame = of.frame(run);
  isDrawn = false;
  page.post(frame, [frame.maps.buffer]);
}
