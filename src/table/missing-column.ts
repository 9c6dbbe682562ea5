import { DataError, show } from '../errors.js';
import { nearestName } from '../options.js';

/** What is wrong where a column is missing, with the name that was probably meant. */
export function missingColumn(operation: string, where: string, name: string, present: readonly string[]): DataError {
  const nearest = nearestName(name, present);
  return new DataError({
    operation,
    found: `${where} has no column ${show(name)}, but ${present.length === 0 ? 'none' : show(present)}`,
    expected: 'every column that the model was trained on',
    fix: nearest === undefined ? undefined : `Did you mean ${show(name)} by ${show(nearest)}?`,
  });
}
