import type { Network } from '../models/network.js';
import type { Optimizer } from '../optim/optimizer.js';
import { copyPlain, samePlain } from './plain-data.js';
import { type LearnedState, learnedState, restoreLearned } from './training-state.js';

/** What the network had learned after one step, as a copy. */
export interface Snapshot {
  /** The step after which it was taken. */
  readonly step: number;
  readonly learned: LearnedState;
}

interface Slot {
  step: number;
  learned: LearnedState;
  /** Whether a finite loss has been computed from it. */
  proven: boolean;
}

/**
 * What a run can go back to when its loss is no longer finite: the newest snapshot, the newest proven one before it, and
 * the first. A snapshot is proven once a finite loss has been computed from its weights. The memory of three copies is
 * reserved in the first epochs and used again.
 */
export class Snapshots {
  /** Oldest first, at most three; only the last may be unproven. */
  private readonly slots: Slot[] = [];

  constructor(
    private readonly net: Network,
    private readonly optimizer: Optimizer,
  ) {}

  /** Copies what the network has learned by now. */
  take(step: number): void {
    const newest = this.slots.at(-1);
    let spare: Slot | undefined;
    if (newest !== undefined && !newest.proven) spare = this.slots.pop();
    else if (this.slots.length === 3) spare = this.slots.splice(1, 1)[0];
    const learned = copyPlain(learnedState(this.net, this.optimizer), spare?.learned);
    this.slots.push({ step, learned, proven: false });
  }

  /** A finite loss has been computed from the newest one. */
  prove(): void {
    this.slots.at(-1)!.proven = true;
  }

  /** The step after which the newest one was taken. */
  get newestStep(): number {
    return this.slots.at(-1)!.step;
  }

  /** Whether the newest one is proven and equals what the network holds now, to the bit. */
  get presentIsProven(): boolean {
    const newest = this.slots.at(-1);
    return newest?.proven === true && samePlain(newest.learned, learnedState(this.net, this.optimizer));
  }

  /** Those to try, newest first. */
  get newestFirst(): readonly Snapshot[] {
    return [...this.slots].reverse();
  }

  restore({ learned }: Snapshot): void {
    restoreLearned(this.net, this.optimizer, learned);
  }
}
