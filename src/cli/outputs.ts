/** The files that a command writes at its end: refused before its work begins, if they cannot be written. */

import { resolve } from 'node:path';
import { ArgumentError } from '../errors.js';
import { requireWritable } from '../io/atomic-file.js';
import { jsonPathOf } from '../report/json-path.js';

export interface OutputFlags {
  readonly save?: string;
  readonly report?: string;
}

/** @throws {ArgumentError} if one would replace another, {DataError} for one that cannot be written */
export async function requireOutputs(operation: string, { save, report }: OutputFlags): Promise<void> {
  if (save !== undefined) await requireWritable(save, operation);
  if (report === undefined) return;
  for (const file of [report, jsonPathOf(report)]) {
    if (save !== undefined && resolve(save) === resolve(file)) {
      const expected = 'another file than --save';
      throw new ArgumentError({ operation, found: `--report ${report} writes ${file}`, expected });
    }
    await requireWritable(file, operation);
  }
}
