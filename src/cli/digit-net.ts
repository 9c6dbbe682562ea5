/** The network that the flags of `zerokara train` ask for. */

import { ArgumentError, DataError } from '../errors.js';
import {
  type Dataset,
  DeepConvNet,
  type DeepConvNetOptions,
  type LayerDescription,
  type OptimizerName,
  Sequential,
  SimpleConvNet,
  type SimpleConvNetOptions,
  TwoLayerNet,
} from '../index.js';
import { readFile } from '../io/read-file.js';
import { requireMemory } from './memory.js';
import { formatCount } from './numbers.js';

/** Digits. */
const CLASSES = 10;

/** The book's convolutional networks, by what `--net` calls them. */
const CONVOLUTIONAL = {
  'simple-conv': (options: SimpleConvNetOptions) => new SimpleConvNet(options),
  'deep-conv': (options: DeepConvNetOptions) => new DeepConvNet(options),
} as const;

type ConvolutionalName = keyof typeof CONVOLUTIONAL;

export interface NetFlags {
  /** A convolutional network by its name, or a file that describes a network: in place of the flags below. */
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
export async function digitNet(
  flags: NetFlags,
  { inputSize, inputShape }: Pick<Dataset, 'inputSize' | 'inputShape'>,
  batchSize: number,
): Promise<DigitNet> {
  const { hiddenSize = 50, activation = 'relu', dropout, batchNorm = false, backend } = flags;
  const options = { backend, ...(flags.seed === undefined ? {} : { seed: flags.seed }) };
  if (flags.net !== undefined) {
    requireNetAlone(flags.net, flags);
    if (!isConvolutional(flags.net)) {
      const net = Sequential.fromJSON(await readJson(flags.net), options);
      return { net, told: `${flags.net}, ${net.layers.length} layers` };
    }
    const net = CONVOLUTIONAL[flags.net]({ inputShape: inputShape!, outputSize: CLASSES, ...options });
    return { net, told: `${flags.net}, ${formatCount(parameterCount(net))} parameters` };
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

/** Whether `--net` names one of the convolutional networks; anything else is a file. */
export function isConvolutional(net: string | undefined): net is ConvolutionalName {
  return net !== undefined && Object.hasOwn(CONVOLUTIONAL, net);
}

/** The rule of a network that no flag names one for: plain gradient descent trains the convolutional ones slowly. */
export function usualOptimizer(net: string | undefined): OptimizerName {
  return isConvolutional(net) ? 'adam' : 'sgd';
}

function requireNetAlone(net: string, flags: NetFlags): void {
  const others = ['hiddenSize', 'activation', 'dropout', 'batchNorm'] as const;
  const other = others.find((name) => flags[name] !== undefined);
  if (other === undefined) return;
  throw new ArgumentError({
    operation: 'train',
    found: `net and ${other} are both given`,
    expected: `either of them: ${isConvolutional(net) ? `${net} has layers of its own` : 'the file says what the layers are'}`,
  });
}

function parameterCount({ params }: Sequential): number {
  return Object.values(params).reduce((sum, { size }) => sum + size, 0);
}

async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(
    await readFile('train', path, 'simple-conv, deep-conv or a JSON file that describes a network'),
  );
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
