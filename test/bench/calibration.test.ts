import { expect, test } from 'vitest';
import { Calibrator, calmRounds } from '../../src/bench/calibration.js';

test('a round is calm when every calibration around its measurements is near the best of the run', () => {
  const at = (one: number, two = one) => ({ one, two });
  expect(
    calmRounds([
      [at(4), at(4.1), at(4.4)],
      [at(4), at(5), at(4)], // others used the machine for a moment
      [at(4.2), at(4, 8), at(4)], // the second core was no core of its own
      [at(4.5), at(4.5), at(4.5)],
    ]),
  ).toEqual([0, 3]);
});

test('the work takes measurable time on one core and on two', async () => {
  const calibrator = new Calibrator();
  try {
    await calibrator.warmUp();
    const { one, two } = await calibrator.measure();
    expect(one).toBeGreaterThan(0.5);
    expect(two).toBeGreaterThan(0.5);
  } finally {
    await calibrator.stop();
  }
});
