import { showAsText } from '../show-as-text.js';
import type { EpochRecord } from './epoch-record.js';
import { type Measurements, RecordTable } from './record-table.js';

/** What a run has done so far. */
export interface History {
  /** The batch loss of each step, taken before its update. */
  readonly losses: Float64Array;
  readonly epochs: readonly EpochRecord[];
  /**
   * What looked wrong when the last fit ended, each with its remedy; empty if nothing did, or without evaluation: the
   * network gives every row the same class, a hidden layer is dead, columns of x differ widely in scale.
   */
  readonly warnings: readonly string[];
}

/** The most losses for which memory is reserved at the start: 8 MB. A longer run doubles it when needed. */
const LARGEST_RESERVE = 2 ** 20;

/** What a history is made of, as arrays. */
export interface RecordedHistory {
  readonly losses: Float64Array;
  /** The records as a table; see `RecordTable`. */
  readonly records: Float64Array;
  readonly warnings: readonly string[];
}

/** The history as the trainer writes it: recording a loss allocates nothing, and a record is an object once somebody asks for it. */
export class HistoryRecorder implements History {
  private readonly table = new RecordTable();
  /** The records as objects, from the first time on that they are asked for: the same list and objects each time. */
  private asked: EpochRecord[] | undefined;
  private recorded: Float64Array;
  private steps = 0;
  private lossesView: Float64Array | undefined;
  warnings: readonly string[] = [];

  constructor(expectedSteps: number) {
    this.recorded = new Float64Array(Math.min(expectedSteps, LARGEST_RESERVE));
  }

  get epochs(): readonly EpochRecord[] {
    this.asked ??= Array.from({ length: this.table.length }, (_, row) => this.table.at(row));
    return this.asked;
  }

  /** The records as a table, a view: what is recorded does not change. */
  get records(): Float64Array {
    return this.table.data;
  }

  /** The newest record; undefined before the first. */
  get lastRecord(): EpochRecord | undefined {
    const { length } = this.table;
    return length === 0 ? undefined : (this.asked?.[length - 1] ?? this.table.at(length - 1));
  }

  get losses(): Float64Array {
    if (this.lossesView?.length !== this.steps) this.lossesView = this.recorded.subarray(0, this.steps);
    return this.lossesView;
  }

  /** NaN before the first step. */
  get lastLoss(): number {
    return this.recorded[this.steps - 1] ?? Number.NaN;
  }

  recordLoss(loss: number): void {
    if (this.steps === this.recorded.length) this.reserve(Math.max(1024, 2 * this.steps));
    this.recorded[this.steps++] = loss;
  }

  /** Adds a record, with the mean of the losses since the previous one. */
  record(measured: Measurements): void {
    const first = this.table.lastStep;
    let sum = 0;
    for (let i = first; i < this.steps; i++) sum += this.recorded[i]!;
    const trainLoss = sum / (this.steps - first);
    this.table.add(measured, trainLoss);
    this.asked?.push(this.table.at(this.table.length - 1));
  }

  /** Takes over what another run has recorded. */
  restore({ losses, records, warnings }: RecordedHistory): void {
    this.steps = 0;
    if (losses.length > this.recorded.length) this.reserve(losses.length);
    this.recorded.set(losses);
    this.steps = losses.length;
    this.table.replace(records);
    this.asked = undefined;
    this.warnings = [...warnings];
  }

  /** The public fields, losses as a list. */
  toJSON(): object {
    return { losses: [...this.losses], epochs: this.epochs, warnings: this.warnings };
  }

  /** The last record, which `console.log` shows too. */
  toString(): string {
    const last = this.lastRecord;
    const record = last === undefined ? '' : `, the last: ${JSON.stringify(last)}`;
    const warnings = this.warnings.map((warning) => `\n- ${warning}`).join('');
    return `History of ${this.steps} steps and ${this.table.length} records${record}${warnings}`;
  }

  private reserve(length: number): void {
    const longer = new Float64Array(length);
    longer.set(this.recorded.subarray(0, this.steps));
    this.recorded = longer;
    this.lossesView = undefined;
  }
}

showAsText(HistoryRecorder);
