import { isNamed } from '../identity.js';
import type { DatasetStream } from './dataset-stream.js';

/**
 * Whether the value is a `DatasetStream`, without loading what reads streams: a page that trains on a `Dataset` has no use for
 * readers of files and CSV.
 */
export function isStream(value: unknown): value is DatasetStream {
  return isNamed(value, 'DatasetStream');
}
