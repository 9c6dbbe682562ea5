/** The rows of src/backend/functions.ts, and what the parts of build-calls.mjs ask of them. */

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const { FUNCTIONS, OPERATIONS } = await importTypeScript('src/backend/functions.ts');
export const { isArray, isOutput, likeOf, partsOf } = await importTypeScript('src/backend/parameters.ts');

/** Bundles a TypeScript file and imports it. */
async function importTypeScript(file) {
  const { outputFiles } = await build({
    entryPoints: [join(root, file)],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

export const q = (text) => `'${text}'`;
export const capital = (name) => name[0].toUpperCase() + name.slice(1);
export const namesOf = ({ parameters }) => parameters.map(({ name }) => name).join(', ');
export const arraysOf = ({ parameters }) => parameters.filter(isArray);
export const outputsOf = (row) => arraysOf(row).filter(isOutput);
export const canBeNull = (parameter) => parameter.orNull === true;

/** The fields of a shape, read from it. */
export const fieldsIn = ({ name, fields }) => fields.map((field) => `${name}.${field}`);

/** The expression for a length: `m * n`. */
export function count(length) {
  const { sizes, join: by } = partsOf(length);
  return sizes.join(by === '×' ? ' * ' : ' + ');
}

/** The rows and columns of a matrix as it is stored. */
export function stored({ rows, columns, transposedBy }) {
  if (transposedBy === undefined) return { rows, columns };
  return { rows: `${transposedBy} ? ${columns} : ${rows}`, columns: `${transposedBy} ? ${rows} : ${columns}` };
}
