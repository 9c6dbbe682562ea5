/** A set-up: everything that decides a run. The same set-up is the same run, so its text in the address can be shared. */

export const SETS = ['circle', 'xor', 'spiral', 'moons', 'own'] as const;
export type SetName = (typeof SETS)[number];

export const ACTIVATIONS = ['tanh', 'relu', 'sigmoid', 'identity'] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

export const OPTIMIZERS = ['sgd', 'momentum', 'nesterov', 'adaGrad', 'rmsProp', 'adam', 'adamW'] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

/** The standard deviation of the initial weights, by name or as a number. */
export const INITIAL_WEIGHTS = ['default', 'he', 'xavier', '0.01', '1'] as const;
export type InitialWeights = (typeof INITIAL_WEIGHTS)[number];

export const RATES = ['0.0001', '0.001', '0.003', '0.01', '0.03', '0.1', '0.3', '1', '3', '10'] as const;
export const BATCH_SIZES = ['1', '5', '10', '20', '50', '100', 'all'] as const;
export const DECAYS = ['0', '0.0001', '0.0003', '0.001', '0.003', '0.01', '0.03', '0.1'] as const;
export const MOST_LAYERS = 5;
export const MOST_NEURONS = 8;
export const MOST_POINTS = 200;

/** Half the side of the plane: both coordinates lie in [−REACH, REACH]. */
export const REACH = 3;

/** A point of the user's own. */
export interface OwnPoint {
  readonly x1: number;
  readonly x2: number;
  readonly label: 0 | 1;
}

export interface Settings {
  readonly set: SetName;
  /** Standard deviation of what is added to each coordinate, in hundredths. */
  readonly noise: number;
  /** In percent of the points. */
  readonly test: number;
  /** Of the points, the initial weights, the order of the rows and dropout. */
  readonly seed: number;
  /** Neurons of each hidden layer. */
  readonly layers: readonly number[];
  readonly activation: ActivationName;
  readonly init: InitialWeights;
  readonly optimizer: OptimizerName;
  readonly rate: (typeof RATES)[number];
  readonly batch: (typeof BATCH_SIZES)[number];
  readonly decay: (typeof DECAYS)[number];
  /** In percent of the neurons of each hidden layer. */
  readonly dropout: number;
  readonly points: readonly OwnPoint[];
}

export const DEFAULTS: Settings = {
  set: 'circle',
  noise: 10,
  test: 30,
  seed: 1,
  layers: [4, 3],
  activation: 'tanh',
  init: 'default',
  optimizer: 'sgd',
  rate: '0.03',
  batch: '10',
  decay: '0',
  dropout: 0,
  points: [],
};

/** What the address holds of each part, and how it is read; undefined for a text that is not such a value. */
const FORMS: { readonly [K in keyof Settings]: Form<Settings[K]> } = {
  set: oneOf(SETS),
  noise: whole(0, 50),
  test: whole(10, 80),
  seed: whole(0, 2 ** 32 - 1),
  layers: {
    write: (sizes) => sizes.join('-'),
    read: (text) => readList(text, '-', MOST_LAYERS, whole(1, MOST_NEURONS).read),
  },
  activation: oneOf(ACTIVATIONS),
  init: oneOf(INITIAL_WEIGHTS),
  optimizer: oneOf(OPTIMIZERS),
  rate: oneOf(RATES),
  batch: oneOf(BATCH_SIZES),
  decay: oneOf(DECAYS),
  dropout: whole(0, 80),
  points: {
    write: (points) => points.map(writePoint).join('_'),
    read: (text) => readList(text, '_', MOST_POINTS, readPoint),
  },
};

interface Form<T> {
  write(value: T): string;
  read(text: string): T | undefined;
}

/** The set-up as the part of an address behind #; only what differs from the defaults. */
export function hashOf(settings: Settings): string {
  const given = keys().filter((key) => writeOne(key, settings) !== writeOne(key, DEFAULTS));
  return new URLSearchParams(Object.fromEntries(given.map((key) => [key, writeOne(key, settings)]))).toString();
}

/** The set-up of an address. It may come from anywhere: what is unknown or out of range becomes the default. */
export function settingsOf(hash: string): Settings {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const read = keys().map((key) => {
    const text = given.get(key);
    return [key, (text === null ? undefined : FORMS[key].read(text)) ?? DEFAULTS[key]];
  });
  return Object.fromEntries(read) as unknown as Settings;
}

function keys(): (keyof Settings)[] {
  return Object.keys(FORMS) as (keyof Settings)[];
}

function writeOne<K extends keyof Settings>(key: K, settings: Settings): string {
  return FORMS[key].write(settings[key]);
}

function oneOf<T extends string>(known: readonly T[]): Form<T> {
  return { write: String, read: (text) => known.find((name) => name === text) };
}

function whole(least: number, most: number): Form<number> {
  return {
    write: String,
    read: (text) => (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
  };
}

/** A list whose every part can be read, and that is not too long; an empty text is the empty list. */
function readList<T>(
  text: string,
  between: string,
  most: number,
  read: (part: string) => T | undefined,
): T[] | undefined {
  const parts = text === '' ? [] : text.split(between);
  const values = parts.map(read).filter((value) => value !== undefined);
  return values.length === parts.length && parts.length <= most ? values : undefined;
}

/** Hundredths, and a letter for the class: "-120a35". */
function writePoint({ x1, x2, label }: OwnPoint): string {
  return `${Math.round(100 * x1)}${label === 0 ? 'a' : 'b'}${Math.round(100 * x2)}`;
}

function readPoint(text: string): OwnPoint | undefined {
  const [, x1, label, x2] = /^(-?\d{1,3})([ab])(-?\d{1,3})$/.exec(text) ?? [];
  const point = { x1: Number(x1) / 100, x2: Number(x2) / 100, label: label === 'a' ? 0 : 1 } as const;
  return Math.abs(point.x1) <= REACH && Math.abs(point.x2) <= REACH ? point : undefined;
}
