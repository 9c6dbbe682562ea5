/** The job's arrays, as the JavaScript systems need them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ImageJobFolder, readImageJobFolder } from '../image-job-folder.js';
import { type WeightedLayer, weightedLayers } from '../image-nets.js';
import { readJobFolder } from '../job-folder.js';
import { type RowFacts, readParameters } from '../job-rows.js';
import type { PeerJob, PeerRows } from './batches.js';

/** A network of images. */
export interface PeerImageJob extends PeerRows, ImageJobFolder {
  /** The layers with weights, first to last; W of a convolution is (h, w, C, F). */
  readonly weights: readonly (WeightedLayer & { W: Float32Array; b: Float32Array })[];
}

export function readJob(folder: string): PeerJob {
  const facts = readJobFolder(folder);
  const take = parameterReader(facts);
  const layers = facts.sizes.slice(1).map((outputs, l) => {
    const inputs = facts.sizes[l]!;
    return { inputs, outputs, W: take(inputs * outputs), b: take(outputs) };
  });
  return { ...facts, ...readRows(facts), layers };
}

/** @returns undefined for the folder of a fully connected network */
export function readImageJob(folder: string): PeerImageJob | undefined {
  const facts = readImageJobFolder(folder);
  if (facts === undefined) return undefined;
  const take = parameterReader(facts);
  const weights = weightedLayers(facts).map((layer) => {
    const W = take(layer.shape.reduce((product, length) => product * length));
    return { ...layer, W, b: take(layer.shape.at(-1)!) };
  });
  return { ...facts, ...readRows(facts), weights };
}

/** The parameters in portions, one after another. */
function parameterReader(facts: RowFacts): (count: number) => Float32Array {
  const parameters = readParameters(facts);
  let offset = 0;
  return (count) => {
    offset += count;
    return parameters.slice(offset - count, offset);
  };
}

function readRows({ folder, batchSize }: RowFacts): Pick<PeerRows, 'x' | 'labels' | 'batches'> {
  const x = Float32Array.from(new Uint8Array(read(folder, 'x.u8')), (byte) => byte / 255);
  const labels = new Int32Array(read(folder, 'labels.i32'));
  const indices = new Int32Array(read(folder, 'indices.i32'));
  const batches: Int32Array[] = [];
  for (let start = 0; start < indices.length; start += batchSize)
    batches.push(indices.subarray(start, start + batchSize));
  return { x, labels, batches };
}

function read(folder: string, name: string): ArrayBuffer {
  return new Uint8Array(readFileSync(join(folder, name))).buffer;
}
