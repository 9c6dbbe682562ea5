/** The network that the flags of `zerokara train` ask for. */

import { ArgumentError, DataError } from '../errors.js';
import { type LayerDescription, Sequential, TwoLayerNet } from '../index.js';
import { readFile } from '../io/read-file.js';
import { requireMemory } from './memory.js';

/** Digits. */
const CLASSES = 10;

export interface NetFlags {
  /** A file that describes the network, in place of the flags below. */
  readonly net?: string;
  readonly hiddenSize?: number;
  readonly activation?: 'relu' | 'sigmoid' | 'tanh';
  readonly dropout?: number;
  readonly batchNorm?: boolean;
  readonly seed?: number;
  readonly backend: 'auto' | 'native' | 'wasm' | 'js';
}

/** A network, and how it is told on one line. */
export interface DigitNet {
  readonly net: Sequential;
  readonly told: string;
}

/**
 * @throws {ArgumentError} for flags that contradict each other or a description of no network, {DataError} for a file that
 *   is missing or no JSON
 */
export async function digitNet(flags: NetFlags, inputSize: number, batchSize: number): Promise<DigitNet> {
  const { hiddenSize = 50, activation = 'relu', dropout, batchNorm = false, backend } = flags;
  const options = { backend, ...(flags.seed === undefined ? {} : { seed: flags.seed }) };
  if (flags.net !== undefined) {
    const others = ['hiddenSize', 'activation', 'dropout', 'batchNorm'] as const;
    const other = others.find((name) => flags[name] !== undefined);
    if (other !== undefined) {
      throw new ArgumentError({
        operation: 'train',
        found: `net and ${other} are both given`,
        expected: 'either of them: the file says what the layers are',
      });
    }
    const net = Sequential.fromJSON(await readJson(flags.net), options);
    return { net, told: `${flags.net}, ${net.layers.length} layers` };
  }
  requireMemory({ inputSize, hiddenSize, outputSize: CLASSES, batchSize });
  if (dropout === undefined && !batchNorm) {
    const net = new TwoLayerNet({ inputSize, hiddenSize, outputSize: CLASSES, activation, ...options });
    return { net, told: `${inputSize}-${hiddenSize}-${CLASSES}, ${activation}` };
  }
  const layers: LayerDescription[] = [
    { type: 'affine', outputSize: hiddenSize, ...(activation === 'relu' ? { weightInitStd: 'he' } : {}) },
    ...(batchNorm ? [{ type: 'batchNormalization' } as const] : []),
    { type: activation },
    ...(dropout === undefined ? [] : [{ type: 'dropout', ratio: dropout } as const]),
    { type: 'affine', outputSize: CLASSES },
  ];
  const added = [
    ...(batchNorm ? ['batch normalisation'] : []),
    ...(dropout === undefined ? [] : [`dropout ${dropout}`]),
  ];
  return {
    net: Sequential.from({ input: inputSize, layers }, options),
    told: `${inputSize}-${hiddenSize}-${CLASSES}, ${[activation, ...added].join(', ')}`,
  };
}

async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readFile('train', path, 'a JSON file that describes a network'));
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new DataError(
      {
        operation: 'train',
        found: `${path} is not JSON (${(cause as Error).message})`,
        expected: 'the description of a network, as net.describe() returns it',
      },
      { cause },
    );
  }
}
