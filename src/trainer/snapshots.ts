import type { Floats } from '../backend/backend.js';
import type { Network } from '../models/network.js';
import type { Optimizer } from '../optim/optimizer.js';
import { copyPlain, samePlain } from './plain-data.js';
import {
  type LearnedState,
  learnedState,
  type PlainTensors,
  rememberedState,
  restoreLearned,
} from './training-state.js';

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
  /** Each array of the network beside its copy in `learned`. */
  readonly arrays: readonly (readonly [live: Floats, copy: Floats])[];
}

/**
 * What a run can go back to when its loss is no longer finite: the newest snapshot, the newest proven one before it, and
 * the first. A snapshot is proven once a finite loss has been computed from its weights. The memory of three copies is
 * allocated in the first epochs and reused.
 */
export class Snapshots {
  /** Oldest first, at most three; only the last may be unproven. */
  private readonly slots: Slot[] = [];

  constructor(
    private readonly net: Network,
    private readonly optimizer: Optimizer,
  ) {}

  /** Copies what the network has learned by now. An epoch may be a single step, so this must be quick. */
  take(step: number): void {
    const slot = this.freeSlot();
    for (const [live, copy] of slot.arrays) copy.set(live);
    const { net, optimizer } = this;
    const { layers, optimizer: remembered } = rememberedState(net, optimizer);
    const { params, buffers, ...old } = slot.learned;
    slot.learned = {
      params,
      buffers,
      layers: copyPlain(layers, old.layers),
      optimizer: copyPlain(remembered, old.optimizer),
    };
    slot.step = step;
    slot.proven = false;
    this.slots.push(slot);
  }

  /** The slot to write into: the newest if it is not proven, else the proven one between first and newest, else a new one. */
  private freeSlot(): Slot {
    if (this.slots.at(-1)?.proven === false) return this.slots.pop()!;
    if (this.slots.length === 3) return this.slots.splice(1, 1)[0]!;
    const live = learnedState(this.net, this.optimizer);
    const learned = copyPlain(live);
    const pairs = (of: PlainTensors, copies: PlainTensors): (readonly [Floats, Floats])[] =>
      Object.keys(of).map((name) => [of[name]!.data, copies[name]!.data] as const);
    const arrays = [...pairs(live.params, learned.params), ...pairs(live.buffers, learned.buffers)];
    return { step: 0, learned, proven: false, arrays };
  }

  /** Marks the newest one as proven: a finite loss has been computed from it. */
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
