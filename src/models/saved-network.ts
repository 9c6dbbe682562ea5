import { platform } from '#platform';
import { DTYPES, type Dtype } from '../backend/backend.js';
import { DataError, ZerokaraError } from '../errors.js';
import { isInstance } from '../identity.js';
import { writeFileAtomic } from '../io/atomic-file.js';
import { type FileSource, type OwnBytes, placeOfSource, requireBytes } from '../io/file-source.js';
import { cannotWrite, givesTheBytes } from '../io/no-files.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  inOnePiece,
  readSafetensors,
  type SafetensorsContents,
  type StoredTensor,
} from '../io/safetensors.js';
import type { Tensors } from '../layers/layer.js';
import { formatShape, placeOf, sameShape } from '../tensor/shape.js';
import type { TypedValues } from '../tensor/typed.js';
import type { ShapeCheck } from './build.js';
import type { NetworkDescription } from './description.js';
import { FORMAT, RUN, type SavedNetwork, TABLE } from './file-format.js';
import type { SaveOptions } from './network.js';
import type { StateDict } from './state.js';
import { ARCHITECTURE, fromArchitecture } from './version-1.js';

/** The metadata entry that holds the network as JSON, and that of format 1. */
const NETWORK = 'zerokara.network';

/** The classes with their own `load`. */
const WITH_LOAD = ['TwoLayerNet', 'MultiLayerNet', 'SimpleNet', 'SimpleConvNet', 'DeepConvNet', 'Sequential'];

/** What a file holds of a network. */
export interface NetworkFile {
  /** What messages call the file. */
  readonly place: string;
  readonly saved: SavedNetwork;
  readonly tensors: Readonly<Record<string, StoredTensor>>;
}

/**
 * Writes a network as one safetensors file: completely, or not at all.
 *
 * @param more entries of the metadata beside the network's own
 * @throws {DataError} for a number that is NaN or infinite, unless it is allowed, or if the file cannot be written
 */
export async function saveNetwork(operation: string, path: string, ...contents: NetworkContents): Promise<void> {
  const chunks = encodeNetwork(operation, ...contents);
  if (platform.name === 'browser') {
    throw cannotWrite(operation, path, givesTheBytes('toBytes'));
  } else {
    await writeFileAtomic(path, chunks, operation);
  }
}

/** The bytes of the file that `saveNetwork` writes; throws as it does. */
export function networkBytes(operation: string, ...contents: NetworkContents): OwnBytes {
  return inOnePiece(encodeNetwork(operation, ...contents));
}

type NetworkContents = readonly [
  saved: SavedNetwork,
  tensors: Tensors,
  options: SaveOptions,
  more?: Readonly<Record<string, string>>,
];

function encodeNetwork(
  operation: string,
  ...[saved, tensors, { allowNonFinite = false }, more = {}]: NetworkContents
): Uint8Array[] {
  if (!allowNonFinite) requireFinite(operation, tensors);
  return encodeSafetensors(tensors, { [NETWORK]: JSON.stringify(saved), ...more }, operation);
}

function requireFinite(operation: string, tensors: Tensors): void {
  const place = nonFinitePlace(tensors);
  if (place === undefined) return;
  throw new DataError({
    operation,
    found: place,
    expected: 'finite numbers',
    fix: 'Save with { allowNonFinite: true } to keep it as it is',
  });
}

/** The place of the first NaN or infinity in named tensors, e.g. `W1[0][3] is NaN`. */
export function nonFinitePlace(tensors: Tensors): string | undefined {
  for (const [name, { data, shape }] of Object.entries(tensors)) {
    const i = data.findIndex((value) => !Number.isFinite(value));
    if (i >= 0) return `${name}${placeOf(i, shape)} is ${data[i]}`;
  }
  return undefined;
}

/**
 * Reads a file of `saveNetwork`, of this format or an older one.
 *
 * @throws {DataError} if the file is missing or damaged, holds no network or that of a table, or was written by a newer
 *   version
 */
export async function readNetwork(operation: string, source: FileSource): Promise<NetworkFile> {
  return requireNoTable(operation, await readNetworkFile(operation, source));
}

/** The same from the bytes of a file. */
export function decodeNetwork(operation: string, bytes: unknown): NetworkFile {
  return requireNoTable(operation, decodeNetworkFile(operation, bytes));
}

function requireNoTable(operation: string, file: AnyNetworkFile): NetworkFile {
  if (file.metadata[TABLE] === undefined) return file;
  throw new DataError({
    operation,
    found: `${file.place} holds a model of a table, whose network reads preprocessed columns`,
    expected: 'a file written by save of a network',
    fix: `Load it with TableModel.${methodOf(operation)}; its net is the network`,
  });
}

/** A file of a network of any kind, with all its metadata. */
export interface AnyNetworkFile extends NetworkFile {
  readonly metadata: Readonly<Record<string, string>>;
}

/** Like `readNetwork`, also for the network of a table. */
export async function readNetworkFile(operation: string, source: FileSource): Promise<AnyNetworkFile> {
  const place = placeOfSource(operation, source);
  return networkOf(operation, place, await readSafetensors(operation, source, { expected: 'a file written by save' }));
}

/** The same from the bytes of a file. */
export function decodeNetworkFile(operation: string, bytes: unknown): AnyNetworkFile {
  const place = 'the data';
  return networkOf(operation, place, decodeSafetensors(requireBytes(operation, bytes), operation, place));
}

/** `TwoLayerNet.load` → `load` */
const methodOf = (operation: string): string => operation.slice(operation.indexOf('.') + 1);

function networkOf(operation: string, place: string, { tensors, metadata }: SafetensorsContents): AnyNetworkFile {
  const json = metadata[NETWORK];
  if (json === undefined && metadata[RUN] !== undefined) {
    throw new DataError({
      operation,
      found: `${place} holds a saved run`,
      expected: 'a file written by save of a network',
      fix: "Continue the run with Trainer.resume, whose net is the network. ModelCheckpoint with what: 'network' writes networks alone",
    });
  }
  const saved =
    json === undefined
      ? readArchitecture(operation, place, metadata[ARCHITECTURE])
      : checkSaved(operation, place, parseJson(json));
  return { place, saved, tensors, metadata };
}

/**
 * Checks what a file says about its network; the description itself is for `build` to check.
 *
 * @throws {DataError} for anything but what `savedNetwork` wrote
 */
export function checkSaved(operation: string, place: string, value: unknown): SavedNetwork {
  const { format, network, description, built, tensors, byteScale } = (value ?? {}) as Partial<SavedNetwork>;
  const { dtype, seed } = built ?? {};
  if (typeof format === 'number' && format > FORMAT) {
    throw new DataError({
      operation,
      found: `${place} is of format ${format}, which a newer version of zerokara wrote`,
      expected: `format ${FORMAT} or older`,
      fix: 'Update zerokara to read it',
    });
  }
  const isSaved =
    format === FORMAT &&
    typeof network === 'string' &&
    isDescription(description) &&
    DTYPES.includes(dtype as Dtype) &&
    Array.isArray(tensors) &&
    tensors.every((name) => typeof name === 'string') &&
    (seed === undefined || Number.isInteger(seed)) &&
    (byteScale === undefined || (Number.isFinite(byteScale) && byteScale > 0));
  if (isSaved) return value as SavedNetwork;
  throw new DataError({
    operation,
    found: `${place}: its metadata describes no network`,
    expected: `"${NETWORK}", as save writes it`,
  });
}

/** Whether it has a list of layers: the options of the classes are read from it before `build` checks the rest. */
function isDescription(description: unknown): boolean {
  return Array.isArray((description as Partial<NetworkDescription> | undefined | null)?.layers);
}

/**
 * Builds the network of a file with `make`, and fills in its numbers.
 *
 * The arrays of the file are checked against the description before a layer is built: a file of 300 bytes that describes
 * gigabytes is refused at once.
 *
 * @param make builds the network; what it is given to pass on to `build` compares the shapes
 * @throws {DataError} if the description is invalid, or the arrays are not those that it needs
 */
export function restoreSaved<N extends Restorable>(
  operation: string,
  { place, saved, tensors }: NetworkFile,
  make: (check: ShapeCheck) => N,
): N {
  const unfit = (found: string, expected: string): never => {
    throw new DataError({ operation, found: `${place}: ${found}`, expected });
  };
  const arrays = saved.tensors.map((name) =>
    Object.hasOwn(tensors, name) ? tensors[name]! : unfit(`there is no tensor "${name}"`, saved.tensors.join(', ')),
  );
  const left = Object.keys(tensors).find((name) => !saved.tensors.includes(name));
  if (left !== undefined)
    unfit(`there is a tensor "${left}"`, `those of the network only (${saved.tensors.join(', ')})`);
  let next = 0;
  const check: ShapeCheck = (shapes) => {
    for (const shape of shapes) {
      const i = next++;
      if (i >= arrays.length) unfit(`it has ${arrays.length} tensors`, 'as many as the description needs');
      if (sameShape(arrays[i]!.shape, shape)) continue;
      const found = `"${saved.tensors[i]}" has shape ${formatShape(arrays[i]!.shape)}`;
      unfit(found, `${formatShape(shape)}, as the description says`);
    }
  };
  try {
    const net = make(check);
    if (next !== arrays.length) unfit(`it has ${arrays.length} tensors`, `${next}, as the description says`);
    net.loadStateDict(Object.fromEntries(net.tensorNames.map((name, i) => [name, arrays[i] as TypedValues])));
    if (saved.byteScale !== undefined) net.byteScale = saved.byteScale;
    return net;
  } catch (error) {
    // A file from another program, or an unknown layer: the description cannot build this network.
    if (!isInstance(error, ZerokaraError) || error.code === 'ZK_DATA' || error.code === 'ZK_BACKEND') throw error;
    throw new DataError(
      { operation, found: `${place} does not describe a network that can be built (${error.message})` },
      { cause: error },
    );
  }
}

/** What can be filled from a file. */
interface Restorable {
  byteScale: number | undefined;
  /** The names of all tensors, layer by layer, parameters before buffers. */
  readonly tensorNames: readonly string[];
  loadStateDict(dict: StateDict): void;
}

/**
 * @returns what `read` reads from the description of a network of that class
 * @throws {DataError} for a network of another class, with the call that reads it
 */
export function requireNetwork<T>(
  operation: string,
  { place, saved }: NetworkFile,
  network: string,
  read: (description: NetworkDescription) => T | undefined,
): T {
  if (saved.network !== network) {
    throw new DataError({
      operation,
      found: `${place} holds a ${saved.network}`,
      expected: `a ${network}`,
      fix: `Load it with ${WITH_LOAD.includes(saved.network) ? saved.network : 'Sequential'}.${methodOf(operation)}`,
    });
  }
  const parts = read(saved.description);
  if (parts !== undefined) return parts;
  throw new DataError({ operation, found: `${place} holds layers that a ${network} does not have` });
}

function readArchitecture(operation: string, place: string, json: string | undefined): SavedNetwork {
  const fix = 'To read weights alone use loadTensors, and loadStateDict to put them into a network';
  if (json === undefined) {
    const found = `${place}: its metadata describes no network`;
    throw new DataError({ operation, found, expected: `"${NETWORK}", as save writes it`, fix });
  }
  const saved = fromArchitecture(parseJson(json));
  if (saved !== undefined) return saved;
  throw new DataError({
    operation,
    found: `${place} holds a network without its layers, as version 0.1.0 wrote it`,
    expected: 'the description of a network',
    fix,
  });
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
