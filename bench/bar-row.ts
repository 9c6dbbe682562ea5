/** A line of the bar. */

import type { JobResult } from '../src/bench/measure.js';
import type { JobName } from './jobs.js';

/** A number of a run: the time of one lane ÷ the time of another, or a figure that a lane reports. */
export interface BarRow {
  readonly title: string;
  readonly job: JobName;
  /** Ids of lanes. */
  readonly lane?: string;
  readonly base?: string;
  /** In place of a base: the fastest round of any of these lanes, whatever the other rounds took. */
  readonly bestOf?: readonly string[];
  /** The lanes' own figure in place of their times; of the lane alone, if there is no base. */
  readonly figure?: string;
  /** What else is judged, if there is no lane. */
  value?(result: JobResult): number | undefined;
  /** How the ratio of times r is shown: as it is, as rows per second (1 / r), or as the excess over 1. */
  readonly shown?: 'rate' | 'overhead';
  readonly good: number;
  readonly goal: number;
}
