/** The set-up as controls, each with the book's word and section. */

import { type Control, make, selectControl, sliderControl } from '../shared/controls.js';
import {
  ACTIVATIONS,
  BATCH_SIZES,
  DECAYS,
  INITIAL_WEIGHTS,
  OPTIMIZERS,
  RATES,
  SETS,
  type Settings,
} from './settings.js';

/** Changes of the set-up, by its own names. */
export type OnChange = (change: Partial<Settings>) => void;

export interface Panel {
  readonly element: HTMLElement;
  /** Shows a set-up, without telling of a change. */
  show(settings: Settings): void;
}

const SET_NAMES: Readonly<Record<Settings['set'], string>> = {
  circle: 'circle',
  xor: 'XOR',
  spiral: 'spiral',
  moons: 'moons',
  own: 'your own',
};

const SET_HINTS: Readonly<Record<Settings['set'], { section?: string; hint: string }>> = {
  circle: { hint: 'one class around the other' },
  xor: { section: '2.4', hint: 'XOR: what no straight line parts' },
  spiral: { hint: 'two arms, wound around each other' },
  moons: { hint: 'two half circles that reach into each other' },
  own: { hint: 'those that you add' },
};

const ACTIVATION_NAMES: Readonly<Record<Settings['activation'], string>> = {
  tanh: 'tanh',
  relu: 'ReLU',
  sigmoid: 'sigmoid',
  identity: 'identity (none)',
};

const INITIAL_NAMES: Readonly<Record<Settings['init'], string>> = {
  default: 'by the activation',
  he: 'He',
  xavier: 'Xavier',
  '0.01': 'standard deviation 0.01',
  '1': 'standard deviation 1',
};

const OPTIMIZER_NAMES: Readonly<Record<Settings['optimizer'], string>> = {
  sgd: 'SGD',
  momentum: 'Momentum',
  nesterov: 'Nesterov',
  adaGrad: 'AdaGrad',
  rmsProp: 'RMSProp',
  adam: 'Adam',
  adamW: 'AdamW',
};

const percent = (value: number): string => `${value} %`;

/** @param ownPoints what is shown while the points are the user's own */
export function settingsPanel(settings: Settings, ownPoints: HTMLElement, onChange: OnChange): Panel {
  /** A list whose choices have names. */
  const list = <K extends 'set' | 'activation' | 'init' | 'optimizer'>(
    id: K,
    known: readonly Settings[K][],
    names: Readonly<Record<Settings[K], string>>,
    named: { label: string; section?: string; hint: string },
  ): Control<string> =>
    selectControl({
      id,
      ...named,
      choices: known.map((value) => [value, names[value]] as const),
      value: settings[id],
      onChange: (value) => onChange({ [id]: value } as Partial<Settings>),
    });
  /** A list of numbers. */
  const numbers = (
    id: 'rate' | 'batch' | 'decay',
    choices: readonly string[],
    named: { label: string; section: string; hint: string },
  ): Control<string> =>
    selectControl({
      id,
      ...named,
      choices,
      value: settings[id],
      onChange: (value) => onChange({ [id]: value } as Partial<Settings>),
    });
  const slider = (
    id: 'noise' | 'test' | 'dropout',
    [min, max, step]: readonly [number, number, number],
    named: { label: string; section?: string; hint: string },
  ): Control<number> =>
    sliderControl({
      id,
      ...named,
      min,
      max,
      step,
      value: settings[id],
      format: id === 'noise' ? (value) => (value / 100).toFixed(2) : percent,
      onChange: (value) => onChange({ [id]: value }),
    });

  const controls = {
    set: list('set', SETS, SET_NAMES, { label: 'Points', ...SET_HINTS[settings.set] }),
    noise: slider('noise', [0, 50, 5], {
      label: 'Noise',
      section: '6.4.1',
      hint: 'what an overfitted network learns by heart',
    }),
    test: slider('test', [10, 80, 10], { label: 'Test data', section: '4.1.2', hint: 'not learned from, to judge by' }),
    activation: list('activation', ACTIVATIONS, ACTIVATION_NAMES, {
      label: 'Activation function',
      section: '3.2',
      hint: 'of each hidden neuron',
    }),
    init: list('init', INITIAL_WEIGHTS, INITIAL_NAMES, {
      label: 'Initial weights',
      section: '6.2',
      hint: 'how far they spread at the start',
    }),
    optimizer: list('optimizer', OPTIMIZERS, OPTIMIZER_NAMES, {
      label: 'Optimizer',
      section: '6.1',
      hint: 'how a gradient becomes a step',
    }),
    rate: numbers('rate', RATES, { label: 'Learning rate η', section: '4.4.1', hint: 'how far a step goes' }),
    batch: numbers('batch', BATCH_SIZES, { label: 'Batch size', section: '4.2.3', hint: 'points of one step' }),
    decay: numbers('decay', DECAYS, { label: 'Weight decay λ', section: '6.4.2', hint: 'draws weights to 0' }),
    dropout: slider('dropout', [0, 80, 10], {
      label: 'Dropout',
      section: '6.4.3',
      hint: 'hidden neurons left out of a step',
    }),
  };
  const seed = seedControl(settings.seed, (value) => onChange({ seed: value }));

  const show = (next: Settings): void => {
    for (const id of ['set', 'activation', 'init', 'optimizer', 'rate', 'batch', 'decay'] as const)
      controls[id].set(next[id]);
    for (const id of ['noise', 'test', 'dropout'] as const) controls[id].set(next[id]);
    seed.set(next.seed);
    controls.set.explain(SET_HINTS[next.set]);
    controls.noise.show(next.set !== 'own');
    ownPoints.hidden = next.set !== 'own';
  };
  show(settings);

  const element = make('div', { className: 'groups' });
  element.append(
    group('Data', controls.set.element, ownPoints, controls.noise.element, controls.test.element, seed.element),
    group('Network', controls.activation.element, controls.init.element),
    group('Learning', controls.optimizer.element, controls.rate.element, controls.batch.element),
    group('Against overfitting', controls.decay.element, controls.dropout.element),
  );
  return { element, show };
}

function group(title: string, ...controls: readonly HTMLElement[]): HTMLElement {
  const element = make('fieldset');
  const grid = make('div', { className: 'controls' });
  grid.append(...controls);
  element.append(make('legend', { textContent: title }), grid);
  return element;
}

/** A whole number, typed; what is none is put back. */
function seedControl(value: number, onChange: (value: number) => void) {
  const element = make('div', { className: 'control' });
  const input = make('input', { id: 'seed', type: 'number', min: '0', max: '4294967295', step: '1' });
  const set = (next: number): void => {
    input.value = String(next);
  };
  let last = value;
  set(value);
  input.addEventListener('change', () => {
    if (!input.validity.valid || input.value === '') return set(last);
    last = input.valueAsNumber;
    onChange(last);
  });
  const note = make('p', { id: 'seed-note', className: 'note', textContent: 'the same seed is the same run' });
  input.setAttribute('aria-describedby', note.id);
  element.append(make('label', { htmlFor: 'seed', textContent: 'Seed' }), input, note);
  return {
    element,
    set: (next: number) => {
      last = next;
      set(next);
    },
  };
}
