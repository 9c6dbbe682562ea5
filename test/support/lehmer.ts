/** Numbers that the scripts of golden values make too: scripts/lib/torch_fixtures.py. */

import type { Floats } from '../../src/backend/backend.js';

/** Lehmer's generator: its products stay below 2⁵³, so both sides compute the same numbers. */
export class Stream {
  constructor(private state: number) {}

  integer(): number {
    this.state = (this.state * 16807) % 2147483647;
    return this.state;
  }

  value(): number {
    return (this.integer() / 2147483647) * 2 - 1;
  }

  fill(data: Floats, make: (value: number) => number = (value) => value): void {
    for (let i = 0; i < data.length; i++) data[i] = make(this.value());
  }
}

/** The float64 numbers of a golden value. */
export function decodeFloats(text: string): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}
