import { expect, test } from 'vitest';
import { withEnvironment } from '../../../src/backend/native/load-environment.js';

test('variables are set while something is loaded, and have their earlier values again, even if that fails', () => {
  const look = () => [process.env['ZEROKARA_TEST_NEW'], process.env['ZEROKARA_TEST_OLD']];
  const within = { ZEROKARA_TEST_NEW: 'Haswell', ZEROKARA_TEST_OLD: '1' };
  const seen: ReturnType<typeof look>[] = [];
  process.env['ZEROKARA_TEST_OLD'] = '8';
  try {
    withEnvironment(within, () => void seen.push(look()));
    seen.push(look());
    const fail = (): never => {
      throw new Error('not loaded');
    };
    expect(() => withEnvironment(within, fail)).toThrow(new Error('not loaded'));
    seen.push(look());
    expect('ZEROKARA_TEST_NEW' in process.env).toBe(false);
  } finally {
    delete process.env['ZEROKARA_TEST_OLD'];
  }
  expect(seen).toEqual([
    ['Haswell', '1'],
    [undefined, '8'],
    [undefined, '8'],
  ]);
});
