/** What was measured at the end of an epoch (or with `evaluate: 'epochStart'` after its first update). */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** Updates made so far. */
  readonly step: number;
  /** Mean of the batch losses since the record before, each taken before its update. */
  readonly trainLoss: number;
  /** Share of the training rows classified rightly, in [0, 1]; absent without evaluation and for a regression. */
  readonly trainAccuracy?: number;
  /** Mean loss over the test rows; absent without evaluation or test set. */
  readonly testLoss?: number;
  /** Share of the test rows classified rightly, in [0, 1]; absent without evaluation or test set and for a regression. */
  readonly testAccuracy?: number;
  /** Seconds of training since the record before, evaluation included, pauses between two `fit` calls not. */
  readonly seconds: number;
}

/** What a run has done so far. */
export interface History {
  /** The batch loss of each step, taken before its update. */
  readonly losses: Float64Array;
  readonly epochs: readonly EpochRecord[];
}

/** Losses reserved at once at the start, at most: 8 MB. A longer run doubles its memory when it needs to. */
const LARGEST_RESERVE = 2 ** 20;

/** The history as the trainer writes it: recording a loss allocates nothing. */
export class HistoryRecorder implements History {
  readonly epochs: EpochRecord[] = [];
  private recorded: Float64Array;
  private steps = 0;
  private stepsAtLastEpoch = 0;
  private lossesView: Float64Array | undefined;

  constructor(expectedSteps: number) {
    this.recorded = new Float64Array(Math.min(expectedSteps, LARGEST_RESERVE));
  }

  get losses(): Float64Array {
    if (this.lossesView?.length !== this.steps) this.lossesView = this.recorded.subarray(0, this.steps);
    return this.lossesView;
  }

  recordLoss(loss: number): void {
    if (this.steps === this.recorded.length) {
      const longer = new Float64Array(Math.max(1024, 2 * this.steps));
      longer.set(this.recorded);
      this.recorded = longer;
      this.lossesView = undefined;
    }
    this.recorded[this.steps++] = loss;
  }

  /** The mean of the losses since this was asked last. */
  takeMeanLoss(): number {
    let sum = 0;
    for (let i = this.stepsAtLastEpoch; i < this.steps; i++) sum += this.recorded[i]!;
    const mean = sum / (this.steps - this.stepsAtLastEpoch);
    this.stepsAtLastEpoch = this.steps;
    return mean;
  }
}
