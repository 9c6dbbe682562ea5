/** The page Points: a set-up, a Worker that trains it, and what is seen of the run. */

import { button, disable, selectControl } from '../shared/controls.js';
import { onThemeChange } from '../shared/theme.js';
import { showAlert, startWorker } from '../shared/worker-port.js';
import { type Frame, type FromWorker, MAP, type Ready, type Stopped, type ToWorker } from './messages.js';
import { NetworkView, OUTPUT_NAME } from './network-view.js';
import { ownPoints } from './own-points.js';
import { settingsPanel } from './panel.js';
import { Plane, pointLegend } from './plane.js';
import { Result, share } from './result.js';
import { hashOf, MOST_LAYERS, type Settings, settingsOf } from './settings.js';

/** How often numbers, curves and lines are drawn anew while it trains, in milliseconds: faster ones could not be read. */
const READING = 100;

/** How often those who do not see the page are told of a run, in milliseconds. */
const TELLING = 10_000;

const worker = startWorker<ToWorker, FromWorker>('points-worker.js');

let settings = settingsOf(location.hash);
let run = 0;
let isTraining = false;
/** It was told to pause, and has not come to rest. */
let isPausing = false;
let obstacle: string | undefined;
/** Which picture is shown large; the last is the output. */
let chosen = { picture: -1, name: OUTPUT_NAME };
let frame: Frame | undefined;
let isDrawn = true;
let told = 0;
let read = 0;

const plane = new Plane(byId('surface') as HTMLCanvasElement, byId('points') as HTMLCanvasElement, (x1, x2) => {
  if (settings.set === 'own') own.add(x1, x2);
});
byId('plane-legend').append(...pointLegend());
const result = new Result(byId('figures'), byId('losses') as HTMLCanvasElement, byId('losses-legend'));
const network = new NetworkView(byId('layers'), {
  onSize: (layer, neurons) => change({ layers: settings.layers.map((size, i) => (i === layer ? neurons : size)) }),
  onChoose: (picture, name) => {
    chosen = { picture, name };
    network.choose(picture);
    drawPlane();
  },
});
const own = ownPoints(
  () => settings.points,
  (points) => change({ points }),
);
const panel = settingsPanel(settings, own.element, change);
byId('settings').append(panel.element);

const playButton = button({ id: 'play', label: 'Train', title: 'Train until you pause', onPress: toggle });
playButton.classList.add('main');
const stepButton = button({
  id: 'step',
  label: 'One step',
  title: 'One update of the weights, from one batch',
  onPress: () => worker.post({ type: 'step' }),
});
const resetButton = button({
  id: 'reset',
  label: 'Start over',
  title: 'The same points and initial weights again, untrained',
  onPress: () => {
    isTraining = false;
    setUp();
  },
});
const pace = selectControl({
  id: 'pace',
  label: 'Pace',
  choices: [
    ['1', '1 epoch a second'],
    ['10', '10 epochs a second'],
    ['60', '60 epochs a second'],
    ['Infinity', 'as fast as possible'],
  ],
  value: '60',
  onChange: () => isTraining && play(),
});
byId('toolbar').append(playButton, stepButton, resetButton, pace.element);

const addLayer = button({
  id: 'add-layer',
  label: 'Add a layer',
  onPress: () => change({ layers: [...settings.layers, 4] }),
});
const removeLayer = button({
  id: 'remove-layer',
  label: 'Remove the last',
  onPress: () => change({ layers: settings.layers.slice(0, -1) }),
});
byId('layer-buttons').append(addLayer, removeLayer);

worker.listen((message) => {
  if (message.run !== run) return;
  if (message.type === 'ready') onReady(message);
  else if (message.type === 'frame') onFrame(message);
  else onStopped(message);
});
addEventListener('hashchange', () => {
  const next = settingsOf(location.hash);
  if (hashOf(next) === hashOf(settings)) return;
  settings = next;
  panel.show(settings);
  setUp();
});
onThemeChange(() => {
  plane.redraw();
  network.redraw();
  result.redraw();
});
setUp();

/** Another set-up is another run: it begins anew, and goes on training if the last one did. */
function change(part: Partial<Settings>): void {
  settings = { ...settings, ...part };
  panel.show(settings);
  history.replaceState(null, '', `#${hashOf(settings)}`);
  setUp();
}

function setUp(): void {
  run += 1;
  frame = undefined;
  chosen = { picture: -1, name: OUTPUT_NAME };
  isPausing = false;
  showAlert('');
  network.build(settings.layers);
  byId('plane').classList.toggle('open', settings.set === 'own');
  disable(addLayer, settings.layers.length === MOST_LAYERS);
  disable(removeLayer, settings.layers.length === 0);
  worker.post({ type: 'setUp', run, settings });
  if (isTraining) play();
}

function toggle(): void {
  isTraining = !isTraining;
  isPausing = !isTraining;
  if (isTraining) play();
  else worker.post({ type: 'pause' });
  showButtons();
}

function play(): void {
  worker.post({ type: 'play', epochsPerSecond: Number(pace.get()) });
  tell('Training.');
}

function onReady({ train, test, ...ready }: Ready): void {
  obstacle = ready.obstacle;
  plane.setPoints(train, test);
  if (obstacle !== undefined) {
    isTraining = false;
    plane.draw(undefined);
    tell(obstacle);
  }
  result.clear();
  showButtons();
}

function onFrame(next: Frame): void {
  // Losses that were not drawn yet are kept.
  const waiting = frame !== undefined && !isDrawn ? frame.losses : new Float32Array();
  frame = { ...next, losses: Float32Array.from([...waiting, ...next.losses]) };
  if (isDrawn) requestAnimationFrame(draw);
  isDrawn = false;
}

function draw(): void {
  if (isDrawn) return;
  isDrawn = true;
  if (frame === undefined) return;
  worker.post({ type: 'drawn' });
  const now = performance.now();
  const isToRead = !isTraining || now - read > READING;
  result.add(frame.losses);
  network.draw(frame.maps);
  drawPlane();
  if (isToRead) {
    read = now;
    network.drawLines(frame.weights);
    result.draw(frame);
  }
  if (isTraining && now - told > TELLING) tell(summary());
}

function drawPlane(): void {
  if (frame === undefined) return;
  const pictures = frame.maps.length / (MAP * MAP);
  const picture = chosen.picture < 0 ? pictures - 1 : chosen.picture;
  plane.draw(frame.maps.subarray(picture * MAP * MAP, (picture + 1) * MAP * MAP));
}

function onStopped({ why }: Stopped): void {
  // It was told to train on while it said so.
  if (isTraining && (why === 'paused' || why === 'stepped')) return;
  isTraining = isPausing = false;
  draw(); // Buttons for a run at rest come with its last figures.
  showButtons();
  if (why === 'diverged') {
    disable(playButton, true);
    disable(stepButton, true);
    showAlert('The loss is no longer a finite number: the steps are too large. Choose a smaller learning rate.');
  }
  tell({ paused: 'Paused. ', stepped: '', complete: 'The run has ended. ', diverged: '' }[why] + summary());
}

function showButtons(): void {
  playButton.textContent = isTraining ? 'Pause' : 'Train';
  disable(playButton, obstacle !== undefined);
  disable(stepButton, isTraining || isPausing || obstacle !== undefined);
  byId('network-note').textContent =
    obstacle ?? 'Each picture shows what one neuron gives over the plane. Press one to see it large.';
}

function summary(): string {
  if (frame === undefined) return '';
  return `Epoch ${frame.epoch}: training accuracy ${share(frame.trainAccuracy)}, test accuracy ${share(frame.testAccuracy)}.`;
}

/** Says it to screen readers, in the live region and in the descriptions of the drawings. */
function tell(sentence: string): void {
  told = performance.now();
  byId('status').textContent = sentence;
  byId('surface').setAttribute('aria-label', `The plane with its points, coloured by ${chosen.name}. ${summary()}`);
  result.describe();
}

/** An element of index.html. */
function byId(id: string): HTMLElement {
  return document.getElementById(id)!;
}
