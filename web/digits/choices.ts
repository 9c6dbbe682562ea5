/** The choices of the page, each with the book's word and section. The page's address holds those that are not defaults. */

import { type Control, selectControl } from '../shared/controls.js';
import { LEARNING_RATES, type NetworkSettings, type OptimizerChoice, type TrainingSettings } from './settings.js';

interface Choice {
  readonly id: string;
  readonly label: string;
  readonly section: string;
  readonly hint: string;
  readonly choices: readonly (string | readonly [value: string, text: string])[];
  readonly value: string;
}

const NETWORK: readonly Choice[] = [
  {
    id: 'network',
    label: 'Network',
    section: '4.5, §7.5',
    hint: 'Two layers of weights, or filters that slide over the digit first.',
    choices: [
      ['twoLayer', 'Two-layer net'],
      ['convolutional', 'Convolutional net'],
    ],
    value: 'twoLayer',
  },
  {
    id: 'hidden',
    label: 'Hidden neurons',
    section: '4.5.1',
    hint: 'The book has 50, and 100 behind the filters.',
    choices: ['10', '20', '50', '100', '200'],
    value: '50',
  },
  {
    id: 'init',
    label: 'Initial weights',
    section: '6.2',
    hint: 'How widely the random weights are spread at first.',
    choices: [
      ['he', 'He'],
      ['xavier', 'Xavier'],
      ['0.01', 'Standard deviation 0.01'],
    ],
    value: 'he',
  },
  {
    id: 'seed',
    label: 'Seed',
    section: '4.5.1',
    hint: 'The same seed, the same weights and order of the digits.',
    choices: ['1', '2', '3', '4', '5'],
    value: '1',
  },
];

const TRAINING: readonly Choice[] = [
  {
    id: 'optimizer',
    label: 'Optimizer',
    section: '6.1',
    hint: 'The rule that moves the weights against the gradient.',
    choices: [
      ['sgd', 'SGD'],
      ['momentum', 'Momentum'],
      ['nesterov', 'Nesterov'],
      ['adaGrad', 'AdaGrad'],
      ['rmsProp', 'RMSProp'],
      ['adam', 'Adam'],
    ],
    value: 'adam',
  },
  {
    id: 'rate',
    label: 'Learning rate',
    section: '4.4.1, §6.5',
    hint: 'How far a step goes. Each optimizer brings its own.',
    choices: ['1', '0.3', '0.1', '0.03', '0.01', '0.003', '0.001', '0.0003', '0.0001'],
    value: '', // the optimizer's own
  },
  {
    id: 'batch',
    label: 'Mini-batch',
    section: '4.2.3',
    hint: 'The number of digits that one step looks at.',
    choices: ['10', '50', '100', '500'],
    value: '100',
  },
  {
    id: 'augmentation',
    label: 'Data augmentation',
    section: '8.1.2',
    hint: 'Each step sees the digits a little changed.',
    choices: [
      ['none', 'None'],
      ['shift', 'Shift, up to 2 pixels'],
      ['all', 'Shift, turn and scale'],
    ],
    value: 'none',
  },
  {
    id: 'epochs',
    label: 'Epochs',
    section: '4.5.3',
    hint: 'How often all digits are seen before the training stops.',
    choices: ['1', '5', '10', '20', '50'],
    value: '10',
  },
];

const CHOICES = [...NETWORK, ...TRAINING];

const rateOf = (optimizer: string): string => String(LEARNING_RATES[optimizer as OptimizerChoice]);

/** The value of each choice, by its id: what a hash says, and the defaults. Without a rate it is the optimizer's own. */
export function valuesOf(hash: string): Map<string, string> {
  const asked = new URLSearchParams(hash.replace(/^#/, ''));
  const values = new Map<string, string>();
  for (const { id, choices, value } of CHOICES) {
    const wanted = asked.get(id);
    const isKnown = choices.some((known) => (typeof known === 'string' ? known : known[0]) === wanted);
    values.set(id, isKnown ? wanted! : id === 'rate' ? rateOf(values.get('optimizer')!) : value);
  }
  return values;
}

/** The shortest hash that gives these values, without its `#`. */
export function hashOf(values: ReadonlyMap<string, string>): string {
  const defaults = valuesOf('').set('rate', rateOf(values.get('optimizer')!));
  return new URLSearchParams([...values].filter(([id, value]) => value !== defaults.get(id))).toString();
}

export interface Choices {
  network(): NetworkSettings;
  training(): TrainingSettings;
}

/**
 * Makes the controls of both groups, with what the address says, now and after it was changed.
 *
 * @param onNetwork called when another network is chosen, so that it can be built, and after a change of the address
 */
export function makeChoices(network: HTMLElement, training: HTMLElement, onNetwork: () => void): Choices {
  const values = valuesOf(location.hash);
  const controls = new Map<string, Control<string>>();
  const get = (id: string): string => controls.get(id)!.get();

  const keep = (): void => {
    const hash = hashOf(new Map(CHOICES.map(({ id }) => [id, get(id)])));
    history.replaceState(null, '', hash === '' ? location.pathname : `#${hash}`);
  };
  const add = (place: HTMLElement, choice: Choice, onChange: () => void): void => {
    const control = selectControl({ ...choice, value: values.get(choice.id)!, onChange });
    controls.set(choice.id, control);
    place.append(control.element);
  };
  for (const choice of NETWORK) {
    add(network, choice, () => {
      keep();
      onNetwork();
    });
  }
  for (const choice of TRAINING) {
    add(training, choice, () => {
      if (choice.id === 'optimizer') controls.get('rate')!.set(rateOf(get('optimizer')));
      keep();
    });
  }
  addEventListener('hashchange', () => {
    for (const [id, value] of valuesOf(location.hash)) controls.get(id)!.set(value);
    onNetwork();
  });

  return {
    network: () => ({
      network: get('network') as NetworkSettings['network'],
      hiddenSize: Number(get('hidden')),
      weights: get('init') === '0.01' ? 0.01 : (get('init') as 'he' | 'xavier'),
      seed: Number(get('seed')),
    }),
    training: () => ({
      optimizer: get('optimizer') as OptimizerChoice,
      learningRate: Number(get('rate')),
      batchSize: Number(get('batch')),
      augmentation: get('augmentation') as TrainingSettings['augmentation'],
      epochs: Number(get('epochs')),
    }),
  };
}
