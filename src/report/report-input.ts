import type { SummaryRow } from '../models/summary.js';
import type { EpochRecord } from '../trainer/epoch-record.js';

/** A value of the settings, of the environment or of a table's cell; null is shown as missing. */
export type ReportValue = string | number | boolean | null;

/** Everything that a report shows. A part that is left out is left out of the page. */
export interface ReportInput {
  /** The page's title, e.g. `species of iris.csv`. */
  readonly title: string;
  /** One sentence below it: what was trained on which rows. */
  readonly description?: string;
  /** The run: `trainer.history`, or the same of a `TableModel`. */
  readonly history?: ReportHistory;
  /** What the network is worth on rows that it has not been trained on. */
  readonly evaluation?: ReportClassification | ReportRegression;
  /** How much each column matters, in any order: the page shows the most important first. */
  readonly importance?: ReportImportance;
  /** The worst mistakes, the worst first. */
  readonly mistakes?: readonly ReportMistake[];
  /** The layers of the network: `net.summary().layers`. */
  readonly layers?: readonly SummaryRow[];
  /** How it was trained, by name. */
  readonly settings?: Readonly<Record<string, ReportValue>>;
  /** Where it was trained: versions, machine, backend, seconds. */
  readonly environment?: Readonly<Record<string, ReportValue>>;
}

/** What a run recorded. */
export interface ReportHistory {
  readonly epochs: readonly EpochRecord[];
  /** What looked wrong, in sentences. */
  readonly warnings?: readonly string[];
}

/** What a classifier answered. */
export interface ReportClassification {
  readonly kind: 'classification';
  /** Which rows were asked, e.g. `10,000 test rows`. */
  readonly rows: string;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** Entry [i][j] counts the rows of class i that were given class j, as `confusionMatrix` returns it. */
  readonly confusionMatrix: readonly (readonly number[])[];
  /** Figures by name, e.g. `{ accuracy: 0.97, loss: 0.1 }`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What a network for values answered. */
export interface ReportRegression {
  readonly kind: 'regression';
  /** Which rows were asked, e.g. `110 test rows`. */
  readonly rows: string;
  /** The name of what is predicted. */
  readonly target: string;
  /** What is true of each row. */
  readonly actual: ArrayLike<number>;
  /** What the network answered, as many numbers. The page shows at most 2,000 of them, evenly spaced. */
  readonly predicted: ArrayLike<number>;
  /** Figures by name, e.g. `{ rmse: 54.2, r2Score: 0.48 }`. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** How much a figure falls when a column is shuffled. */
export interface ReportImportance {
  /** The figure, e.g. `accuracy`. */
  readonly metric: string;
  readonly columns: readonly ColumnImportance[];
}

/** The importance of one column. */
export interface ColumnImportance {
  readonly name: string;
  /** How much the figure falls, the mean of some repetitions. */
  readonly mean: number;
  /** The standard deviation of these repetitions. */
  readonly deviation?: number;
}

/** A row that the network got wrong. */
export interface ReportMistake {
  /** Where the row is, counted from 0. */
  readonly row: number;
  /** What is true: the name of the class, or the value. */
  readonly actual: string | number;
  /** What the network answered. */
  readonly predicted: string | number;
  /** The probability that it gave its answer, in [0, 1]; absent for values. */
  readonly probability?: number;
  /** The row by column. */
  readonly cells?: Readonly<Record<string, ReportValue>>;
  /** The row as an image. Mistakes with an image are shown as a gallery. */
  readonly image?: ReportImage;
}

/** A grey image, or one of red, green and blue. */
export interface ReportImage {
  readonly height: number;
  readonly width: number;
  /** height · width · channels bytes, row by row from the top, the channels of a pixel together; 0 is black. */
  readonly bytes: Uint8Array;
  /** 1 for grey, the default, or 3. */
  readonly channels?: 1 | 3;
}
