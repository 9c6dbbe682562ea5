import { allocate } from '../backend/backend.js';
import { CHUNK_ROWS } from '../data/chunk.js';
import type { Sequential } from '../models/sequential.js';

/**
 * What the network answers to many rows, some at a time: its buffers stay as small as for one chunk.
 *
 * @param x (N, inputSize) @returns (N, outputSize)
 */
export function outputsOf(net: Sequential, x: Float32Array): Float32Array {
  const inputSize = net.inputSize!;
  const outputSize = net.outputSize!;
  const n = x.length / inputSize;
  const y = allocate('float32', n * outputSize, 'TableModel') as Float32Array;
  for (let start = 0; start < n; start += CHUNK_ROWS) {
    const end = Math.min(start + CHUNK_ROWS, n);
    const rows = { data: x.subarray(start * inputSize, end * inputSize), shape: [end - start, inputSize] };
    y.set(net.predict(rows).data, start * outputSize);
  }
  return y;
}
