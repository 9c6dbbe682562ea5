/** Progress of a training run: a bar on a terminal, plain lines elsewhere. */

import cliProgress from 'cli-progress';
import type { EpochRecord, StepEvent, Trainer } from '../index.js';
import { formatCount, formatSeconds } from './numbers.js';

export interface Progress {
  /** Absent where no step shows anything: ranks would wait after each for what the first does. */
  readonly onStep?: (event: StepEvent) => void;
  onEpochEnd(record: EpochRecord): void;
  stop(): void;
}

/** Milliseconds between redraws of the bar. */
const REDRAW = 80;

/** The most characters that the figures beside the bar take. */
const FIGURES = 66;

/** At most this many plain lines, however many epochs there are. */
const LINES = 10;

/** No progress at all. */
export const SILENT: Progress = { onEpochEnd() {}, stop() {} };

export function showProgress(trainer: Trainer, batchSize: number): Progress {
  return process.stderr.isTTY ? bar(trainer, batchSize) : lines(trainer);
}

function bar(trainer: Trainer, batchSize: number): Progress {
  const { totalSteps, stepsPerEpoch } = trainer;
  const epochs = Math.ceil(totalSteps / stepsPerEpoch);
  const picture = new cliProgress.SingleBar(
    {
      format: '{bar} {percentage}% · epoch {epoch}/{epochs} · loss {loss} · {rate} samples/s · {left} left',
      hideCursor: true,
      // On a narrow terminal the figures matter more than the bar.
      barsize: Math.max(0, Math.min(40, (process.stderr.columns ?? 80) - FIGURES)),
    },
    cliProgress.Presets.shades_classic,
  );
  const start = performance.now();
  const begunAt = trainer.step; // steps of a run that continues were made earlier
  const describe = (step: number, epoch: number, loss: string): object => {
    const seconds = Math.max((performance.now() - start) / 1000, 1e-3);
    const rate = (step - begunAt) / seconds;
    return {
      epoch,
      epochs,
      loss,
      rate: formatCount(rate * batchSize),
      left: step === begunAt ? '?' : formatSeconds((totalSteps - step) / rate),
    };
  };
  picture.start(totalSteps, trainer.step, describe(trainer.step, trainer.epoch, '?'));
  let redrawAt = 0;
  return {
    onStep({ step, epoch, loss }) {
      const now = performance.now();
      if (now < redrawAt && step < totalSteps) return;
      redrawAt = now + REDRAW;
      picture.update(step, describe(step, epoch, loss.toFixed(4)));
    },
    onEpochEnd() {},
    stop: () => picture.stop(),
  };
}

function lines(trainer: Trainer): Progress {
  const epochs = Math.ceil(trainer.totalSteps / trainer.stepsPerEpoch);
  const every = Math.ceil(epochs / LINES);
  return {
    onEpochEnd({ epoch, trainLoss, validationAccuracy, testAccuracy }) {
      if (epoch % every !== 0 && epoch !== 1 && epoch !== epochs) return;
      const accuracy = testAccuracy === undefined ? '' : `, test accuracy ${testAccuracy.toFixed(4)}`;
      const held = validationAccuracy === undefined ? '' : `, validation accuracy ${validationAccuracy.toFixed(4)}`;
      console.error(`epoch ${epoch}/${epochs}: loss ${trainLoss.toFixed(4)}${held}${accuracy}`);
    },
    stop() {},
  };
}
