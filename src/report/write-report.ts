import { platform } from '#platform';
import { requireWritable, writeFileAtomic } from '../io/atomic-file.js';
import { jsonPathOf } from '../io/json-path.js';
import { requirePath } from '../options.js';
import { checkInput } from './check-input.js';
import { pageOf } from './page.js';
import { jsonOf, reportDataOf } from './report-data.js';
import type { ReportInput } from './report-input.js';

const OPERATION = 'writeReport';

/**
 * Writes a report of a training run: one HTML page with learning curves, confusion matrix or predicted against true values,
 * importance of the columns, the worst mistakes, settings and environment.
 *
 * The page needs no other file, no JavaScript and no network, and follows the reader's choice of light or dark. Beside it
 * the same numbers are written as JSON: `run.json` for `run.html`. The charts are drawn by ECharts, which is part of this
 * entry of the package only.
 *
 * @param path of the page, e.g. `run.html`; existing files are replaced
 * @throws {ArgumentError} for a path that is empty or not a string, or a part that is not what ReportInput says
 * @throws {DataError} if one of the two files cannot be written; both are tried before the first is
 * @example await writeReport('run.html', { title: 'digits', history: trainer.history });
 */
export async function writeReport(path: string, input: ReportInput): Promise<void> {
  requirePath(OPERATION, 'path', path);
  checkInput(OPERATION, input);
  const jsonPath = jsonPathOf(path);
  for (const file of [path, jsonPath]) await requireWritable(file, OPERATION);
  const data = reportDataOf(input);
  const page = pageOf(data, platform.files.nameOf(jsonPath));
  const encoder = new TextEncoder();
  await writeFileAtomic(jsonPath, [encoder.encode(jsonOf(data))], OPERATION);
  await writeFileAtomic(path, [encoder.encode(page)], OPERATION);
}
