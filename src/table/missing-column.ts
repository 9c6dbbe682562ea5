import { DataError, show } from '../errors.js';
import { nearestName } from '../options.js';

/**
 * What is wrong where a column is missing, with the name that was probably meant.
 *
 * @param within how many rows were looked at, if not all
 */
export function missingColumn(
  operation: string,
  where: string,
  name: string,
  present: readonly string[],
  within?: number,
): DataError {
  const nearest = nearestName(name, present);
  const rows = within === undefined ? '' : ` in its first ${within} rows`;
  const others = present.length === 0 ? 'and no other either' : `but ${show(present)}`;
  return new DataError({
    operation,
    found: `${where} has no column ${show(name)}${rows}, ${others}`,
    expected: 'every column that the model was trained on',
    fix: nearest === undefined ? undefined : `Did you mean ${show(name)} by ${show(nearest)}?`,
  });
}
