import type { Floats } from '../backend/backend.js';
import { copyPlain, copyTogether, samePlain } from '../io/plain-data.js';
import type { Network } from '../models/network.js';
import type { Optimizer, OptimizerState } from '../optim/optimizer.js';
import {
  type LearnedState,
  learnedState,
  type OptimizerData,
  type PlainTensors,
  plainTensors,
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
  readonly arrays: readonly Pair[];
  /** The same of the optimizer, which may come to keep others. */
  remembered: readonly Pair[];
}

/** An array and its copy. */
interface Pair {
  /** Under which name the optimizer keeps it, e.g. velocity; empty for those of the network. */
  readonly owner: string;
  readonly name: string;
  readonly live: Floats;
  readonly copy: Floats;
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
    copyAll(slot.arrays);
    const { params, buffers, layers, optimizer } = slot.learned;
    slot.learned = {
      params,
      buffers,
      layers: copyPlain(this.net.layerStates?.() ?? [], layers),
      optimizer: this.copyOptimizer(slot, optimizer),
    };
    slot.step = step;
    slot.proven = false;
    this.slots.push(slot);
  }

  /** What the optimizer remembers: array by array where it keeps those of the time before. */
  private copyOptimizer(slot: Slot, old: OptimizerData | undefined): OptimizerData | undefined {
    const state = this.optimizer.state?.();
    if (state === undefined) return undefined;
    const numbers = { ...state.numbers };
    if (old !== undefined && areThose(state, slot.remembered)) {
      copyAll(slot.remembered);
      return { numbers, tensors: old.tensors };
    }
    const tensors = copyTogether(plainTensors(state.tensors), old?.tensors);
    slot.remembered = Object.keys(state.tensors).flatMap((name) => pairsOf(state.tensors[name]!, tensors[name]!, name));
    return { numbers, tensors };
  }

  /** The slot to write into: the newest if it is not proven, else the proven one between first and newest, else a new one. */
  private freeSlot(): Slot {
    if (this.slots.at(-1)?.proven === false) return this.slots.pop()!;
    if (this.slots.length === 3) return this.slots.splice(1, 1)[0]!;
    const live = learnedState(this.net, this.optimizer);
    const learned = copyTogether(live);
    const arrays = [...pairsOf(live.params, learned.params), ...pairsOf(live.buffers, learned.buffers)];
    return { step: 0, learned, proven: false, arrays, remembered: [] };
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

function pairsOf(live: PlainTensors, copies: PlainTensors, owner = ''): readonly Pair[] {
  return Object.keys(live).map((name) => ({ owner, name, live: live[name]!.data, copy: copies[name]!.data }));
}

function copyAll(pairs: readonly Pair[]): void {
  for (let i = 0; i < pairs.length; i++) pairs[i]!.copy.set(pairs[i]!.live);
}

/** Whether the optimizer keeps exactly these arrays, under these names. */
function areThose({ tensors }: OptimizerState, pairs: readonly Pair[]): boolean {
  let count = 0;
  for (const owner in tensors) {
    for (const name in tensors[owner]) {
      const pair = pairs[count++];
      if (pair?.live !== tensors[owner]![name]!.data || pair.owner !== owner || pair.name !== name) return false;
    }
  }
  return count === pairs.length;
}
