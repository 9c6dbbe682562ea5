import { expect, test, vi } from 'vitest';
import { time, type Workload } from '../../src/bench/timing.js';

/** Waits so many microseconds in its first operation, and almost none in the others. */
function slowOnce(microseconds: number): Workload {
  let count = 0;
  return {
    check: () => ({ values: [] }),
    run: () => {
      if (count++ > 0) return;
      for (const end = performance.now() + microseconds / 1000; performance.now() < end; );
    },
  };
}

test('a first operation that took far longer than the others does not decide how many are a block', async () => {
  const clock = vi.spyOn(performance, 'now');
  try {
    const { median, min, iterations } = await time(slowOnce(2_000), 150);
    expect(median).toBeLessThan(50);
    expect(min).toBeLessThanOrEqual(median);
    // The waiting of the first operation reads it some thousand times.
    expect(iterations).toBeGreaterThan(10 * clock.mock.calls.length);
  } finally {
    clock.mockRestore();
  }
});

test('an operation as long as a block is made once where there is time for no more', async () => {
  let count = 0;
  const { median, iterations } = await time(
    {
      check: () => ({ values: [] }),
      run: () => {
        count++;
        for (const end = performance.now() + 4; performance.now() < end; );
      },
    },
    1,
  );
  expect([count, iterations]).toEqual([1, 1]);
  expect(median).toBeGreaterThanOrEqual(4_000);
});
