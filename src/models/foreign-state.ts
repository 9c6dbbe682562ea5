/**
 * The weights of a network of PyTorch or Keras as ours.
 *
 * This is beside the networks and not in src/interop, because `loadStateDict` is a method of theirs, and imports point down.
 */

import { dtypeOf } from '../backend/backend.js';
import { ArgumentError, DtypeError, show } from '../errors.js';
import { isFloats } from '../identity.js';
import type { Layer, Tensors } from '../layers/layer.js';
import { checkOptions, nearestName, requireOneOf, requireStrings } from '../options.js';
import { formatShape, sameShape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import { borrowable, type TypedValues } from '../tensor/typed.js';
import { type ForeignPart, type ForeignProgram, PROGRAMS } from './foreign-layouts.js';
import type { RowShapes } from './row-shapes.js';
import type { StateDict } from './state.js';

/** Where a state dict comes from. */
export interface LoadStateOptions {
  /** The program whose names and layouts the dict has. Default: ours, as `stateDict` gives them. */
  readonly from?: 'pytorch' | 'keras';
  /**
   * The layers of the dict that the layers of this network with weights take, in their order, e.g. ['conv1', 'fc1', 'fc2'].
   * Default: for each layer the first in the dict that fits it. With `from` only.
   */
  readonly layers?: readonly string[];
}

/** The network that is to take the weights. */
interface Receiver {
  readonly layers: readonly Layer[];
  readonly shapes: RowShapes;
  readonly tensors: Tensors;
}

/** A layer of ours with weights: its place for messages, and what the other program has for it. */
interface Slot {
  readonly place: string;
  readonly layer: Layer;
  readonly parts: readonly ForeignPart[];
}

/** A layer of the dict. */
interface Group {
  readonly name: string;
  readonly arrays: ReadonlyMap<string, TypedValues>;
}

/**
 * The dict of another program with our names and layouts; arrays that the program has nothing for stay as they are.
 *
 * Each layer of ours takes the first layer of the dict that has its arrays in its shapes: in the order of the dict, or of
 * `layers`. A dict in the order of its names, as the safetensors package writes it (within each dtype), no longer has the
 * order of the layers: then numbers in names decide between layers that fit alike, and without numbers it is refused.
 *
 * @throws {ArgumentError} for a layer of ours that nothing fits, a layer of the dict that is left, an unknown name or option
 * @throws {DtypeError} for an array of another type than the network's
 */
export function fromForeign(
  operation: string,
  { layers, shapes, tensors }: Receiver,
  dict: StateDict,
  options: LoadStateOptions,
): StateDict {
  checkOptions(operation, options, ['from', 'layers']);
  const { from, layers: names } = options;
  if (from === undefined) {
    if (names === undefined) return dict;
    const found = 'layers is given without from';
    throw new ArgumentError({ operation, found, expected: `from: "pytorch" or "keras", whose layers they are` });
  }
  const program: ForeignProgram = PROGRAMS[requireOneOf(operation, 'from', from, ['pytorch', 'keras'])];
  if (names !== undefined) requireStrings(operation, 'layers', names);
  const slots = slotsOf(operation, program, layers, shapes);
  const groups = groupsOf(operation, program, dict, Object.values(tensors)[0]);
  const chosen =
    names === undefined
      ? choose(operation, slots, groups, isSorted(program, dict, groups))
      : byName(operation, slots, groups, names);

  const nameOf = new Map(Object.entries(tensors).map(([name, tensor]) => [tensor, name]));
  const own: Record<string, Tensor | TypedValues> = { ...tensors };
  slots.forEach(({ layer, parts }, i) => {
    for (const part of parts) {
      const tensor = layer.params[part.ours] ?? layer.buffers![part.ours]!;
      own[nameOf.get(tensor)!] = valuesOf(part, tensor, chosen[i]!.arrays.get(part.theirs));
    }
  });
  return own;
}

function slotsOf(operation: string, program: ForeignProgram, layers: readonly Layer[], shapes: RowShapes): Slot[] {
  return layers.flatMap((layer, i) => {
    if (Object.keys(layer.params).length === 0) return [];
    const place = `layer ${i + 1} (${layer.constructor.name})`;
    const type = layer.describe?.().type ?? '';
    const input = (i === 0 ? shapes.input : shapes.outputs[i - 1]) ?? [layer.inputSize ?? 0];
    if (Object.hasOwn(program.layers, type)) return [{ place, layer, parts: program.layers[type]!(layer, input) }];
    throw new ArgumentError({
      operation,
      found: `${place} has no counterpart in ${program.title}`,
      expected: `layers with weights of the types ${Object.keys(program.layers).join(', ')}`,
    });
  });
}

/** The layers of the dict in its order, each with its arrays. */
function groupsOf(operation: string, program: ForeignProgram, dict: StateDict, like: Tensor | undefined): Group[] {
  if (typeof dict !== 'object' || dict === null) {
    throw new ArgumentError({ operation, found: `dict is ${show(dict)}`, expected: 'an object of tensors by name' });
  }
  const groups = new Map<string, Map<string, TypedValues>>();
  for (const [key, value] of Object.entries(dict)) {
    const [name, array] = program.split(key);
    if (program.ignored.includes(array)) continue;
    const typed = borrowable(operation, key, value);
    if (typed === undefined) {
      const expected = 'a tensor, or { data, shape } with a typed array';
      throw new ArgumentError({ operation, found: `${show(key)} is ${show(value)}`, expected });
    }
    const dtype = isFloats(typed.data) ? dtypeOf(typed.data) : show(typed.data);
    if (like !== undefined && dtype !== like.dtype) {
      const expected = `${like.dtype} (the dtype of this network)`;
      throw new DtypeError({ operation, found: `${show(key)} is ${dtype}`, expected });
    }
    if (!groups.has(name)) groups.set(name, new Map());
    groups.get(name)!.set(array, typed as TypedValues);
  }
  return [...groups].map(([name, arrays]) => ({ name, arrays }));
}

/** For each slot the first group that fits and is not taken. */
function choose(
  operation: string,
  slots: readonly Slot[],
  groups: readonly Group[],
  isSorted: boolean,
): readonly Group[] {
  const left = [...groups];
  if (isSorted) {
    const { compare } = new Intl.Collator('en', { numeric: true }); // fc2 before fc10
    left.sort((a, b) => compare(a.name, b.name));
  }
  const chosen = slots.map((slot) => {
    const fitting = left.filter((group) => fits(slot, group));
    const [first] = fitting;
    if (first === undefined) throw nothingFits(operation, slot, left[0]);
    const other = isSorted
      ? fitting.find(({ name }) => withoutNumbers(name) !== withoutNumbers(first.name))
      : undefined;
    if (other !== undefined) {
      throw new ArgumentError({
        operation,
        found: `${show(first.name)} and ${show(other.name)} both fit ${slot.place}, and dict is in the order of its names`,
        expected: 'the order of the layers',
        fix: `Name them in the option layers, e.g. layers: [${show(first.name)}, ${show(other.name)}]`,
      });
    }
    left.splice(left.indexOf(first), 1);
    return first;
  });
  if (left.length > 0) throw leftOver(operation, slots, left[0]!);
  return chosen;
}

/** The groups of these names, in this order. */
function byName(
  operation: string,
  slots: readonly Slot[],
  groups: readonly Group[],
  names: readonly string[],
): readonly Group[] {
  if (names.length !== slots.length) {
    throw new ArgumentError({
      operation,
      found: `layers has ${names.length} ${names.length === 1 ? 'name' : 'names'}`,
      expected: `${slots.length}, one for each of ${slots.map(({ place }) => place).join(', ')}`,
    });
  }
  const chosen = names.map((name, i) => {
    const group = groups.find((candidate) => candidate.name === name);
    if (group === undefined || names.indexOf(name) < i) {
      const known = groups.map((candidate) => candidate.name);
      const nearest = group === undefined ? nearestName(name, known) : undefined;
      throw new ArgumentError({
        operation,
        found: `layers[${i}] is ${show(name)}${group === undefined ? '' : ', which is named twice'}`,
        expected: `one of ${known.map(show).join(', ')}, each once`,
        fix: nearest === undefined ? undefined : `Did you mean ${show(nearest)}?`,
      });
    }
    const slot = slots[i]!;
    if (fits(slot, group)) return group;
    throw new ArgumentError({
      operation,
      found: `${show(name)} with ${describeGroup(group)} does not fit ${slot.place}`,
      expected: describeSlot(slot),
    });
  });
  const unnamed = groups.find((group) => !chosen.includes(group));
  if (unnamed !== undefined) throw leftOver(operation, slots, unnamed);
  return chosen;
}

/** Whether the group has the arrays that the slot needs, in its shapes, and no others. */
function fits({ parts }: Slot, { arrays }: Group): boolean {
  const isKnown = [...arrays.keys()].every((array) => parts.some(({ theirs }) => theirs === array));
  return isKnown && parts.every((part) => isThere(part, arrays.get(part.theirs)));
}

function isThere({ shapes, absent }: ForeignPart, array: TypedValues | undefined): boolean {
  if (array === undefined) return absent !== undefined;
  return shapes.some((shape) => sameShape(shape, array.shape));
}

/** Sorted pieces that a file can have: F32, BF16 and F16 are all read as float32, and a network takes one dtype. */
const MOST_PIECES = 3;

/**
 * Whether the dict has the order of a file of the safetensors package: by dtype, and by name within a dtype. As half
 * floats were widened, the dtypes are gone, and what is seen is a few pieces, each in the order of its names.
 *
 * A short state dict as it was made can look like that too. But each of its layers has weight directly before bias, so
 * that the names fall within the layer; in a sorted piece they never do, and at most where one piece ends within a layer
 * and the next begins. If no layer has both, there is no such sign, and only a single piece counts as sorted. Arrays that
 * no layer of ours takes are left out: they are often integers, which a file has first and `loadTensors` drops.
 */
function isSorted({ split, ignored, pairs }: ForeignProgram, dict: StateDict, groups: readonly Group[]): boolean {
  const names = Object.keys(dict).filter((name) => !ignored.includes(split(name)[1]));
  const falls = names.flatMap((name, i) => (i > 0 && name < names[i - 1]! ? [[names[i - 1]!, name] as const] : []));
  if (falls.length === 0) return true;
  if (falls.length >= MOST_PIECES) return false;
  const within = falls.filter(([above, below]) => split(above)[0] === split(below)[0]);
  const paired = groups.filter(({ arrays }) => pairs.some((pair) => pair.every((array) => arrays.has(array))));
  return within.length < paired.length;
}

/** dense_1 and dense_2 are numbered layers of one sort, and so is dense. */
const withoutNumbers = (name: string): string => name.replace(/_?\d+/g, '');

function nothingFits(operation: string, slot: Slot, next: Group | undefined): ArgumentError {
  return new ArgumentError({
    operation,
    found: `nothing in dict fits ${slot.place}`,
    expected: describeSlot(slot),
    fix: next === undefined ? 'Every layer of dict is taken' : `Next is ${show(next.name)} with ${describeGroup(next)}`,
  });
}

function leftOver(operation: string, slots: readonly Slot[], group: Group): ArgumentError {
  return new ArgumentError({
    operation,
    found: `${show(group.name)} with ${describeGroup(group)} is left over`,
    expected: `one layer for each of ${slots.map(({ place }) => place).join(', ')}`,
  });
}

/** `weight [10, 50], bias [10]` */
function describeSlot({ parts }: Slot): string {
  return parts.map(({ theirs, shapes }) => `${theirs} ${shapes.map(formatShape).join(' or ')}`).join(', ');
}

function describeGroup({ arrays }: Group): string {
  return [...arrays].map(([name, { shape }]) => `${name} ${formatShape(shape)}`).join(', ');
}

/** Theirs as ours, in memory of its own where it is turned. */
function valuesOf({ absent, turn }: ForeignPart, ours: Tensor, theirs: TypedValues | undefined): TypedValues {
  if (theirs === undefined) {
    const data = ours.data.slice().fill(absent!);
    return { data, shape: ours.shape };
  }
  const tensor = new Tensor(theirs.data as Tensor['data'], theirs.shape, ours.backend);
  const { data } = turn === undefined ? tensor : turn(tensor);
  return { data, shape: ours.shape };
}
