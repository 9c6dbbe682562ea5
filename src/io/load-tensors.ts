/** Named arrays of a safetensors file, whichever program wrote it. */

import { defaultBackend } from '../backend/choose/load.js';
import { DataError, show } from '../errors.js';
import { isFloats } from '../identity.js';
import { checkOptions, requireInteger, requireStrings } from '../options.js';
import { Tensor } from '../tensor/tensor.js';
import { type FileSource, placeOfSource } from './file-source.js';
import { LARGEST_FILE } from './read-file.js';
import { readSafetensors, type StoredTensor } from './safetensors.js';

/** Which tensors of a file are read, and how large it may be. */
export interface LoadTensorsOptions {
  /** The tensors to read; the others are ignored. Default: all. */
  readonly names?: readonly string[];
  /** The most bytes that the file may have. Default 2³¹ (2 GiB). */
  readonly maxBytes?: number;
}

/**
 * The tensors of a safetensors file, for `loadStateDict`: one of ours or of another program, e.g. PyTorch's.
 *
 * Half floats (F16, BF16) become float32. Integers are not tensors: they are left out, or refused if asked for by name;
 * `loadArrays` reads them. The record has no prototype, so any name can be one of its keys.
 *
 * @param source a path, a URL, or a Blob, e.g. a File that was dropped on a page
 * @throws {DataError} if the file is missing, damaged, larger than `maxBytes` or lacks a name, or if a tensor asked for
 *   does not hold floats
 * @throws {ArgumentError} for a source that is none of these, an unknown option or one of the wrong kind
 * @example net.loadStateDict(await loadTensors('weights.safetensors', { names: ['W1', 'b1'] }));
 */
export async function loadTensors(
  source: FileSource,
  options: LoadTensorsOptions = {},
): Promise<Record<string, Tensor>> {
  const operation = 'loadTensors';
  const place = placeOfSource(operation, source);
  const arrays = await load(operation, source, options);
  const backend = defaultBackend();
  const tensors = Object.create(null) as Record<string, Tensor>;
  for (const [name, { data, shape }] of Object.entries(arrays)) {
    if (isFloats(data)) {
      tensors[name] = new Tensor(data, shape, backend);
    } else if (options.names !== undefined) {
      throw new DataError({
        operation,
        found: `${place}: ${show(name)} is ${show(data)}`,
        expected: 'floats',
        fix: 'loadArrays reads integers too',
      });
    }
  }
  return tensors;
}

/**
 * The arrays of a safetensors file with their shapes, each in the typed array of its element type: `BigInt64Array` for
 * I64, `Uint8Array` for booleans. Half floats become float32.
 *
 * @throws as `loadTensors`, except that arrays need not hold floats
 */
export async function loadArrays(
  source: FileSource,
  options: LoadTensorsOptions = {},
): Promise<Record<string, StoredTensor>> {
  placeOfSource('loadArrays', source);
  return load('loadArrays', source, options);
}

async function load(
  operation: string,
  source: FileSource,
  options: LoadTensorsOptions,
): Promise<Record<string, StoredTensor>> {
  checkOptions(operation, options, ['names', 'maxBytes']);
  const { names, maxBytes = LARGEST_FILE } = options;
  if (names !== undefined) requireStrings(operation, 'names', names);
  requireInteger(operation, 'maxBytes', maxBytes, 0);
  return (await readSafetensors(operation, source, { names, maxBytes })).tensors;
}
