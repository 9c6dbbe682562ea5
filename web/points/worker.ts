/** The Worker: trains, and sends a frame when the page has drawn the one before. */

import { pagePort } from '../shared/worker-port.js';
import type { FromWorker, Stopped, ToWorker } from './messages.js';
import { pointsOf } from './point-sets.js';
import type { Settings } from './settings.js';
import { obstacleOf, pointList, Training } from './training.js';

const page = pagePort<FromWorker, ToWorker>();

let run = 0;
let training: Training | undefined;
/** Whether the run is being trained, so that no second `fit` begins. */
let busy = false;
/** Whether the page has drawn the last frame. */
let isDrawn = true;

page.listen((message) => {
  switch (message.type) {
    case 'setUp':
      return setUp(message.run, message.settings);
    case 'play':
      return play(message.epochsPerSecond);
    case 'pause':
      return training?.pause();
    case 'step':
      return step();
    case 'drawn':
      isDrawn = true;
  }
});

function setUp(number: number, settings: Settings): void {
  training?.pause();
  busy = false;
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
  if (busy) training?.setPace(epochsPerSecond);
  else await during((own) => own.play(epochsPerSecond, () => isDrawn && own === training && sendFrame(own)));
}

async function step(): Promise<void> {
  if (busy) return;
  await during(async (own) => {
    await own.step();
    return 'stepped';
  });
}

/** Trains, and at the end sends the last frame and why it ended. A run that was replaced meanwhile says nothing. */
async function during(train: (own: Training) => Promise<Stopped['why']>): Promise<void> {
  const own = training;
  if (own === undefined) return;
  busy = true;
  const why = await train(own);
  if (own !== training) return;
  busy = false;
  sendFrame(own);
  page.post({ type: 'stopped', run, why });
}

function sendFrame(of: Training): void {
  const frame = of.frame(run);
  isDrawn = false;
  page.post(frame, [frame.maps.buffer]);
}
