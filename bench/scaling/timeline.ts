/** When a training step has what, on one rank without others: measured for some numbers of rows, estimated between them. */

/** The gradient of one parameter. */
export interface Gradient {
  readonly name: string;
  readonly bytes: number;
}

/** Microseconds since the beginning of a step. */
export interface StepTimes {
  /** Rows of the batch. */
  readonly rows: number;
  /** When each gradient is complete; the order is that of `Timeline.gradients`. */
  readonly ready: readonly number[];
  /** The end of the backward pass. */
  readonly backward: number;
  /** How long the optimizer's update takes after it. */
  readonly update: number;
}

export interface Timeline {
  readonly title: string;
  /** In the order in which the backward pass completes them: those of the last layer first. */
  readonly gradients: readonly Gradient[];
  /** By ascending number of rows. */
  readonly measured: readonly StepTimes[];
}

/**
 * The times of a step with this many rows: on the line between the two measured numbers of rows around it; beyond the largest, on the
 * line through the last two.
 *
 * @throws {RangeError} for less rows than were measured
 */
export function timesOf({ title, measured }: Timeline, rows: number): StepTimes {
  const first = measured[0]!;
  if (rows < first.rows) throw new RangeError(`${title}: ${rows} rows; the least that was measured is ${first.rows}`);
  if (measured.length === 1) {
    if (rows === first.rows) return first;
    throw new RangeError(`${title}: ${rows} rows; only ${first.rows} were measured`);
  }
  const above = measured.findIndex((times) => times.rows >= rows);
  const index = above < 0 ? measured.length - 1 : Math.max(above, 1);
  const [low, high] = [measured[index - 1]!, measured[index]!];
  const share = (rows - low.rows) / (high.rows - low.rows);
  const between = (a: number, b: number): number => a + share * (b - a);
  const backward = between(low.backward, high.backward);
  return {
    rows,
    // Lines through noisy times may cross beyond the largest.
    ready: low.ready.map((time, i) => Math.min(between(time, high.ready[i]!), backward)),
    backward,
    update: between(low.update, high.update),
  };
}

/** Gradients that travel together. */
export interface Bucket {
  /** When the last of its gradients is complete. */
  readonly ready: number;
  readonly bytes: number;
}

/**
 * Gradients in the order of the backward pass, gathered until a bucket has at least so many bytes. A gradient is not cut.
 *
 * @param least 0 for a bucket each
 */
export function bucketsOf(gradients: readonly Gradient[], ready: readonly number[], least: number): Bucket[] {
  const buckets: Bucket[] = [];
  let bytes = 0;
  gradients.forEach((gradient, i) => {
    bytes += gradient.bytes;
    if (bytes < least && i < gradients.length - 1) return;
    buckets.push({ ready: ready[i]!, bytes });
    bytes = 0;
  });
  return buckets;
}
