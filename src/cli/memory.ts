import { totalmem } from 'node:os';
import { ArgumentError, formatBytes } from '../errors.js';

/** Bytes of memory that this process may use: the machine's, or less where a container limits it. */
function availableMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Refuses a two-layer network whose training cannot fit into memory, before anything is allocated. The system would
 * otherwise grant memory that it does not have, and kill the process when it is used.
 *
 * @throws {ArgumentError} with the memory it would take
 */
export function requireMemory(sizes: { inputSize: number; hiddenSize: number; outputSize: number; batchSize: number }) {
  const { inputSize, hiddenSize, outputSize, batchSize } = sizes;
  const parameters = (inputSize + 1) * hiddenSize + (hiddenSize + 1) * outputSize;
  const activations = batchSize * (inputSize + 2 * (hiddenSize + outputSize));
  const bytes = 4 * (2 * parameters + activations);
  const available = availableMemory();
  if (!(bytes > available)) return;
  throw new ArgumentError({
    operation: 'train',
    found: `hiddenSize is ${hiddenSize}, and training ${inputSize}-${hiddenSize}-${outputSize} in batches of ${batchSize} takes ${formatBytes(bytes)}`,
    expected: `no more than the ${formatBytes(available)} of memory here`,
  });
}
