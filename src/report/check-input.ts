/** Checks what a report is made of, before anything is drawn or written. */

import { ArgumentError, show } from '../errors.js';
import { isUint8 } from '../identity.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import type { ReportInput } from './report-input.js';

const PARTS = [
  'title',
  'description',
  'history',
  'evaluation',
  'importance',
  'mistakes',
  'layers',
  'settings',
  'environment',
] as const satisfies readonly (keyof ReportInput)[];

/** @throws {ArgumentError} naming the part that is not what ReportInput says */
export function checkInput(operation: string, input: ReportInput): void {
  checkOptions(operation, input, PARTS);
  const check = new Check(operation);
  const { title, description, history, evaluation, importance, mistakes, layers, settings, environment } = input;
  check.text('title', title);
  if (description !== undefined) check.text('description', description);
  if (history !== undefined) {
    check.list('history.epochs', history?.epochs);
    if (history.warnings !== undefined) check.list('history.warnings', history.warnings);
  }
  if (evaluation !== undefined) checkEvaluation(check, evaluation);
  if (importance !== undefined) {
    check.text('importance.metric', importance?.metric);
    check.list('importance.columns', importance.columns);
    importance.columns.forEach(({ name, mean }, i) => {
      check.text(`importance.columns[${i}].name`, name);
      check.number(`importance.columns[${i}].mean`, mean);
    });
  }
  if (mistakes !== undefined) check.list('mistakes', mistakes);
  mistakes?.forEach(({ row, image }, i) => {
    requireInteger(operation, `mistakes[${i}].row`, row, 0);
    if (image !== undefined) checkImage(check, `mistakes[${i}].image`, image);
  });
  if (layers !== undefined) check.list('layers', layers);
  if (settings !== undefined) check.record('settings', settings);
  if (environment !== undefined) check.record('environment', environment);
}

function checkEvaluation(check: Check, evaluation: NonNullable<ReportInput['evaluation']>): void {
  const kind = requireOneOf(check.operation, 'evaluation.kind', evaluation?.kind, ['classification', 'regression']);
  check.text('evaluation.rows', evaluation.rows);
  check.record('evaluation.metrics', evaluation.metrics);
  for (const [name, value] of Object.entries(evaluation.metrics)) check.number(`evaluation.metrics.${name}`, value);
  if (evaluation.kind === 'regression') {
    check.text('evaluation.target', evaluation.target);
    const { actual, predicted } = evaluation;
    if (actual?.length !== undefined && actual.length === predicted?.length) return;
    const found = `evaluation.actual is ${show(actual)}, and evaluation.predicted is ${show(predicted)}`;
    check.refuse(found, 'two lists of the same length');
  } else {
    check.list(`evaluation.classes, of a ${kind},`, evaluation.classes);
    evaluation.classes.forEach((name, i) => {
      check.text(`evaluation.classes[${i}]`, name);
    });
    const { length } = evaluation.classes;
    const matrix: unknown = evaluation.confusionMatrix;
    const isSquare =
      Array.isArray(matrix) &&
      matrix.length === length &&
      matrix.every((row) => Array.isArray(row) && row.length === length);
    if (!isSquare)
      check.refuse(
        `evaluation.confusionMatrix is ${show(matrix)}`,
        `${length} rows of ${length} counts, as evaluation.classes has ${length} names`,
      );
    evaluation.confusionMatrix.forEach((row, i) => {
      row.forEach((count, j) => {
        requireInteger(check.operation, `evaluation.confusionMatrix[${i}][${j}]`, count, 0);
      });
    });
  }
}

function checkImage(
  check: Check,
  name: string,
  image: NonNullable<NonNullable<ReportInput['mistakes']>[number]['image']>,
): void {
  const { height, width, bytes, channels = 1 } = image;
  requireInteger(check.operation, `${name}.height`, height, 1, 4096);
  requireInteger(check.operation, `${name}.width`, width, 1, 4096);
  if (channels !== 1 && channels !== 3) check.refuse(`${name}.channels is ${show(channels)}`, '1 or 3');
  const count = height * width * channels;
  if (!isUint8(bytes) || bytes.length !== count) {
    check.refuse(`${name}.bytes is ${show(bytes)}`, `a Uint8Array of ${count} (${height} × ${width} × ${channels})`);
  }
}

/** Checks of one value each, in the words of the operation. */
class Check {
  constructor(readonly operation: string) {}

  text(name: string, value: unknown): void {
    if (typeof value !== 'string') this.refuse(`${name} is ${show(value)}`, 'a text');
  }

  number(name: string, value: unknown): void {
    if (typeof value !== 'number') this.refuse(`${name} is ${show(value)}`, 'a number');
  }

  list(name: string, value: unknown): void {
    if (!Array.isArray(value)) this.refuse(`${name} is ${show(value)}`, 'an array');
  }

  record(name: string, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.refuse(`${name} is ${show(value)}`, 'an object with a value for each name');
    }
  }

  refuse(found: string, expected: string): never {
    throw new ArgumentError({ operation: this.operation, found, expected });
  }
}
