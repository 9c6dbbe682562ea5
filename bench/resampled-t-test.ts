/** Whether one learner scores above another, judged by paired scores on splits of the same rows. */

export interface PairedDifference {
  /** The mean of a − b. */
  readonly mean: number;
  /** The standard error of the mean, with the correction for overlapping training parts. */
  readonly standardError: number;
  /** mean ÷ standardError; 0 where both are 0. */
  readonly t: number;
}

/**
 * The corrected resampled t-test: t = d̄ / √((1/J + tested/trained) · s²) over J paired differences d with variance s².
 *
 * Training parts of different splits share most of their rows, so the differences are not independent, and the usual 1/J
 * makes the error far too small. Of k folds, tested/trained is 1 / (k − 1).
 *
 * Source: Nadeau and Bengio, Inference for the Generalization Error, Machine Learning 52, 2003; for repeated folds Bouckaert
 * and Frank, Evaluating the Replicability of Significance Tests for Comparing Learning Algorithms, 2004.
 *
 * @example resampledTTest([3, 5, 4], [2, 3, 1], 1 / 9)   // differences 1, 2, 3: t = 2 / √((1/3 + 1/9) · 1) = 3
 */
export function resampledTTest(a: readonly number[], b: readonly number[], testedPerTrained: number): PairedDifference {
  const differences = a.map((value, i) => value - b[i]!);
  const count = differences.length;
  const mean = differences.reduce((sum, d) => sum + d, 0) / count;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (count - 1);
  const standardError = Math.sqrt((1 / count + testedPerTrained) * variance);
  return { mean, standardError, t: mean === 0 ? 0 : mean / standardError };
}
