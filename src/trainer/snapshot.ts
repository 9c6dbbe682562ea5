import { allocate, type Floats } from '../backend/backend.js';
import type { Tensors } from '../layers/layer.js';

/** A copy of all parameters to go back to, in memory that is reserved once. */
export class Snapshot {
  private readonly copies = new Map<string, Floats>();
  /** The step after which it was taken. */
  step: number = 0;

  constructor(private readonly params: Tensors) {
    for (const name in params) this.copies.set(name, allocate(params[name]!.dtype, params[name]!.size));
  }

  take(step: number): void {
    for (const [name, copy] of this.copies) copy.set(this.params[name]!.data);
    this.step = step;
  }

  restore(): void {
    for (const [name, copy] of this.copies) this.params[name]!.data.set(copy);
  }
}
