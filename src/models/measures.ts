/** What `evaluate` reports besides the loss and the accuracy: collected chunk by chunk, computed at the end. */

import type { Kind } from '../data/kind.js';
import { ArgumentError } from '../errors.js';
import { isInt32 } from '../identity.js';
import { matrixOf } from '../metrics/confusion-matrix.js';
import { averageOf, type ClassCounts, countClasses, FIGURES, occurring } from '../metrics/precision-recall.js';
import { rocAuc } from '../metrics/probabilities.js';
import { RegressionSums } from '../metrics/regression.js';
import { checkOptions, requireOneOf, requireStrings } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { classesOf } from './answers.js';
import type { EvaluateOptions, Evaluation, MetricName } from './network.js';

export const METRIC_NAMES = [
  'precision',
  'recall',
  'f1Score',
  'rocAuc',
  'confusionMatrix',
] as const satisfies readonly MetricName[];

/** Takes rows of scores and targets, and gives their figures at the end. */
export interface Measures {
  /**
   * @param scores (N, outputs)
   * @param targets as `readTargets` gives them
   * @param outputs probabilities or values, computed only if needed
   */
  add(scores: Tensor, targets: Int32Array | Tensor, outputs: (scores: Tensor) => Tensor): void;
  result(): Partial<Evaluation>;
}

/**
 * Collects the requested figures; undefined if there is nothing to collect.
 *
 * @throws {ArgumentError} for a metric that is not known, or that a network of this kind does not have
 */
export function measuresOf(operation: string, kind: Kind, options: EvaluateOptions): Measures | undefined {
  checkOptions(operation, options, ['metrics']);
  const metrics = requireStrings(operation, 'metrics', options.metrics ?? []).map((name, i) =>
    requireOneOf(operation, `metrics[${i}]`, name, METRIC_NAMES),
  );
  const unfit =
    kind === 'regression' ? metrics[0] : kind === 'multiLabel' && metrics.find((m) => m === 'confusionMatrix');
  if (unfit) {
    throw new ArgumentError({
      operation,
      found: `metrics has "${unfit}"`,
      expected:
        kind === 'regression'
          ? 'none for a regression, which always gives rmse, mae and r2Score'
          : 'it for one class per row only, not for multi-label',
    });
  }
  if (kind === 'regression') return new RegressionMeasures();
  if (metrics.length === 0) return undefined;
  return kind === 'multiLabel' ? new LabelMeasures(metrics) : new ClassMeasures(kind, metrics);
}

class RegressionMeasures implements Measures {
  private sums: RegressionSums | undefined;

  add(scores: Tensor, targets: Int32Array | Tensor): void {
    this.sums ??= new RegressionSums(scores.shape[1]!);
    this.sums.add((targets as Tensor).data, scores.data);
  }

  result(): Partial<Evaluation> {
    const { rmse, mae, r2Score, rows } = this.sums!;
    return { rmse, mae, ...(rows < 2 ? {} : { r2Score }) };
  }
}

/** One class per row. */
class ClassMeasures implements Measures {
  private readonly expected: number[] = [];
  private readonly predicted: number[] = [];
  private readonly probabilities: number[] = [];
  private outputs = 1;

  constructor(
    private readonly kind: Kind,
    private readonly metrics: readonly MetricName[],
  ) {}

  add(scores: Tensor, targets: Int32Array | Tensor, outputs: (scores: Tensor) => Tensor): void {
    this.outputs = scores.shape[1]!;
    for (const label of isInt32(targets) ? targets : classesOf('classification', targets)) this.expected.push(label);
    for (const label of classesOf(this.kind, scores)) this.predicted.push(label);
    if (this.metrics.includes('rocAuc')) for (const p of outputs(scores).data) this.probabilities.push(p);
  }

  result(): Partial<Evaluation> {
    const { metrics, outputs } = this;
    const classes = Math.max(outputs, 2);
    const pair = { expected: Int32Array.from(this.expected), predicted: Int32Array.from(this.predicted) };
    const all = countClasses(pair, classes);
    const counts = classes === 2 ? all : occurring(all);
    return {
      ...figures(counts, classes === 2 ? 'binary' : 'macro', metrics),
      ...(metrics.includes('rocAuc')
        ? {
            rocAuc: rocAuc(pair.expected, {
              data: Float64Array.from(this.probabilities),
              shape: [pair.expected.length, outputs],
            }),
          }
        : {}),
      ...(metrics.includes('confusionMatrix') ? { confusionMatrix: matrixOf(pair, classes) } : {}),
    };
  }
}

/** Any number of labels per row: each label separately, then the mean over the labels. */
class LabelMeasures implements Measures {
  private readonly targets: number[] = [];
  private readonly scores: number[] = [];
  private labels = 1;

  constructor(private readonly metrics: readonly MetricName[]) {}

  add(scores: Tensor, targets: Int32Array | Tensor): void {
    this.labels = scores.shape[1]!;
    for (const bit of (targets as Tensor).data) this.targets.push(bit);
    for (const score of scores.data) this.scores.push(score);
  }

  result(): Partial<Evaluation> {
    const { labels, metrics } = this;
    const columns = Array.from({ length: labels }, (_, label) => {
      const own = (_value: number, i: number): boolean => i % labels === label;
      return { expected: Int32Array.from(this.targets.filter(own)), scores: this.scores.filter(own) };
    });
    const counts = columns.map(({ expected, scores }) =>
      countClasses({ expected, predicted: Int32Array.from(scores, (score) => (score > 0 ? 1 : 0)) }, 2),
    );
    const together: ClassCounts = {
      right: counts.map(({ right }) => right[1]!),
      predicted: counts.map(({ predicted }) => predicted[1]!),
      actual: counts.map(({ actual }) => actual[1]!),
    };
    const areas = metrics.includes('rocAuc') ? columns.map(({ expected, scores }) => rocAuc(expected, scores)) : [];
    return {
      ...figures(together, 'macro', metrics),
      ...(areas.length === 0 ? {} : { rocAuc: areas.reduce((sum, area) => sum + area, 0) / labels }),
    };
  }
}

function figures(
  counts: ClassCounts,
  average: 'binary' | 'macro',
  metrics: readonly MetricName[],
): Partial<Record<keyof typeof FIGURES, number>> {
  const wanted = (['precision', 'recall', 'f1Score'] as const).filter((name) => metrics.includes(name));
  return Object.fromEntries(wanted.map((name) => [name, averageOf(counts, FIGURES[name], average)]));
}
