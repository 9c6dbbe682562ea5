import { LoneLink } from '../../src/distributed/link.js';
import type { Floats } from '../../src/index.js';

/** The first of two ranks, of which the other says what this one says; what is gathered is kept. */
export class EchoLink extends LoneLink {
  override readonly size = 2 as 1;
  readonly gathered: [own: readonly number[], patience: number][] = [];

  override sum(...[array]: readonly Floats[]): void {
    for (let i = 0; i < array!.length; i++) array![i]! *= 2;
  }

  override gather(own: readonly number[], patience = 1): Float64Array {
    this.gathered.push([[...own], patience]);
    return Float64Array.of(...own, ...own);
  }
}
