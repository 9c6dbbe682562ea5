/**
 * Slices of work, between which the event loop runs: timers and requests wait no longer than one of them and a step.
 *
 * The clock is the thread's, not that of one call: many short runs one after another, each within a slice, would otherwise keep
 * everything else out, because what is awaited in between needs no turn of the event loop.
 */

import { platform } from '#platform';

/** Milliseconds of work before the event loop runs. */
const SLICE = 8;

/** The event loop has certainly run in this time, even if its timers are those of a test, which stand still. */
const LONG_AGO = 1000;

let end = Number.NEGATIVE_INFINITY;
let hasTurned = true;

/** Begins a slice, unless the event loop has not run since the last one began. */
export function beginSlice(): void {
  if (hasTurned || platform.now() > end + LONG_AGO) begin();
}

export function isSliceOver(): boolean {
  return platform.now() >= end;
}

/** Lets the event loop run, and begins a slice. */
export async function nextSlice(): Promise<void> {
  await platform.eventLoopTurn();
  begin();
}

function begin(): void {
  end = platform.now() + SLICE;
  hasTurned = false;
  void platform.eventLoopTurn().then(() => {
    hasTurned = true;
  });
}
