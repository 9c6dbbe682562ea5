/** Whether columns can be learned from: those that cannot are refused together, so that one more option is enough. */

import { DataError, show } from '../errors.js';
import type { ColumnBuilder, Refusal } from './column-builder.js';
import type { TableColumn } from './columns.js';
import type { Places } from './places.js';

/** Columns that a message tells about. */
const TOLD = 8;

/**
 * Refuses columns before the end of the rows, as soon as one of them is certain to be refused.
 *
 * @throws {DataError} for texts and dates
 */
export function refuseEarly(operation: string, builders: readonly ColumnBuilder[], places: Places): void {
  if (!builders.some((builder) => builder.isRefused)) return;
  const refusals = builders.map((builder) => builder.refusal()).filter((refusal) => refusal !== undefined);
  throw refusalError(
    operation,
    refusals.filter(({ why }) => why !== 'empty'),
    places,
  );
}

/** @throws {DataError} for texts, dates and columns without a value, and a table without a column */
export function finishColumns(
  operation: string,
  builders: readonly ColumnBuilder[],
  places: Places,
): readonly TableColumn[] {
  for (const builder of builders) builder.end();
  const refusals = builders.map((builder) => builder.refusal()).filter((refusal) => refusal !== undefined);
  if (refusals.length > 0) throw refusalError(operation, refusals, places);
  if (builders.length === 0) {
    const found = `${places.file ?? 'the table'} has no column that is not ignored`;
    throw new DataError({ operation, found, expected: 'at least one' });
  }
  return builders.map((builder) => builder.build());
}

function refusalError(operation: string, refusals: readonly Refusal[], places: Places): DataError {
  const told = refusals.slice(0, TOLD).map(({ name, found }) => `${places.column(name)} ${found}`);
  const more = refusals.length > TOLD ? `; and ${refusals.length - TOLD} more columns like these` : '';
  const file = places.file === undefined ? '' : `${places.file}, `;
  const names = refusals.map(({ name }) => show(name)).join(', ');
  const texts = refusals.filter(({ why }) => why === 'text').map(({ name }) => show(name));
  const instead =
    texts.length === 0
      ? ''
      : `; or take every word as a category: columns: { ${texts[0]}: "category"${texts.length > 1 ? ', …' : ''} }`;
  return new DataError({
    operation,
    found: `${file}${told.join('; ')}${more}`,
    expected: 'numbers, or words that name categories',
    fix: `Leave ${refusals.length === 1 ? 'it' : 'them'} out: ignore: [${names}]${instead}`,
  });
}
