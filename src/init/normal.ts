/** Normally distributed initial weights. */

import type { Floats } from '../backend/backend.js';
import type { Random } from '../random.js';

/** Fills `data` with draws from the normal distribution of mean 0; float32 and float64 use the same draws. */
export function fillNormal(data: Floats, std: number, random: Random): void {
  for (let i = 0; i < data.length; i++) data[i] = std * random.normal();
}
