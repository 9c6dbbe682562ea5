import { CHUNK_ROWS } from '../data/chunk.js';
import type { Dataset } from '../data/dataset.js';
import { rowsOfShare } from '../data/share.js';
import type { Evaluation, EvaluationState, Evaluator, Network } from '../models/network.js';
import { failureOf } from './failure.js';
import type { Link } from './link.js';

/** A part of the rows, on this rank. */
interface Part {
  readonly rows: number;
  /** Undefined for a part without rows. */
  readonly evaluator: Evaluator | undefined;
  evaluation: Evaluation | undefined;
}

/**
 * Evaluates a data set, each rank its parts of it. All ranks take the same number of turns, so that between two turns they may
 * decide together.
 */
export class SharedEvaluator implements Evaluator {
  private readonly parts: readonly Part[];
  private readonly turns: number;
  private turn = 0;
  /** What an evaluator has thrown on this rank; the others learn of it after the last turn. */
  private thrown: unknown;

  /** @param count parts of all ranks; a power of two with `isTree`, by which their sum has the same bits on any number of ranks */
  constructor(
    private readonly link: Link,
    net: Network,
    private readonly dataset: Dataset,
    count: number,
    private readonly isTree: boolean,
  ) {
    const own = count / link.size;
    const { rows } = dataset.parts;
    this.parts = Array.from({ length: own }, (_, i) => {
      const { start, end } = rowsOfShare(rows.length, { index: link.rank * own + i, count });
      const evaluator = start === end ? undefined : net.evaluator(dataset.withRows(rows.slice(start, end)));
      return { rows: end - start, evaluator, evaluation: undefined };
    });
    this.turns = own * Math.ceil(Math.ceil(rows.length / count) / CHUNK_ROWS);
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
      this.thrown = error;
    }
    return true;
  }

  /** The mean over all rows, from the means over the parts. */
  private result(): Evaluation {
    const { link, parts, dataset } = this;
    const failed = Number(this.thrown !== undefined);
    // [loss, accuracy] of each part, times its rows, and whether an evaluator has thrown.
    let sums: Float64Array[] = parts.map(({ rows, evaluation }) =>
      Float64Array.of(rows * (evaluation?.loss ?? 0), countOf(rows * (evaluation?.accuracy ?? 0)), failed),
    );
    while (sums.length > 1) sums = pairwise(sums);
    const sum = sums[0]!;
    if (this.isTree) link.treeSum(sum);
    else link.sum(sum);
    if (sum[2] !== 0) throw failureOf(link, this.thrown, 'an evaluation');
    const loss = sum[0]! / dataset.size;
    const isRegression = parts.some(({ evaluation }) => evaluation !== undefined && evaluation.accuracy === undefined);
    return isRegression || dataset.kind === 'regression' ? { loss } : { loss, accuracy: sum[1]! / dataset.size };
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

/** Neighbours added; one without a neighbour stays. */
function pairwise(sums: readonly Float64Array[]): Float64Array[] {
  const halves: Float64Array[] = [];
  for (let i = 0; i < sums.length; i += 2) {
    halves.push(sums[i]!.map((value, k) => value + (sums[i + 1]?.[k] ?? 0)));
  }
  return halves;
}
