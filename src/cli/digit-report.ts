/** The report of `zerokara train` on digits. */

import type { Dataset, Network, Trainer } from '../index.js';
import type { ReportInput, ReportMistake, ReportValue } from '../report/report-input.js';
import { environmentOf } from './environment.js';
import { flagOf, warningInFlags } from './flag-errors.js';
import { formatCount } from './numbers.js';
import type { TrainFlags } from './training-run.js';

/** The most mistakes that are shown. */
const MOST_MISTAKES = 36;

/** What a report of digits is about. */
export interface DigitRun {
  readonly trainer: Trainer<Network>;
  readonly train: Dataset<Int32Array>;
  readonly test: Dataset<Int32Array>;
  readonly flags: TrainFlags;
  /** The network on one line, and where the digits are from. */
  readonly told: string;
  readonly source: string;
  readonly seconds: number;
}

export function digitReport(run: DigitRun): ReportInput {
  const { trainer, train, test, told, source, seconds } = run;
  const { net, history } = trainer;
  const metrics = ['confusionMatrix', 'precision', 'recall', 'f1Score'] as const;
  const { confusionMatrix, ...figures } = net.evaluate(test, { metrics });
  const classes = Array.from({ length: test.classes! }, (_, digit) => String(digit));
  return {
    title: 'Handwritten digits',
    description: `${told}; trained on ${formatCount(train.size)} digits from ${source}.`,
    history: { epochs: history.epochs, warnings: history.warnings.map(warningInFlags) },
    evaluation: {
      kind: 'classification',
      rows: `${formatCount(test.size)} held-out digits`,
      classes,
      confusionMatrix: confusionMatrix!,
      metrics: figures as Readonly<Record<string, number>>,
    },
    mistakes: mistakesOf(net, test),
    ...('summary' in net
      ? { layers: (net as { summary(): { layers: ReportInput['layers'] } }).summary().layers! }
      : {}),
    settings: settingsOf(run),
    environment: environmentOf(net, seconds),
  };
}

/** The digits that are taken for another with the highest probability. */
function mistakesOf(net: Network, test: Dataset<Int32Array>): ReportMistake[] {
  const { x, labels } = test.toTensors({ normalize: false });
  const bytes = Uint8Array.from(x.data);
  const { data, shape } = net.predict({ data: bytes, shape: [...x.shape] });
  const [height, width] = test.sampleShape as [number, number];
  const [classes, size] = [shape[1]!, height * width];
  const wrong: ReportMistake[] = [];
  labels.forEach((label, row) => {
    const scores = data.subarray(row * classes, (row + 1) * classes);
    const answer = scores.indexOf(Math.max(...scores));
    if (answer === label || answer < 0) return;
    const image = { height, width, bytes: bytes.subarray(row * size, (row + 1) * size) };
    const probability = scores[answer]!;
    wrong.push({ row, actual: String(label), predicted: String(answer), probability, image });
  });
  return wrong.sort((a, b) => b.probability! - a.probability!).slice(0, MOST_MISTAKES);
}

/** Flags that say where files are. */
const FILES = ['save', 'report', 'checkpoint', 'resume', 'data'];

function settingsOf({ trainer, train, test, flags, source }: DigitRun): Record<string, ReportValue> {
  const own = Object.entries(flags).filter(([name, value]) => value !== undefined && !FILES.includes(name));
  return {
    data: source,
    'training rows': train.size,
    'held-out rows': test.size,
    'updates made': trainer.step,
    seed: trainer.seed,
    ...Object.fromEntries(own.map(([name, value]) => [flagOf(name).slice(2), value as ReportValue])),
  };
}
