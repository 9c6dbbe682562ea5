/** What decides how ranks work together, and what they count. */

/** The parts of a batch with `deterministic`, and so the most ranks. */
export const FIXED_PARTS = 8;

/** Bytes of gradients that are sent at once. */
export const BUCKET_BYTES: number = 2 ** 20;

export interface Settings {
  readonly deterministic: boolean;
  readonly bucketBytes: number;
  readonly synchronizeBatchNormalization: boolean;
}

/** Counters of a rank. */
export interface Counted {
  steps: number;
  waitSeconds: number;
}
