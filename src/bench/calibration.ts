/**
 * Is the machine calm? A fixed piece of work, timed before and after each measurement, on one core and on two at once.
 *
 * Two virtual cores are sometimes one physical core, and other processes may use the machine: a measurement is noisy if the
 * work next to it took longer than usual. One thread is judged by one core, several threads by two. The work keeps a
 * core's arithmetic units busy, so that two threads that share one core slow each other down.
 */

import { quantile } from './statistics.js';

/** Iterations of the loop: about four milliseconds. */
export const ITERATIONS = 2_000_000;

/** How much longer than usual the work may take. */
const NOISY = 1.15;

/** The work; its source must run in another thread as well, so it refers to nothing outside itself. */
export function work(iterations: number): number {
  let [a, b, c, d, e, f, g, h] = [1, 2, 3, 4, 5, 6, 7, 8];
  for (let i = 0; i < iterations; i++) {
    a = a * 0.999 + 0.1;
    b = b * 0.999 + 0.2;
    c = c * 0.999 + 0.3;
    d = d * 0.999 + 0.4;
    e = e * 0.999 + 0.5;
    f = f * 0.999 + 0.6;
    g = g * 0.999 + 0.7;
    h = h * 0.999 + 0.8;
  }
  return a + b + c + d + e + f + g + h;
}

/** Milliseconds of the work in this thread. */
export function timeWork(): number {
  const start = performance.now();
  work(ITERATIONS);
  return performance.now() - start;
}

/** Milliseconds of the work on one core, and of the slower one on two. */
export interface Calibration {
  readonly one: number;
  readonly two: number;
}

/** Times the work here, and here and in another thread at once. */
export interface Calibrator {
  measure(): Promise<Calibration>;
}

/** What all calibrations of a job say about the machine: milliseconds of the work, typical and slow. */
export interface Noise {
  readonly usual: Calibration;
  readonly slow: Calibration;
}

/** The usual time is the lower quartile, which a few lucky moments do not move; one time in ten is longer than the slow one. */
export function noiseOf(calibrations: readonly Calibration[]): Noise {
  const at = (q: number): Calibration => ({
    one: quantile(
      calibrations.map(({ one }) => one),
      q,
    ),
    two: quantile(
      calibrations.map(({ two }) => two),
      q,
    ),
  });
  return { usual: at(0.25), slow: at(0.9) };
}

/** Whether a measurement with that many threads, between two calibrations, had the machine to itself. */
export function isCalm(around: readonly Calibration[], { usual }: Noise, threads: number): boolean {
  return around.every(({ one, two }) => one <= NOISY * usual.one && (threads === 1 || two <= NOISY * usual.two));
}
