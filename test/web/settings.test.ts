import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ACTIVATIONS,
  BATCH_SIZES,
  DECAYS,
  DEFAULTS,
  hashOf,
  INITIAL_WEIGHTS,
  OPTIMIZERS,
  RATES,
  SETS,
  type Settings,
  settingsOf,
} from '../../web/points/settings.js';

const hundredths = fc.integer({ min: -300, max: 300 }).map((n) => n / 100);

const anySettings: fc.Arbitrary<Settings> = fc.record({
  set: fc.constantFrom(...SETS),
  noise: fc.integer({ min: 0, max: 50 }),
  test: fc.integer({ min: 10, max: 80 }),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  layers: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 5 }),
  activation: fc.constantFrom(...ACTIVATIONS),
  init: fc.constantFrom(...INITIAL_WEIGHTS),
  optimizer: fc.constantFrom(...OPTIMIZERS),
  rate: fc.constantFrom(...RATES),
  batch: fc.constantFrom(...BATCH_SIZES),
  decay: fc.constantFrom(...DECAYS),
  dropout: fc.integer({ min: 0, max: 80 }),
  points: fc.array(fc.record({ x1: hundredths, x2: hundredths, label: fc.constantFrom(0, 1) }), { maxLength: 200 }),
});

test('a set-up is restored from the text in the address', () => {
  fc.assert(
    fc.property(anySettings, (settings) => {
      expect(settingsOf(`#${hashOf(settings)}`)).toEqual(settings);
    }),
    { seed: 1 },
  );
});

test('the usual set-up needs no text, and an empty list of layers has one', () => {
  expect(hashOf(DEFAULTS)).toBe('');
  expect(settingsOf('')).toEqual(DEFAULTS);
  expect(hashOf({ ...DEFAULTS, layers: [] })).toBe('layers=');
  expect(settingsOf('#layers=').layers).toEqual([]);
});

test.each([
  'set=cube',
  'noise=51',
  'noise=-1',
  'noise=1.5',
  'test=9',
  'seed=4294967296',
  'layers=9',
  'layers=0',
  'layers=4-',
  'layers=1-1-1-1-1-1',
  'rate=0.02',
  'rate=__proto__',
  'batch=ALL',
  'points=1a',
  'points=301a0',
  'points=0c0',
  `points=${Array(201).fill('0a0').join('_')}`,
  'unknown=1',
  '%',
])('a text that is no value is read as the default: %s', (text) => {
  expect(settingsOf(`#${text}`)).toEqual(DEFAULTS);
});
