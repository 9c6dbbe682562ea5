import Table from 'cli-table3';
import type { EpochRecord } from '../index.js';

/** Rows shown at most: the first, the last, and evenly spaced ones between. */
const ROWS = 12;

/** The records of a run as a table of text. */
export function epochTable(records: readonly EpochRecord[]): string {
  const table = new Table({
    head: ['epoch', 'step', 'train loss', 'train accuracy', 'test loss', 'test accuracy', 'seconds'],
    colAligns: new Array(7).fill('right'),
    style: { compact: true, head: [], border: [] },
  });
  const fixed = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '–';
  for (const record of thinned(records)) {
    table.push([
      record.epoch,
      record.step,
      fixed(record.trainLoss, 4),
      fixed(record.trainAccuracy, 4),
      fixed(record.testLoss, 4),
      fixed(record.testAccuracy, 4),
      fixed(record.seconds, 3),
    ]);
  }
  return table.toString();
}

function thinned<T>(rows: readonly T[]): T[] {
  if (rows.length <= ROWS) return [...rows];
  return Array.from({ length: ROWS }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (ROWS - 1))]!);
}
