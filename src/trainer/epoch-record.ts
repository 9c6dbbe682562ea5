/** What was measured at the end of an epoch (or with `evaluate: 'epochStart'` after its first update). */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** Updates made so far. */
  readonly step: number;
  /**
   * Mean of the batch losses since the previous record, each taken before its update. For a regression it is half the squared
   * error, summed over the outputs: the root mean square error of one output is √(2 · loss).
   */
  readonly trainLoss: number;
  /** Share of the training rows classified correctly, in [0, 1]; absent without evaluation and for a regression. */
  readonly trainAccuracy?: number;
  /** Mean loss over the validation rows; absent without evaluation or validation rows. */
  readonly validationLoss?: number;
  /** Share of the validation rows classified correctly, in [0, 1]; absent without them and for a regression. */
  readonly validationAccuracy?: number;
  /** Mean loss over the test rows, half the squared error of a regression; absent without evaluation or test set. */
  readonly testLoss?: number;
  /** Share of the test rows classified correctly, in [0, 1]; absent without evaluation or test set and for a regression. */
  readonly testAccuracy?: number;
  /** η of the last update before the record. */
  readonly learningRate: number;
  /** Seconds of training since the previous record, including evaluation but not the pauses between `fit` calls. */
  readonly seconds: number;
}
