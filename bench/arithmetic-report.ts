/** The table of J7: every operation and size beside NumPy, and what the bar asks of them. */

import type { JobResult, Lane } from '../src/bench/measure.js';
import { countedMedians, format, timeRatio } from '../src/bench/report.js';
import { median } from '../src/bench/statistics.js';
import { textTable } from '../src/bench/text-table.js';
import { EXTENTS, OPERATIONS, workloadName } from './arithmetic.js';

const OURS = 'native@1';
const THEIRS = 'numpy-float32@1';

function find(result: JobResult, id: string): Lane | undefined {
  return result.lanes.find((lane) => lane.id === id && lane.failure === undefined && lane.timings.length > 0);
}

/** The training loop, by the name of its workload. */
const LOOPS = [
  ['chapter4', 'a step of chapter 4'],
  ['chapter4/tidy', 'a step of chapter 4, tidy'],
] as const;

/** NumPy frees what it can in every program, so there is no workload of its own for `tidy`. */
const theirs = (workload: string): string => `${THEIRS} ${workload.replace('/tidy', '')}`;

/** Our time of a workload ÷ NumPy's; undefined where one of the two was not measured. */
function ratio(result: JobResult, workload: string, ours = OURS): number | undefined {
  const [lane, base] = [find(result, `${ours} ${workload}`), find(result, theirs(workload))];
  return lane === undefined || base === undefined ? undefined : timeRatio(lane, base);
}

/** The largest ratio over all operations on this size. */
export function slowest(rows: number, columns: number): (result: JobResult) => number | undefined {
  return (result) => {
    const ratios = Object.keys(OPERATIONS).map((name) => ratio(result, workloadName(name, rows, columns)));
    return ratios.includes(undefined) ? undefined : Math.max(...(ratios as number[]));
  };
}

/** A line for each operation: of each size µs of ours and of NumPy, and their ratio. */
export function reportArithmetic(result: JobResult): string {
  const isThere = (name: string, variant: string): boolean =>
    result.lanes.some(({ id }) => id.startsWith(`${OURS} ${name}:`) && id.endsWith(variant));
  const names = Object.entries(OPERATIONS).flatMap(([name, { title }]) => [
    { name, title, variant: '' },
    ...['out', 'tidy']
      .filter((variant) => isThere(name, `/${variant}`))
      .map((variant) => ({ name, title: `${title}, ${variant}`, variant: `/${variant}` })),
  ]);
  const systems = [OURS, 'wasm@1', 'js@1', 'native@2'].filter((system) =>
    result.lanes.some(({ id }) => id.startsWith(`${system} `)),
  );
  const time = (id: string): string => {
    const lane = find(result, id);
    return lane === undefined ? '–' : format(median(countedMedians(lane)));
  };
  return systems
    .map((system) => {
      const rows = names.map(({ name, title, variant }) => [
        title,
        ...EXTENTS.flatMap(([m, n]) => {
          const workload = workloadName(name, m, n) + variant;
          const value = ratio(result, workload, system);
          return [time(`${system} ${workload}`), time(theirs(workload)), value === undefined ? '–' : format(value)];
        }),
      ]);
      for (const [workload, title] of LOOPS) {
        const loop = ratio(result, workload, system);
        if (find(result, `${system} ${workload}`) === undefined) continue;
        rows.push([
          title,
          time(`${system} ${workload}`),
          time(theirs(workload)),
          loop === undefined ? '–' : format(loop),
        ]);
      }
      const head = ['', ...EXTENTS.flatMap(([m, n]) => [`${m} × ${n}: ${system}, µs`, 'NumPy', '÷'])];
      return textTable(head, rows);
    })
    .join('\n\n')
    .concat('\n');
}
