/** The records of a history as one table of numbers: growing, copying and saving it costs no object for each record. */

import type { EpochRecord } from './epoch-record.js';

/** The columns, in the order of a record's entries; a file of `trainer.save` has them in this order too. */
export const RECORD_COLUMNS = [
  'epoch',
  'step',
  'trainLoss',
  'trainAccuracy',
  'validationLoss',
  'validationAccuracy',
  'testLoss',
  'testAccuracy',
  'learningRate',
  'seconds',
] as const satisfies readonly (keyof EpochRecord)[];

const WIDTH = RECORD_COLUMNS.length;

/** What is measured for a record beside its train loss: always these, the others where they are asked for. */
export type Measurements = Pick<EpochRecord, 'epoch' | 'step' | 'learningRate' | 'seconds'> & {
  readonly [column in Measured]?: number | undefined;
};

type Measured = Exclude<keyof EpochRecord, 'epoch' | 'step' | 'trainLoss' | 'learningRate' | 'seconds'>;

const STEP = RECORD_COLUMNS.indexOf('step');

/** Records that the memory is for at first; it is doubled when needed. */
const FIRST_RESERVE = 16;

/** Rows are added and never changed, so that a view of them stays what it is. */
export class RecordTable {
  private numbers: Float64Array = new Float64Array(FIRST_RESERVE * WIDTH);
  private rows = 0;

  get length(): number {
    return this.rows;
  }

  /** All rows, (length, columns), with NaN for what was not measured. A view. */
  get data(): Float64Array {
    return this.numbers.subarray(0, this.rows * WIDTH);
  }

  /** The step of the newest record; 0 before the first. */
  get lastStep(): number {
    return this.rows === 0 ? 0 : this.numbers[(this.rows - 1) * WIDTH + STEP]!;
  }

  /** Each by its name: an epoch may be a single step, and properties looked up by column would take as long as its pass. */
  add(record: Measurements, trainLoss: number): void {
    if ((this.rows + 1) * WIDTH > this.numbers.length) this.reserve(2 * this.rows);
    const { numbers } = this;
    let at = WIDTH * this.rows++;
    numbers[at++] = record.epoch;
    numbers[at++] = record.step;
    numbers[at++] = trainLoss;
    numbers[at++] = record.trainAccuracy ?? Number.NaN;
    numbers[at++] = record.validationLoss ?? Number.NaN;
    numbers[at++] = record.validationAccuracy ?? Number.NaN;
    numbers[at++] = record.testLoss ?? Number.NaN;
    numbers[at++] = record.testAccuracy ?? Number.NaN;
    numbers[at++] = record.learningRate;
    numbers[at] = record.seconds;
  }

  /** A row as a new object. */
  at(row: number): EpochRecord {
    const record: Partial<Record<keyof EpochRecord, number>> = {};
    for (let i = 0; i < WIDTH; i++) {
      const number = this.numbers[row * WIDTH + i]!;
      if (!Number.isNaN(number)) record[RECORD_COLUMNS[i]!] = number;
    }
    return record as EpochRecord;
  }

  /** The rows of another table instead of its own. */
  replace(data: Float64Array): void {
    this.rows = 0; // nothing of the old ones is kept
    this.reserve(Math.max(FIRST_RESERVE, data.length / WIDTH));
    this.numbers.set(data);
    this.rows = data.length / WIDTH;
  }

  private reserve(rows: number): void {
    const longer = new Float64Array(rows * WIDTH);
    longer.set(this.data);
    this.numbers = longer;
  }
}
