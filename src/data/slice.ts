/** Milliseconds of work before the event loop runs: timers and requests wait no longer than this and a step. */
export const SLICE = 8;
