/**
 * Three tables like those that users bring: words, gaps, rare categories, skewed targets, outliers, many rows.
 *
 * Every number comes from the library's seeded generator, so the tables are the same on every machine. They were written down
 * before anything was trained on them, and no setting of the library was chosen by their test parts.
 */

import { Random } from '../src/random.js';
import { FOLDS, SEEDS } from './tables.js';

/** A cell: undefined is a gap. */
type Cell = number | string | undefined;

interface Plan {
  readonly rows: number;
  readonly task: 'classification' | 'regression';
  readonly columns: readonly string[];
  /** The cells of one row, the target last. */
  row(random: Random): Cell[];
}

/** The share of rows with a gap in a column that has gaps, and of rows with an outlier. */
const GAPS = 0.08;
const OUTLIERS = 0.01;

const PLANS = {
  /** Two classes, one of them a fifth of the rows; the job has rare names; income has gaps and outliers of 20 times. */
  loans: {
    rows: 5_000,
    task: 'classification',
    columns: ['age', 'income', 'debt', 'years', 'job', 'married', 'purpose', 'target'],
    row(random) {
      const age = 18 + 60 * random.uniform();
      const job = drawn(random, JOBS_OF_PEOPLE);
      const income = Math.exp(10 + 0.4 * random.normal() + 0.03 * JOBS_OF_PEOPLE.indexOf(job));
      const debt = income * 0.5 * random.uniform() ** 2;
      const years = Math.floor((age - 18) * random.uniform());
      const married = random.uniform() < 0.5 ? 'yes' : 'no';
      const purpose = ['car', 'house', 'holiday', 'school'][random.integer(4)]!;
      const risk = 3 * (debt / income) - 0.08 * years + (purpose === 'holiday' ? 1 : 0) - (married === 'yes' ? 0.5 : 0);
      const isYoung = age < 25 ? 1.2 : 0;
      const score = risk + isYoung - 0.5 * (Math.log(income) - 10) - 0.5 + 0.7 * random.normal();
      const cells = [age, outlier(random, income, 20), debt, years, job, married, purpose];
      return [...gaps(random, cells, [1, 3, 4]), score > 0 ? 'default' : 'paid'];
    },
  },
  /** A price whose logarithm is nearly normal, so that a few rows are worth many; the district decides much. */
  houses: {
    rows: 2_000,
    task: 'regression',
    columns: ['area', 'rooms', 'built', 'distance', 'district', 'heating', 'target'],
    row(random) {
      const area = 40 + 160 * random.uniform() ** 1.5;
      const rooms = Math.max(1, Math.round(area / 28 + random.normal()));
      const built = 1900 + Math.floor(120 * random.uniform());
      const distance = 20 * random.uniform() ** 2;
      const district = drawn(random, DISTRICTS);
      const heating = ['gas', 'wood', 'electric', 'none'][random.integer(4)]!;
      const worth =
        11 +
        0.8 * Math.log(area / 80) -
        0.05 * distance +
        0.3 * Math.sin(DISTRICTS.indexOf(district)) +
        (built > 2000 ? 0.2 : 0) -
        (heating === 'none' ? 0.25 : 0) +
        0.15 * random.normal();
      const cells = [outlier(random, area, 10), rooms, built, distance, district, heating];
      return [...gaps(random, cells, [1, 3, 5]), Math.exp(worth)];
    },
  },
  /** Four classes in 50,000 rows; a city of sixty and a weekday interact with the hour; two columns mean nothing. */
  visits: {
    rows: 50_000,
    task: 'classification',
    columns: ['hour', 'pages', 'seconds', 'price', 'city', 'weekday', 'device', 'noise', 'target'],
    row(random) {
      const hour = 24 * random.uniform();
      const pages = 1 + Math.floor(-6 * Math.log(1 - random.uniform()));
      const seconds = pages * Math.exp(3 + random.normal());
      const price = Math.exp(3 + 1.2 * random.normal());
      const city = drawn(random, CITIES);
      const weekday = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'][random.integer(7)]!;
      const device = drawn(random, ['phone', 'computer', 'tablet', 'television']);
      const isWeekend = weekday === 'sat' || weekday === 'sun';
      const place = Math.cos(7 * CITIES.indexOf(city));
      const scores = [
        0.8 * Math.sin((hour * Math.PI) / 12) + (isWeekend ? 1 : 0),
        0.7 * Math.log(pages) + place,
        0.5 * (Math.log(price) - 3) + (device === 'computer' ? 0.8 : 0),
        0.4 * (Math.log(seconds) - 4) - place + (isWeekend ? 0 : 0.5),
      ].map((score) => 1.5 * score - Math.log(-Math.log(1 - random.uniform())));
      const kind = ['leaves', 'looks', 'buys', 'returns'][scores.indexOf(Math.max(...scores))];
      const cells = [hour, pages, outlier(random, seconds, 50), price, city, weekday, device, random.normal()];
      return [...gaps(random, cells, [2, 4, 6]), kind];
    },
  },
} as const satisfies Record<string, Plan>;

const JOBS_OF_PEOPLE = names('job', 14);
const DISTRICTS = names('district', 12);
const CITIES = names('city', 60);

export const GENERATED_NAMES = Object.keys(PLANS) as (keyof typeof PLANS)[];

export type GeneratedName = keyof typeof PLANS;

/** The table as CSV: its columns, the target, and for each seed the fold in which a row is tested. */
export function generateTable(name: GeneratedName): string {
  const { rows, columns, row, task }: Plan = PLANS[name];
  const random = new Random(GENERATED_NAMES.indexOf(name), 'program');
  const cells = Array.from({ length: rows }, () => row(random));
  const folds = Array.from({ length: SEEDS }, (_, seed) => dealt(cells, task, new Random(seed, 'program')));
  const lines = cells.map((row, i) => [...row.map(text), ...folds.map((fold) => fold[i])].join(','));
  const head = [...columns, ...folds.map((_, seed) => `fold of seed ${seed}`)].join(',');
  return `${[head, ...lines].join('\n')}\n`;
}

/** Shuffled and dealt one by one; classes one after another, so that each has its proportion in every fold. */
function dealt(cells: readonly Cell[][], task: Plan['task'], random: Random): Int32Array {
  const order = Int32Array.from(cells.keys());
  random.shuffle(order);
  const classOf = (i: number): string => String(cells[i]!.at(-1));
  const sorted =
    task === 'regression'
      ? [...order]
      : [...order].sort((a, b) => (classOf(a) < classOf(b) ? -1 : classOf(a) > classOf(b) ? 1 : 0));
  const folds = new Int32Array(cells.length);
  sorted.forEach((row, i) => {
    folds[row] = i % FOLDS;
  });
  return folds;
}

/** One of the words, the first ones most often: of the later ones, each is rarer than the one before. */
function drawn(random: Random, words: readonly string[]): string {
  return words[Math.floor((-Math.log(1 - random.uniform()) * words.length) / 6) % words.length]!;
}

function outlier(random: Random, value: number, factor: number): number {
  return random.uniform() < OUTLIERS ? value * factor : value;
}

/** The cells with gaps in some of the columns. */
function gaps(random: Random, cells: readonly Cell[], columns: readonly number[]): Cell[] {
  return cells.map((cell, i) => (columns.includes(i) && random.uniform() < GAPS ? undefined : cell));
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${kind} ${i + 1}`);
}

/** Six digits are what such files have. */
function text(cell: Cell): string {
  return typeof cell === 'number' ? String(Number(cell.toPrecision(6))) : (cell ?? '');
}
