/** Checks shared by all public functions with options: unknown names, whole numbers, finite numbers, one of a list. */

import { ArgumentError, show } from './errors.js';
import { copyOf, isInstance, THIS_COPY } from './identity.js';

/** For names that other libraries use: what the message says instead, e.g. `did you mean "test"?`. */
export type Elsewhere = Readonly<Record<string, string>>;

/**
 * Refuses an option that is not in `known`, and suggests its name in this library, or the nearest one.
 *
 * @throws {ArgumentError} if `options` is not an object or has an unknown own key
 */
export function checkOptions(
  operation: string,
  options: unknown,
  known: readonly string[],
  elsewhere: Elsewhere = {},
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options) || isThenable(options)) {
    throw new ArgumentError({
      operation,
      found: `options is ${show(options)}`,
      expected: `an object with any of ${known.join(', ')}`,
    });
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new ArgumentError({ operation, found: `unknown option ${show(name)}; ${adviceFor(name, known, elsewhere)}` });
  }
}

function adviceFor(name: string, known: readonly string[], elsewhere: Elsewhere): string {
  if (Object.hasOwn(elsewhere, name)) return elsewhere[name]!;
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  return known.length === 1 ? `the only option is ${known[0]}` : `known are ${known.join(', ')}`;
}

/**
 * The known name that is the fewest edits away, if they are at most a third of its letters (at least 2) and leave some
 * of its letters.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const allowed = Math.max(2, candidate.length / 3);
    if (Math.abs(name.length - candidate.length) > allowed) continue; // each missing letter is an edit
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest && edits < candidate.length && edits <= allowed) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

/** Levenshtein's distance: insertions, deletions and substitutions, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(previous[j]! + 1, row[j - 1]! + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length]!;
}

/** @throws {ArgumentError} unless `value` is a whole number of at least `least` (and at most `most`) */
export function requireInteger(
  operation: string,
  name: string,
  value: unknown,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `in [${least}, ${most}]`;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: `an integer ${range}` });
}

/** @throws {ArgumentError} unless `value` is a finite number */
export function requireFinite(operation: string, name: string, value: unknown): number {
  if (Number.isFinite(value)) return value as number;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'a finite number' });
}

/** @throws {ArgumentError} unless `value` is a finite number greater than 0 */
export function requirePositive(operation: string, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new ArgumentError({
    operation,
    found: `${name} is ${show(value)}`,
    expected: 'a finite number greater than 0',
  });
}

/** @throws {ArgumentError} unless `value` is a finite number of at least 0 */
export function requireNonNegative(operation: string, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'a finite number of at least 0' });
}

/**
 * @param fix what to do; default: the nearest of the choices
 * @throws {ArgumentError} unless `value` is one of `choices`
 */
export function requireOneOf<T extends string>(
  operation: string,
  name: string,
  value: unknown,
  choices: readonly T[],
  fix?: string,
): T {
  if ((choices as readonly unknown[]).includes(value)) return value as T;
  const listed = choices.map((choice) => `"${choice}"`);
  const nearest = typeof value === 'string' ? nearestName(value, choices) : undefined;
  throw new ArgumentError({
    operation,
    found: `${name} is ${show(value)}`,
    expected: listed.length === 1 ? listed[0] : `${listed.slice(0, -1).join(', ')} or ${listed.at(-1)}`,
    fix: fix ?? (nearest === undefined ? undefined : `Did you mean "${nearest}"?`),
  });
}

/**
 * Refuses a value that is not an object of a class of this package; for one of another version, says where both copies
 * are.
 *
 * @param kind the class as the message names it, e.g. `a Dataset`
 * @param fix how to make one
 * @throws {ArgumentError} unless `value` is an object of this class
 */
export function requireInstance<T>(
  operation: string,
  argument: string,
  value: unknown,
  of: { readonly prototype: T },
  kind: string,
  fix?: string,
): T {
  if (isInstance(value, of)) return value;
  const other = copyOf(value, of);
  if (other === undefined) {
    throw new ArgumentError({ operation, found: `${argument} is ${show(value)}`, expected: kind, fix });
  }
  throw new ArgumentError({
    operation,
    found: `${argument} is ${kind} of zerokara ${other.version} in ${other.place}`,
    expected: `${kind} of zerokara ${THIS_COPY.version} in ${THIS_COPY.place}`,
    fix: 'Two copies are loaded; npm ls zerokara shows which packages require them',
  });
}

/** @throws {ArgumentError} unless `value` is an array of strings */
export function requireStrings(operation: string, name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) {
    throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'an array of strings' });
  }
  const wrong = value.findIndex((item) => typeof item !== 'string');
  if (wrong < 0) return value as string[];
  throw new ArgumentError({ operation, found: `${name}[${wrong}] is ${show(value[wrong])}`, expected: 'a string' });
}

/** @throws {ArgumentError} unless `value` is a string that is not empty; whether a file is there is found out later */
export function requirePath(operation: string, name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'the path of a file' });
}

/** @throws {ArgumentError} unless `value` is a number in [0, 1): the share of something that is kept */
export function requireShare(operation: string, name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < 1) return value;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'a number in [0, 1)' });
}

/** @throws {ArgumentError} unless `value` is true or false */
export function requireFlag(operation: string, name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'true or false' });
}

/**
 * @param expected what the message says is expected
 * @throws {ArgumentError} unless `value` is a function
 */
export function requireFunction(operation: string, name: string, value: unknown, expected = 'a function'): void {
  if (typeof value === 'function') return;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected });
}

/**
 * Refuses a second argument that the function of other libraries takes. Ignored, as JavaScript does, the answer would be that to
 * another question. What `list.map(f)` gives beside each entry, its number and the list, is no such argument.
 *
 * @param more what came after the first argument
 * @throws {ArgumentError} unless the second one is undefined
 */
export function requireNoSecond(operation: string, more: readonly unknown[], expected: string, fix: string): void {
  const [second, list] = more;
  if (second === undefined || (isIndex(second) && (Array.isArray(list) || ArrayBuffer.isView(list)))) return;
  throw new ArgumentError({ operation, found: `a second argument, ${show(second)}`, expected, fix });
}

/** Whether it may be the number of an entry, which `Array.from(list, f)` gives beside it. */
export function isIndex(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

/** Whether it is something to wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const mayBe = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return mayBe && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';
}

/** For a promise that nothing awaits: its rejection does not end the process. */
function disregard(pending: PromiseLike<unknown>): void {
  pending.then(undefined, () => {});
}

/**
 * What a function of the caller returned, where it is used at once. A promise would be taken for a true value, or as if all were
 * done that it stands for.
 *
 * @param name the function's, in messages
 * @throws {ArgumentError} for a promise
 */
export function requireNoPromise<T>(
  operation: string,
  name: string,
  answer: T,
  { expected = 'a function that is not async', fix }: { readonly expected?: string; readonly fix?: string } = {},
): T {
  if (!isThenable(answer)) return answer;
  disregard(answer);
  throw new ArgumentError({ operation, found: `${name} returned a promise`, expected, fix });
}
