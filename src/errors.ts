/**
 * The error family and its one formatter.
 *
 * Every message reads `operation: what was found; expected what and why. What to do.`, for example
 * `Affine.forward: x has shape [100, 700]; expected [N, 784] (inputSize of this layer)`.
 */

import { brand } from './identity.js';

/** What went wrong, in the order of the message. */
export interface Complaint {
  /** The public name of the operation, e.g. `Affine.forward`. */
  readonly operation: string;
  /** The argument and what was found, e.g. `x has shape [100, 700]`. */
  readonly found: string;
  /** What was expected and why, e.g. `[N, 784] (inputSize of this layer)`. */
  readonly expected?: string | undefined;
  /** What to do about it, a sentence without its full stop, if `expected` does not already say it. */
  readonly fix?: string | undefined;
}

/** A stable name for each kind of error, for programs that cannot distinguish them by `instanceof`. */
export type ErrorCode =
  | 'ZK_SHAPE'
  | 'ZK_DTYPE'
  | 'ZK_ARGUMENT'
  | 'ZK_BACKEND'
  | 'ZK_DATA'
  | 'ZK_STATE'
  | 'ZK_DIVERGENCE';

/** A promise where its value belongs: whatever else was expected, `await` mends it. */
function awaited(complaint: Complaint): Complaint {
  const isWaiting = / (is|are) a Promise$/.test(complaint.found) && !complaint.fix?.startsWith('Await it');
  return isWaiting ? { ...complaint, fix: 'Await it first' } : complaint;
}

/** One complaint as one line of text. */
export function formatComplaint({ operation, found, expected, fix }: Complaint): string {
  return `${operation}: ${found}${expected === undefined ? '' : `; expected ${expected}`}${fix === undefined ? '' : `. ${fix}`}`;
}

/** The base of every error this library throws on purpose. */
export class ZerokaraError extends Error {
  readonly code: ErrorCode;
  /** The parts of the message, for code that rethrows it with its place. Not printed with the error. @internal */
  declare readonly complaint: Complaint;

  constructor(code: ErrorCode, given: Complaint, options?: ErrorOptions) {
    const complaint = awaited(given);
    super(formatComplaint(complaint), options);
    this.name = new.target.name;
    this.code = code;
    Object.defineProperty(this, 'complaint', { value: complaint });
  }
}

/** An array, matrix or batch has the wrong shape or length. */
export class ShapeError extends ZerokaraError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super('ZK_SHAPE', complaint, options);
  }
}

/** Numbers of the wrong element type: float64 for a float32 computation, a Uint8Array where floats are needed. */
export class DtypeError extends ZerokaraError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super('ZK_DTYPE', complaint, options);
  }
}

/** A value is outside its range, an option is unknown, or an argument has the wrong kind. */
export class ArgumentError extends ZerokaraError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super('ZK_ARGUMENT', complaint, options);
  }
}

/** A backend was asked for by name and is not available. */
export class BackendError extends ZerokaraError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super('ZK_BACKEND', complaint, options);
  }
}

/** Data or a file is missing, damaged or not what it says it is. */
export class DataError extends ZerokaraError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super('ZK_DATA', complaint, options);
  }
}

/** A call at the wrong time: `backward` before `forward`, two fits on one network. */
export class StateError extends ZerokaraError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super('ZK_STATE', complaint, options);
  }
}

/** Where a run of the Trainer diverged. */
export interface Divergence {
  /** Counted from 1: the step that was not taken, or the last one taken if its weights have no finite loss. */
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
}

/** The loss became NaN or infinite. Nothing of that step was written. */
export class DivergenceError extends ZerokaraError {
  /** NaN, Infinity or -Infinity. */
  readonly loss: number;
  /** Undefined when a network was called directly, outside a Trainer. */
  readonly at: Divergence | undefined;

  constructor(loss: number, complaint: Complaint, options?: ErrorOptions & { readonly at?: Divergence }) {
    super('ZK_DIVERGENCE', complaint, options);
    this.loss = loss;
    this.at = options?.at;
  }
}

for (const [name, kind] of Object.entries({
  ZerokaraError,
  ShapeError,
  DtypeError,
  ArgumentError,
  BackendError,
  DataError,
  StateError,
  DivergenceError,
})) {
  brand(kind, name);
}

/** What `show` shows at most: characters in all and of a text or name, items of a list, lists within lists. */
const LONGEST = 200;
const LONGEST_TEXT = 100;
const MOST_ITEMS = 8;
const DEEPEST = 3;

/**
 * A value as error messages show it: short, quoted if it is a string, `[100, 784]` for a list of numbers.
 *
 * For any value the result has at most 200 characters, and nothing is thrown.
 */
export function show(value: unknown): string {
  try {
    return cut(describe(value, 0), LONGEST);
  } catch {
    return 'an object that cannot be read'; // e.g. a revoked Proxy
  }
}

function describe(value: unknown, depth: number): string {
  if (typeof value === 'string') {
    return value.length > LONGEST_TEXT ? `${JSON.stringify(value.slice(0, LONGEST_TEXT))}…` : JSON.stringify(value);
  }
  if (typeof value === 'bigint') return showBigInt(value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) {
    if (depth === DEEPEST && value.length > 0) return '[…]';
    const shown = value.slice(0, MOST_ITEMS).map((item) => describe(item, depth + 1));
    return `[${shown.join(', ')}${value.length > MOST_ITEMS ? ', …' : ''}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const named: unknown = value.constructor?.name;
    const name = typeof named === 'string' && named !== '' ? cut(named, LONGEST_TEXT) : 'object';
    const kind = `${/^[AEIOU]/i.test(name) ? 'an' : 'a'} ${name}`;
    return ArrayBuffer.isView(value) && 'length' in value ? `${kind} of ${value.length}` : kind;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

/** @example counted(1, 'row')   // '1 row'; counted(2, 'row') is '2 rows' */
export function counted(count: number, one: string, many = `${one}s`, shown = String(count)): string {
  return `${shown} ${count === 1 ? one : many}`;
}

/** @example formatBytes(6.4e9)   // '6.40 GB' */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}

/** Converting to digits takes quadratic time, so a huge number is not converted. */
function showBigInt(value: bigint): string {
  const huge = 10n ** BigInt(LONGEST_TEXT);
  return value > -huge && value < huge ? `${value}n` : `a bigint of more than ${LONGEST_TEXT} digits`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
