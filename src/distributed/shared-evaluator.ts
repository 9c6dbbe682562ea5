import { CHUNK_ROWS } from '../data/chunk.js';
import type { Dataset } from '../data/dataset.js';
import { rowsOfShare } from '../data/share.js';
import type { Evaluation, EvaluationState, Evaluator, Network } from '../models/network.js';
import { failureOf } from './failure.js';
import type { Link } from './link.js';
import type { News, Thrown } from './news.js';

/** A part of the rows, on this rank. */
interface Part {
  readonly rows: number;
  /** Undefined for a part without rows. */
  readonly evaluator: Evaluator | undefined;
  evaluation: Evaluation | undefined;
}

/** What evaluations of several ranks have in common. */
interface Shared {
  readonly link: Link;
  readonly net: Network;
  readonly news: News;
}

/** How many times as long as in a step a rank waits for the others: they may have other rows, or a slower machine. */
const PATIENCE = 12;

/**
 * Evaluates rows, each rank its parts of them. All ranks take the same number of turns, so that between two turns they may decide
 * together.
 */
export class SharedEvaluator implements Evaluator {
  private turn = 0;
  /** What an evaluator has thrown on this rank; the others learn of it after the last turn. */
  private thrown: Thrown | undefined;

  private constructor(
    private readonly shared: Shared,
    private readonly parts: readonly Part[],
    private readonly turns: number,
    private readonly isTree: boolean,
  ) {}

  /**
   * Of a data set that all ranks have.
   *
   * @param count parts of all ranks; a power of two with `isTree`, by which their sum has the same bits on any number of ranks
   */
  static of(dataset: Dataset, shared: Shared, count: number, isTree: boolean): SharedEvaluator {
    const { link, net } = shared;
    const own = count / link.size;
    const { rows } = dataset.parts;
    const parts = Array.from({ length: own }, (_, i) => {
      const { start, end } = rowsOfShare(rows.length, { index: link.rank * own + i, count });
      return partOf(net, start === end ? undefined : dataset.withRows(rows.slice(start, end)));
    });
    const turns = own * Math.ceil(Math.ceil(rows.length / count) / CHUNK_ROWS);
    return new SharedEvaluator(shared, parts, turns, isTree);
  }

  /** Of rows that this rank alone has, if it has any, together with those of the others: in one turn. */
  static ofOwn(dataset: Dataset | undefined, shared: Shared): SharedEvaluator {
    return new SharedEvaluator(shared, [partOf(shared.net, dataset)], 1, false);
  }

  next(): Evaluation | undefined {
    this.advance();
    this.turn++;
    if (this.turn < this.turns) return undefined;
    // The evaluator of a custom network may take more turns than its rows have chunks.
    while (this.advance());
    try {
      return this.result();
    } finally {
      this.restart();
    }
  }

  /** Works on the first part without a result; false if there is none. */
  private advance(): boolean {
    const part = this.parts.find(({ evaluator, evaluation }) => evaluator !== undefined && evaluation === undefined);
    if (part === undefined || this.thrown !== undefined) return false;
    try {
      part.evaluation = part.evaluator!.next();
    } catch (error) {
      this.thrown = { error };
    }
    return true;
  }

  /** The mean over all rows, from the means over the parts. */
  private result(): Evaluation {
    const { shared, parts, isTree } = this;
    const { link, net, news } = shared;
    const thrown = news.failed ?? this.thrown;
    // Loss and accuracy of each part, times its rows, their number, and whether an evaluator has thrown.
    const own = parts.map(({ rows, evaluation }) =>
      Float64Array.of(
        rows * (evaluation?.loss ?? 0),
        countOf(rows * (evaluation?.accuracy ?? 0)),
        rows,
        Number(thrown !== undefined),
      ),
    );
    const all = link.gather(sumOf(own, true), PATIENCE);
    const [loss, right, rows, failed] = sumOf(
      Array.from({ length: link.size }, (_, rank) => all.subarray(4 * rank, 4 * rank + 4)),
      isTree,
    ) as unknown as readonly [number, number, number, number];
    if (failed !== 0) throw failureOf(link, thrown, 'an evaluation');
    const isRegression = parts.some(({ evaluation }) => evaluation !== undefined && evaluation.accuracy === undefined);
    return isRegression || net.kind === 'regression'
      ? { loss: loss / rows }
      : { loss: loss / rows, accuracy: right / rows };
  }

  restart(): void {
    this.turn = 0;
    this.thrown = undefined;
    for (const part of this.parts) {
      part.evaluation = undefined;
      part.evaluator?.restart();
    }
  }

  /** An evaluation that has begun is not part of a saved run: it begins again, with the same result. */
  state(): EvaluationState {
    return { chunk: 0, loss: 0, right: 0 };
  }

  restore(): void {
    this.restart();
  }
}

/** Rows that are right: a whole number where it is one but for rounding; a custom network may count otherwise. */
function countOf(right: number): number {
  const whole = Math.round(right);
  return Math.abs(right - whole) <= 1e-6 ? whole : right;
}

/** Their sum; in a tree, neighbours first, then neighbours of those, one without a neighbour stays. */
function sumOf(numbers: readonly Float64Array[], isTree: boolean): Float64Array {
  let sums = numbers;
  while (sums.length > 1) {
    const [first, second, ...others] = sums;
    sums = isTree ? pairwise(sums) : [plus(first!, second), ...others];
  }
  return sums[0]!;
}

function pairwise(sums: readonly Float64Array[]): Float64Array[] {
  const halves: Float64Array[] = [];
  for (let i = 0; i < sums.length; i += 2) halves.push(plus(sums[i]!, sums[i + 1]));
  return halves;
}

function plus(a: Float64Array, b: Float64Array | undefined): Float64Array {
  return a.map((value, k) => value + (b?.[k] ?? 0));
}

function partOf(net: Network, dataset: Dataset | undefined): Part {
  return { rows: dataset?.size ?? 0, evaluator: dataset && net.evaluator(dataset), evaluation: undefined };
}
