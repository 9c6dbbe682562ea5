import { describe, expect, test } from 'vitest';
import { createBackend, selectBackend } from '../../../src/backend/choose/load.js';
import { readSettings } from '../../../src/backend/choose/settings.js';
import { ArgumentError } from '../../../src/errors.js';
import { expectRefusal } from '../../support/refusal.js';

test('the variables are read; an empty one counts as not set', () => {
  expect(
    readSettings({
      ZEROKARA_BACKEND: 'wasm',
      ZEROKARA_ADDON: '/a.node',
      ZEROKARA_ISA: 'v3',
      ZEROKARA_THREADS: '64',
      OPENBLAS_CORETYPE: 'Haswell',
    }),
  ).toEqual({ backend: 'wasm', addon: '/a.node', isa: 'v3', relaxedSimd: true, threads: 64, coreType: 'Haswell' });
  const none = {
    backend: undefined,
    addon: undefined,
    isa: undefined,
    relaxedSimd: true,
    threads: undefined,
    coreType: undefined,
  };
  expect(readSettings({ ZEROKARA_BACKEND: '', ZEROKARA_ADDON: '', ZEROKARA_ISA: '', ZEROKARA_THREADS: '' })).toEqual(
    none,
  );
  expect(readSettings({})).toEqual(none);
  expect(readSettings({ ZEROKARA_ISA: 'wasm-simd' })).toEqual({ ...none, relaxedSimd: false });
});

const threads = (shown: string): string =>
  `createBackend: ZEROKARA_THREADS is ${shown}; expected an integer in [1, 64]`;

describe('FOUND E3: a variable whose value is not allowed is an error, whichever backend is chosen', () => {
  test.each([
    ['ZEROKARA_BACKEND', 'gpu', 'createBackend: ZEROKARA_BACKEND is "gpu"; expected "auto", "native", "wasm" or "js"'],
    [
      'ZEROKARA_ISA',
      'v5',
      'createBackend: ZEROKARA_ISA is "v5"; expected "baseline", "v3", "v4" or "wasm-simd". Did you mean "v3"?',
    ],
    ['ZEROKARA_THREADS', 'two', threads('"two"')],
    ['ZEROKARA_THREADS', '0', threads('0')],
    ['ZEROKARA_THREADS', '65', threads('65')],
    ['ZEROKARA_THREADS', '-1', threads('"-1"')],
    ['ZEROKARA_THREADS', '1.5', threads('"1.5"')],
    ['ZEROKARA_THREADS', '0x2', threads('"0x2"')],
    ['ZEROKARA_THREADS', ' 2', threads('" 2"')],
  ])('%s=%s', (name, value, message) => {
    for (const choice of ['auto', 'native', 'wasm', 'js'] as const) {
      expectRefusal(() => selectBackend(choice, { env: { [name]: value } }), ArgumentError, message);
    }
  });

  test('in the environment of the process too', () => {
    const before = process.env['ZEROKARA_THREADS'];
    process.env['ZEROKARA_THREADS'] = 'two';
    try {
      expectRefusal(() => createBackend('auto'), ArgumentError, threads('"two"'));
    } finally {
      if (before === undefined) delete process.env['ZEROKARA_THREADS'];
      else process.env['ZEROKARA_THREADS'] = before;
    }
  });
});
