import { allocate, type Dtype, type Floats, withinMemory } from '../backend/backend.js';
import type { Random } from '../random.js';
import type { RowSource } from './rows.js';
import type { StreamShape } from './stream-options.js';

/**
 * Rows of a stream in memory that is allocated once: the window, from which batches are drawn, and the rows read ahead that
 * will follow into it, first in first out.
 *
 * A row is written into a slot once and never moves; the lists below hold the numbers of slots. So what is drawn depends only
 * on the order of the rows and the random numbers, not on when the rows arrived.
 */
export class RowWindow {
  /** The numbers of x, a row for each slot. */
  readonly x: RowSource;
  /** The class of each slot, or its row of targets. */
  readonly learned: Int32Array | Floats;
  /** The slots of the window: those to draw from come first, those of the last draw after them. */
  readonly members: Int32Array;
  /** Slots of rows read ahead, a ring that begins at `head`. */
  private readonly ahead: Int32Array;
  private readonly free: Int32Array;
  private heldRows = 0;
  private head = 0;
  private queuedRows = 0;
  private freeSlots = 0;

  /** @param size rows in the window; as many again are read ahead */
  constructor(
    { inputSize, outputSize, kind, byteScale }: StreamShape,
    readonly size: number,
    dtype: Dtype,
  ) {
    const slots = 2 * size;
    const operation = 'DatasetStream';
    const integers = (n: number): Int32Array => withinMemory(operation, 'int32', n, () => new Int32Array(n));
    this.x =
      byteScale === undefined
        ? allocate(dtype, slots * inputSize, operation)
        : withinMemory(operation, 'uint8', slots * inputSize, () => new Uint8Array(slots * inputSize));
    this.learned = kind === 'classification' ? integers(slots) : allocate(dtype, slots * outputSize, operation);
    this.members = integers(size);
    this.ahead = integers(slots);
    this.free = integers(slots);
    this.clear();
  }

  /** Rows in the window. */
  get held(): number {
    return this.heldRows;
  }

  /** Rows in the window and read ahead. */
  get rows(): number {
    return this.heldRows + this.queuedRows;
  }

  get isFull(): boolean {
    return this.freeSlots === 0;
  }

  /** The slot for the next row; it is part of the queue once `push` has been called. There must be a free one. */
  get nextSlot(): number {
    return this.free[this.freeSlots - 1]!;
  }

  push(): void {
    const slot = this.free[--this.freeSlots]!;
    this.ahead[(this.head + this.queuedRows++) % this.ahead.length] = slot;
  }

  /** Lets the next rows into the window, as far as there is room. */
  fill(): void {
    while (this.heldRows < this.size && this.queuedRows > 0) {
      this.members[this.heldRows++] = this.ahead[this.head]!;
      this.head = (this.head + 1) % this.ahead.length;
      this.queuedRows--;
    }
  }

  /**
   * Draws `count` rows of the window at random. Their slots stand in `members`, from the returned place on, and hold the rows
   * until the next call: they are free then.
   */
  draw(count: number, random: Random): number {
    const { members } = this;
    for (let i = 0; i < count; i++) {
      const left = this.heldRows;
      const chosen = random.integer(left);
      const slot = members[chosen]!;
      members[chosen] = members[left - 1]!;
      members[left - 1] = slot;
      this.heldRows--;
      this.free[this.freeSlots++] = slot;
    }
    return this.heldRows;
  }

  /** Lets go of the rows in the window. */
  empty(): void {
    for (let i = 0; i < this.heldRows; i++) this.free[this.freeSlots++] = this.members[i]!;
    this.heldRows = 0;
  }

  /** Forgets all rows. */
  clear(): void {
    this.heldRows = 0;
    this.queuedRows = 0;
    this.head = 0;
    this.freeSlots = this.free.length;
    // The last slot first: the first rows of an epoch lie in order.
    for (let i = 0; i < this.freeSlots; i++) this.free[i] = this.freeSlots - 1 - i;
  }
}
