/**
 * The part of vitest that the conformance suite uses, for a page: groups and tests run as they are defined.
 *
 * `expect` compares as vitest does. A matcher that is missing here is a TypeError, which fails the test that asks for it.
 */

type Body = (...inputs: never[]) => unknown;

/** What the tests said so far. One of `every` is run, the first of them among these. */
export const outcome: { every: number; defined: number; passed: number; readonly failures: string[] } = {
  every: 1,
  defined: 0,
  passed: 0,
  failures: [],
};

const groups: string[] = [];

export const describe: Group = Object.assign(
  (title: string, body: Body) => {
    groups.push(title);
    (body as () => void)();
    groups.pop();
  },
  { each: eachOf((title, body) => describe(title, body)) },
);

export const test: Group = Object.assign(
  (title: string, body: Body) => {
    if (outcome.defined++ % outcome.every !== 0) return;
    try {
      if ((body as () => unknown)() instanceof Promise) throw new Error('the page runs no test that waits');
      outcome.passed += 1;
    } catch (error) {
      outcome.failures.push(`${[...groups, title].join(' > ')}: ${error instanceof Error ? error.message : error}`);
    }
  },
  { each: eachOf((title, body) => test(title, body)) },
);

interface Group {
  (title: string, body: Body): void;
  each(cases: readonly unknown[]): (title: string, body: Body) => void;
}

function eachOf(define: (title: string, body: () => unknown) => void): Group['each'] {
  return (cases) => (title, body) => {
    for (const one of cases) {
      const inputs = (Array.isArray(one) ? one : [one]) as never[];
      define(`${title} (${show(one)})`, () => body(...inputs));
    }
  };
}

export function expect(found: unknown, hint = ''): Matchers {
  return new Matchers(found, hint, true);
}

/** A class, because the suite makes hundreds of thousands of them. */
class Matchers {
  constructor(
    private readonly found: unknown,
    private readonly hint: string,
    private readonly wantedResult: boolean,
  ) {}

  get not(): Matchers {
    return new Matchers(this.found, this.hint, !this.wantedResult);
  }

  private is(holds: boolean, name: string, wanted?: unknown): void {
    if (holds === this.wantedResult) return;
    const not = this.wantedResult ? '' : 'not ';
    throw new Error(`${this.hint} ${show(this.found)} ${not}${name} ${show(wanted)}`);
  }

  toBe(wanted: unknown): void {
    this.is(Object.is(this.found, wanted), 'to be', wanted);
  }
  toEqual(wanted: unknown): void {
    this.is(isEqual(this.found, wanted), 'to equal', wanted);
  }
  toBeNaN(): void {
    this.is(Number.isNaN(this.found), 'to be NaN');
  }
  toBeLessThan(wanted: number): void {
    this.is((this.found as number) < wanted, 'to be less than', wanted);
  }
  toBeLessThanOrEqual(wanted: number): void {
    this.is((this.found as number) <= wanted, 'to be at most', wanted);
  }
  toBeGreaterThan(wanted: number): void {
    this.is((this.found as number) > wanted, 'to be greater than', wanted);
  }
  toBeCloseTo(wanted: number, digits = 2): void {
    this.is(Math.abs((this.found as number) - wanted) < 10 ** -digits / 2, 'to be close to', wanted);
  }
  toBeInstanceOf(wanted: new () => unknown): void {
    this.is(this.found instanceof wanted, 'to be a', wanted.name);
  }
  toContain(wanted: unknown): void {
    this.is((this.found as { includes(value: unknown): boolean }).includes(wanted), 'to contain', wanted);
  }
  toMatch(wanted: RegExp | string): void {
    this.is(new RegExp(wanted).test(this.found as string), 'to match', String(wanted));
  }
  toThrow(wanted?: unknown): void {
    this.is(throws(this.found as () => unknown, wanted), 'to throw', wanted);
  }
}

/** @param wanted a part of the message, a pattern of it, a class, or nothing */
function throws(body: () => unknown, wanted: unknown): boolean {
  try {
    body();
    return false;
  } catch (error) {
    const { message } = error as Error;
    if (wanted === undefined) return true;
    if (typeof wanted === 'string') return message.includes(wanted);
    if (wanted instanceof RegExp) return wanted.test(message);
    return typeof wanted === 'function' ? error instanceof wanted : message === (wanted as Error).message;
  }
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
  if (a instanceof Error && (a.message !== (b as Error).message || a.name !== (b as Error).name)) return false;
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.every((name) => isEqual((a as Fields)[name], (b as Fields)[name]));
}

type Fields = Readonly<Record<string, unknown>>;

function show(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `${Object.prototype.toString.call(value)} ${String(value).slice(0, 100)}`;
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 200);
  } catch {
    return String(value);
  }
}
