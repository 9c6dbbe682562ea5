/** The page of digits: what its buttons do, and where the worker's answers are shown. */

import { button, disable, make } from '../shared/controls.js';
import { onThemeChange } from '../shared/theme.js';
import { showAlert, startWorker } from '../shared/worker-port.js';
import { percent } from './bars.js';
import { makeChoices } from './choices.js';
import { DigitPanel } from './digit-panel.js';
import { giveFile, takeFiles } from './files.js';
import { LayerList } from './layer-list.js';
import { Learning } from './learning.js';
import type { Answer, Built, Ready, Request, Seen, Stopped, Unavailable, Weights } from './messages.js';
import { onWidthChange } from './on-width.js';
import { drawSheet, firstOf } from './pictures.js';

/** What the network is doing. `new`: as it was built; `unavailable`: there are no digits to learn from. */
type State = 'waiting' | 'unavailable' | 'new' | 'training' | 'pausing' | 'paused' | 'complete';

const LABELS: Readonly<Record<State, string>> = {
  waiting: 'Train',
  unavailable: 'Train',
  new: 'Train',
  training: 'Pause',
  pausing: 'Pause',
  paused: 'Train on',
  complete: 'Train on',
};

const elementOf = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;
const canvasOf = (id: string): HTMLCanvasElement => elementOf<HTMLCanvasElement>(id);

let state: State = 'waiting';
/** The name of the file that the network came from. */
let file: string | undefined;
let weights: Weights | undefined;

const port = startWorker<Request, Answer>('digits-worker.js');
const layers = new LayerList(elementOf('layers'));
const learning = new Learning(elementOf('figures'), canvasOf('losses'), canvasOf('accuracies'));
const choices = makeChoices(elementOf('network-controls'), elementOf('training-controls'), build);
const digit = new DigitPanel(
  {
    pad: canvasOf('pad'),
    buttons: elementOf('pad-buttons'),
    preview: canvasOf('preview'),
    verdict: elementOf('verdict'),
    bars: elementOf('bars'),
  },
  { ask: (question, pixels) => port.post({ type: 'look', question, pixels }), onEmpty: () => showLayers([]), say },
);
const openDialogue = takeFiles({
  onFile: (name, bytes) => post({ type: 'open', name, bytes }, [bytes.buffer]),
  onRefusal: showAlert,
});

const start = button({ id: 'start', label: LABELS.waiting, onPress: startOrPause });
start.classList.add('main');
const reset = button({
  id: 'reset',
  label: 'Start over',
  title: 'The initial weights again, untrained',
  onPress: build,
});
const others = [
  button({
    id: 'open',
    label: 'Open a file…',
    title: 'A .safetensors file that was trained here or in Node; it can also be dropped on the page',
    onPress: openDialogue,
  }),
  button({
    id: 'save',
    label: 'Download',
    title: 'A .safetensors file for this page, and for Sequential.load in Node',
    onPress: () => post({ type: 'save' }),
  }),
];
elementOf('toolbar').append(start, reset, ...others);

/** For requests of the user: what was wrong with the last one is no longer of interest. */
function post(request: Request, transfer: Transferable[] = []): void {
  showAlert('');
  showWarnings([]);
  port.post(request, transfer);
}

function build(): void {
  if (state === 'unavailable') {
    elementOf('about-network').textContent = 'The digits are on their way.';
    enter('waiting');
  }
  post({ type: 'build', settings: choices.network() });
}

function startOrPause(): void {
  if (state === 'training') {
    post({ type: 'pause' });
    enter('pausing');
  } else {
    post({ type: 'train', settings: choices.training() });
    enter('training');
  }
}

function enter(next: State): void {
  state = next;
  start.textContent = LABELS[state];
  const isBegun = state !== 'waiting' && state !== 'unavailable';
  disable(start, !isBegun || state === 'pausing');
  disable(reset, state === 'waiting');
  for (const element of others) disable(element, !isBegun);
  elementOf<HTMLFieldSetElement>('network-settings').disabled = state !== 'new';
  elementOf('network-controls').hidden = file !== undefined;
  elementOf('locked').hidden = state === 'new' || !isBegun;
  elementOf('locked').textContent =
    file === undefined
      ? 'Start over to choose another network.'
      : `This network came from ${file}. Start over to build one here.`;
  elementOf<HTMLFieldSetElement>('training-settings').disabled = state === 'training' || state === 'pausing';
}

function say(sentence: string): void {
  elementOf('status').textContent = sentence;
}

function showReady({ test, trainCount, backend, reason }: Ready): void {
  digit.useTest(test);
  const computed = backend === 'wasm' ? 'WebAssembly.' : `plain JavaScript: ${reason}.`;
  elementOf('backend').textContent =
    `It learns from ${trainCount.toLocaleString('en')} of them. Computed by ${computed}`;
}

function showUnavailable({ message }: Unavailable): void {
  showAlert(message);
  elementOf('about-network').textContent = 'There are no digits to learn from. Start over fetches them again.';
  enter('unavailable');
}

function showBuilt(built: Built): void {
  learning.begin(built);
  const { name, sizes, parameters, testAccuracy } = built;
  file = built.file;
  const origin = file === undefined ? '' : ` Read from ${file}.`;
  elementOf('about-network').textContent = `${name}, ${sizes}: ${parameters.toLocaleString('en')} parameters.${origin}`;
  if (file !== undefined) say(`${file} is open: test accuracy ${percent(testAccuracy)}`);
  enter(file === undefined ? 'new' : 'complete');
  weights = undefined; // if there are some that can be shown, they come next
  requestAnimationFrame(showWeights);
}

function showStopped({ why, message = '', warnings = [] }: Stopped): void {
  enter(why === 'complete' ? 'complete' : 'paused');
  if (message !== '') showAlert(message);
  const words = { complete: 'Training is complete', paused: 'Training is paused', failed: 'Training has stopped' }[why];
  showWarnings(warnings);
  say([`${words}: test accuracy ${percent(learning.testAccuracy)}`, ...warnings].join('. '));
}

/** One line each. */
function showWarnings(warnings: readonly string[]): void {
  const place = elementOf('warnings');
  place.hidden = warnings.length === 0;
  place.replaceChildren(...warnings.map((textContent) => make('li', { textContent })));
}

function showSeen(seen: Seen): void {
  if (digit.show(seen)) showLayers(seen.layers);
}

function showLayers(outputs: Seen['layers']): void {
  layers.show(outputs);
  elementOf('layers-note').hidden = outputs.length > 0;
}

function showWeights(): void {
  elementOf('weights-panel').hidden = weights === undefined;
  if (weights === undefined) return;
  const { of, count, total, height, width } = weights;
  const [canvas, note] = [canvasOf('weight-pictures'), elementOf('weights-note')];
  const [what, why] =
    of === 'filters'
      ? [`${total} filters of ${height} × ${width}${firstOf(count, total)}`, 'each of them slides over the digit']
      : [`${total} hidden neurons${firstOf(count, total)}`, 'how much each pixel counts for each of them'];
  canvas.setAttribute('aria-label', `First weights: ${what}`);
  note.textContent = `The ${what}: ${why}.`;
  drawSheet(canvas, weights, { low: '--class1', high: '--class0' }, note.clientWidth);
}

port.listen((answer) => {
  switch (answer.type) {
    case 'ready':
      return showReady(answer);
    case 'unavailable':
      return showUnavailable(answer);
    case 'built':
      return showBuilt(answer);
    case 'progress':
      return learning.progress(answer);
    case 'measured':
      return learning.measured(answer);
    case 'weights':
      weights = answer;
      return requestAnimationFrame(showWeights);
    case 'seen':
      return showSeen(answer);
    case 'stopped':
      return showStopped(answer);
    case 'saved':
      giveFile(answer.name, answer.bytes);
      return say(`${answer.name} is downloaded`);
  }
});

onThemeChange(() => {
  digit.redraw();
  layers.redraw();
  learning.redraw();
  showWeights();
});
onWidthChange(elementOf('weights-note'), showWeights);
enter('waiting');
build();
