import { defaultBackend } from '../backend/choose/load.js';
import { DataError, ZerokaraError } from '../errors.js';
import { isFloats } from '../identity.js';
import { writeFileAtomic } from '../io/atomic-file.js';
import { encodeSafetensors, readSafetensors, type SafetensorsContents } from '../io/safetensors.js';
import type { Tensors } from '../layers/layer.js';
import { Tensor } from '../tensor/tensor.js';
import type { Network } from './network.js';

/** Which network a file holds, and the constructor's options that build it. */
export interface Architecture {
  readonly network: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The metadata entry that holds the architecture, as JSON. */
const ARCHITECTURE = 'zerokara.architecture';

/** Writes parameters and architecture as one safetensors file: whole, or not at all. */
export async function saveNetwork(
  operation: string,
  path: string,
  architecture: Architecture,
  params: Tensors,
): Promise<void> {
  const chunks = encodeSafetensors(params, { [ARCHITECTURE]: JSON.stringify(architecture) }, operation);
  await writeFileAtomic(path, chunks, operation);
}

/**
 * Reads a file of `saveNetwork`, builds the network by `build` from the saved options, and fills in the parameters.
 *
 * @throws {DataError} if the file is missing, damaged, or holds another network
 */
export async function loadNetwork<N extends Pick<Network, 'loadStateDict'>>(
  operation: string,
  path: string,
  network: string,
  build: (options: Readonly<Record<string, unknown>>) => N,
): Promise<N> {
  const { tensors, metadata } = await readSafetensors(operation, path, { expected: 'a file written by save' });
  const architecture = parseArchitecture(operation, path, metadata[ARCHITECTURE]);
  if (architecture.network !== network) {
    throw new DataError({
      operation,
      found: `${path} holds a ${architecture.network}`,
      expected: `a ${network}`,
      fix: `Load it with ${architecture.network}.load`,
    });
  }
  try {
    const net = build(architecture.options);
    net.loadStateDict(asTensors(operation, path, tensors));
    return net;
  } catch (error) {
    // A file of another version or another writer: its options or arrays do not make this network.
    if (!(error instanceof ZerokaraError) || error instanceof DataError || error.code === 'ZK_BACKEND') throw error;
    throw new DataError(
      { operation, found: `${path} does not describe a ${network} (${error.message})` },
      { cause: error },
    );
  }
}

function asTensors(operation: string, path: string, stored: SafetensorsContents['tensors']): Record<string, Tensor> {
  const tensors = Object.create(null) as Record<string, Tensor>;
  for (const [name, { data, shape }] of Object.entries(stored)) {
    if (!isFloats(data)) {
      throw new DataError({
        operation,
        found: `${path}: "${name}" is a ${data.constructor.name}`,
        expected: 'float32 or float64 parameters',
      });
    }
    tensors[name] = new Tensor(data, shape, defaultBackend());
  }
  return tensors;
}

function parseArchitecture(operation: string, path: string, json: string | undefined): Architecture {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json ?? 'null');
  } catch {
    parsed = undefined;
  }
  const { network, options } = (parsed ?? {}) as Partial<Architecture>;
  if (typeof network === 'string' && typeof options === 'object' && options !== null) return { network, options };
  throw new DataError({
    operation,
    found: `${path}: its metadata has no architecture`,
    expected: `"${ARCHITECTURE}", as save writes it`,
    fix: 'Weights alone are read by loadTensors and put into a network by loadStateDict',
  });
}
