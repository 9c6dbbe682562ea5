// Builds src/backend/calls.ts, the calls of every backend function, from the rows of src/backend/functions.ts.
//
//   node scripts/build-calls.mjs           builds and writes
//   node scripts/build-calls.mjs --check   builds and compares; exit code 1 if the committed file is not what the rows give
//
// The output is straight-line code rather than one function that walks a row at each call: that took 50 ns, this takes
// 30.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'src', 'backend', 'calls.ts');

const { FUNCTIONS, OPERATIONS } = await importTypeScript('src/backend/functions.ts');
const { isArray, isOutput, likeOf, partsOf } = await importTypeScript('src/backend/parameters.ts');

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

const q = (text) => `'${text}'`;
const capital = (name) => name[0].toUpperCase() + name.slice(1);
const namesOf = ({ parameters }) => parameters.map(({ name }) => name).join(', ');
const arraysOf = ({ parameters }) => parameters.filter(isArray);
const outputsOf = (row) => arraysOf(row).filter(isOutput);
const canBeNull = (parameter) => parameter.orNull === true;

/** The lists of fields that the checks need, each written once. */
const fieldLists = new Map();

/** The name of the list of the fields of a shape. */
function fieldsOf({ type, fields }) {
  const name = `${type.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`;
  fieldLists.set(name, fields);
  return name;
}

/** The fields of a shape, read from it. */
const fieldsIn = ({ name, fields }) => fields.map((field) => `${name}.${field}`);

/** The expression for a length: `m * n`. */
function count(length) {
  const { sizes, join: by } = partsOf(length);
  return sizes.join(by === '×' ? ' * ' : ' + ');
}

const isLong = ({ length }) => length !== undefined && partsOf(length).sizes.length > 2;

/** The length of an array in a check: a long product is computed once, and has a name. */
const used = (parameter) => (isLong(parameter) ? `${parameter.name}Length` : count(parameter.length));

/** The rows and columns of a matrix as it is stored. */
function stored({ rows, columns, transposedBy }) {
  if (transposedBy === undefined) return { rows, columns };
  return { rows: `${transposedBy} ? ${columns} : ${rows}`, columns: `${transposedBy} ? ${rows} : ${columns}` };
}

/** The number of elements that a call can touch, from the first to the last. */
function extent(parameter) {
  switch (parameter.kind) {
    case 'matrix': {
      const { rows, columns } = stored(parameter);
      return `extent(${rows}, ${columns}, ld${parameter.name})`;
    }
    case 'rows':
      return `${parameter.name}.length`;
    default:
      return used(parameter);
  }
}

function typeOf(parameter) {
  switch (parameter.kind) {
    case 'flag':
      return 'boolean';
    case 'size':
    case 'leadingDimension':
    case 'scalar':
      return 'number';
    case 'activation':
      return 'Activation';
    case 'rows':
      return 'Floats | Uint8Array';
    case 'integers':
      return 'Int32Array';
    case 'bytes':
      return 'Uint8Array';
    case 'sizes':
      return parameter.type;
    default:
      return canBeNull(parameter) ? 'Floats | null' : 'Floats';
  }
}

// --- The checks -------------------------------------------------------------------------------------------------------

/** Checks an argument's kind, and that no other thread can write an array that is an output or holds indices. */
function kindCheck(operation, row, parameter) {
  const { kind, name } = parameter;
  const argument = `${q(operation)}, ${q(name)}, ${name}`;
  if (kind === 'integers' || kind === 'bytes')
    return `${kind}(${argument}); const ${name}Memory = unshared(${argument});`;
  if (kind === 'sizes') return `sizes(${argument}, ${fieldsOf(parameter)});`;
  if (!isArray(parameter)) return `${kind === 'leadingDimension' ? 'size' : kind}(${argument});`;
  const check = typeCheck(operation, row, parameter);
  if (kind === 'rows') return `if (!isBytes(${name})) ${check};`;
  const isModel = arraysOf(row).some((other) => likeOf(row, other) === parameter);
  const memory = `${name}Memory = unshared(${argument});`;
  if (!canBeNull(parameter)) {
    // Nothing is compared with the memory of the only array of a call.
    const kept = arraysOf(row).length > 1 ? `const ${memory}` : `unshared(${argument});`;
    return `${isModel ? `const ${name}Type = ` : ''}${check}; ${isOutput(parameter) ? kept : ''}`;
  }
  const lets = [
    ...(isModel ? [`let ${name}Type = '';`] : []),
    ...(isOutput(parameter) ? [`let ${name}Memory: unknown;`] : []),
  ];
  return `${lets.join(' ')} if (${name} !== null) { ${isModel ? `${name}Type = ` : ''}${check}; ${isOutput(parameter) ? memory : ''} }`;
}

/** Checks an array's element type: free for the first array of a call, which sets it for the others. */
function typeCheck(operation, row, parameter) {
  const { kind, name } = parameter;
  const like = likeOf(row, parameter);
  const orElse = canBeNull(parameter) ? `, ' or null'` : kind === 'rows' ? `, ' or a Uint8Array'` : '';
  const free = `floats(${q(operation)}, ${q(name)}, ${name}${orElse})`;
  if (like === undefined) return free;
  const bound = `floatsLike(${q(operation)}, ${q(name)}, ${name}, ${q(like.name)}, ${like.name}Type${orElse})`;
  return canBeNull(like) ? `${like.name} === null ? ${free} : ${bound}` : bound;
}

/** The sizes that have bounds of their own. */
function boundChecks(operation, { kind, name, positive, most }) {
  if (kind !== 'sizes') return '';
  const checks = positive.map((field) => {
    const size = `${name}.${field}`;
    return `if (${size} === 0) tooSmall(${q(operation)}, ${q(size)}, ${size}, 'at least 1');`;
  });
  if (most !== undefined) {
    const value = count(most.product);
    checks.push(
      `if (${value} > ${most.limit}) tooLarge(${q(operation)}, ${q(most.product)}, ${value}, ${most.limit}, ${q(most.why)});`,
    );
  }
  return checks.join('\n');
}

function leastCheck(operation, { name, least }) {
  if (least === undefined) return '';
  return `if (${name} === 0 && ${least.unless} > 0) tooSmall(${q(operation)}, ${q(name)}, ${name}, ${q(least.expected)});`;
}

function lengthCheck(operation, parameter) {
  const { kind, name } = parameter;
  if (kind === 'rows') return '';
  if (kind === 'matrix') {
    const { rows, columns } = stored(parameter);
    return `storedMatrix(${q(operation)}, ${q(name)}, ${name}, ${rows}, ${columns}, ld${name});`;
  }
  const check = `atLeast(${q(operation)}, ${q(name)}, ${name}, ${used(parameter)}, ${q(parameter.length)});`;
  return canBeNull(parameter) ? `if (${name} !== null) ${check}` : check;
}

function leadingDimensionCheck(operation, parameter) {
  if (parameter.kind !== 'matrix') return '';
  return `leadingDimension(${q(operation)}, ${q(parameter.name)}, ${stored(parameter).columns}, ld${parameter.name});`;
}

/** Two arrays in different buffers need no further check; getting at the buffers is what takes a check its time. */
function overlapChecks(operation, row) {
  const pairs = outputsOf(row).flatMap((output, i, outputs) =>
    arraysOf(row)
      .filter((other) => !outputs.slice(0, i + 1).includes(other))
      .map((other) => ({ output, other })),
  );
  const known = (array) => isOutput(array) || array.kind === 'integers' || array.kind === 'bytes';
  const often = arraysOf(row).filter(
    (array) => !known(array) && pairs.filter(({ other }) => other === array).length > 1,
  );
  const memory = (array) => (known(array) || often.includes(array) ? `${array.name}Memory` : `${array.name}.buffer`);
  return [
    ...often.map(({ name }) => `const ${name}Memory = ${name}.buffer;`),
    ...pairs.map(({ output, other }) => {
      const mayBe = output.mayBe === other.name;
      const conditions = [
        ...[output, other].filter(canBeNull).map(({ name }) => `${name} !== null`),
        ...(mayBe ? [`${output.name} !== ${other.name}`] : []),
        `${memory(output)} === ${memory(other)}`,
      ];
      const two = `${q(operation)}, ${q(output.name)}, ${output.name}, ${extent(output)}, ${q(other.name)}, ${other.name}`;
      return `if (${conditions.join(' && ')}) ${mayBe ? `sameOrApart(${two})` : `apart(${two}, ${extent(other)})`};`;
    }),
  ];
}

function rangeCheck(operation, row, parameter) {
  const { kind, name, use, length, below, start, count: some } = parameter;
  if (use === 'places')
    return `inRange(${q(operation)}, ${q(name)}, ${name}, 0, ${used(parameter)}, ${count(below)}, ' (${below})');`;
  if (kind !== 'integers' || use === 'output') return '';
  if (use === 'labels') return `inRange(${q(operation)}, ${q(name)}, ${name}, 0, ${count(length)}, ${below}, '');`;
  const { width } = row.parameters.find((parameter) => parameter.name === below);
  // Rows without elements need no source: there is nothing that an index could reach.
  const limit = `Math.floor(${below}.length / ${width})`;
  return `if (${width} > 0) inRange(${q(operation)}, ${q(name)}, ${name}, ${start}, ${some}, ${limit}, ' (rows of ${below})');`;
}

function checkOf(operation) {
  const row = FUNCTIONS[operation];
  const { parameters } = row;
  const lines = [
    ...parameters.map((parameter) => kindCheck(operation, row, parameter)),
    ...parameters.map((parameter) => leastCheck(operation, parameter)),
    ...parameters.map((parameter) => boundChecks(operation, parameter)),
    ...parameters.map((parameter) => leadingDimensionCheck(operation, parameter)),
    ...arraysOf(row)
      .filter(isLong)
      .map((parameter) => `const ${used(parameter)} = ${count(parameter.length)};`),
    ...arraysOf(row).map((parameter) => lengthCheck(operation, parameter)),
    ...overlapChecks(operation, row),
    ...parameters.map((parameter) => rangeCheck(operation, row, parameter)),
  ].filter((line) => line !== '');
  const body = lines.join('\n');
  const signature = parameters.map((parameter) => `${parameter.name}: ${typeOf(parameter)}`).join(', ');
  return `export function check${capital(operation)}(${signature}): void {\n${body}\n}`;
}

// --- Over the loops of the js backend -----------------------------------------------------------------------------------

/** The condition for a call to return at once: nothing to write or, if it writes nothing, nothing to read. */
function isEmpty(row) {
  const outputs = outputsOf(row);
  const arrays = outputs.length > 0 ? outputs : arraysOf(row).slice(0, 1);
  const empty = arrays.map((parameter) => {
    if (parameter.kind === 'matrix') return `(${parameter.rows} === 0 || ${parameter.columns} === 0)`;
    const { sizes, join: by } = partsOf(parameter.length);
    return by === '×' ? `(${sizes.map((size) => `${size} === 0`).join(' || ')})` : `${count(parameter.length)} === 0`;
  });
  // With n = 0 there is no m × n either.
  const needed = empty.filter((one) => !empty.some((other) => other !== one && one.includes(other)));
  return [...new Set(needed)].join(' && ');
}

const nothing = ({ returns }) => (returns === 'number' ? 'return 0;' : 'return;');

function loopCall(operation) {
  const row = FUNCTIONS[operation];
  const names = namesOf(row);
  const call = `loops.${operation}(${names});`;
  return `${operation}(${names}) {
    check${capital(operation)}(${names});
    if (${isEmpty(row)}) ${nothing(row)}
    ${row.returns === 'number' ? 'return ' : ''}${call}
  },`;
}

// --- Over the kernels of the wasm backend -------------------------------------------------------------------------------

const isPicks = (parameter) => parameter.kind === 'integers' && parameter.use === 'picks';

/**
 * Whether a kernel gets the parameter. It gets neither the indices of picked rows, because it gets only those rows, nor
 * an output that is computed in place of its input.
 */
function isPassed(row, parameter) {
  if (parameter.elementwise) return false;
  return !isPicks(parameter) && !row.parameters.some((other) => isPicks(other) && other.start === parameter.name);
}

/** The elements of an array in the module's memory, where matrices have no gaps. */
function copied(row, parameter) {
  switch (parameter.kind) {
    case 'matrix':
      return `${parameter.rows} * ${parameter.columns}`;
    case 'rows':
      return `${row.parameters.find(({ name }) => name === parameter.by).count} * ${parameter.width}`;
    default:
      return count(parameter.length);
  }
}

const suffix = (kind) => (kind === 'integers' ? 'Integers' : kind === 'bytes' ? 'Bytes' : '');

function copyIn(row, parameter) {
  const { kind, name, use } = parameter;
  if (parameter.elementwise) return '';
  const address = `const ${name}At =`;
  const bytes = kind === 'bytes' ? '' : '4 * ';
  const reserve = `scratch.reserve(${bytes}${copied(row, parameter).replace(/^(.* \+ .*)$/, '($1)')})`;
  if (kind === 'rows') {
    const { name: by, start, count: some } = row.parameters.find((other) => other.name === parameter.by);
    return `${address} scratch.putPicked(${name}, ${by}, ${start}, ${some}, ${parameter.width});`;
  }
  if (use === 'output')
    return `${address} ${canBeNull(parameter) && !parameter.neededAnyway ? `${name} === null ? 0 : ` : ''}${reserve};`;
  const { rows, columns } = kind === 'matrix' ? stored(parameter) : {};
  const put =
    kind === 'matrix'
      ? `scratch.putMatrix(${name}, ${rows}, ${columns}, ld${name})`
      : `scratch.put${suffix(kind)}(${name}, ${count(parameter.length)})`;
  if (canBeNull(parameter)) return `${address} ${name} === null ? 0 : ${put};`;
  if (parameter.unreadIf === undefined) return `${address} ${put};`;
  const [argument, value] = parameter.unreadIf;
  return `${address} ${argument} === ${value} ? ${use === 'input' ? 0 : reserve} : ${put};`;
}

function copyOut(parameter) {
  const { kind, name } = parameter;
  if (!isOutput(parameter)) return '';
  const place = `${parameter.elementwise ? parameter.mayBe : name}At`;
  if (kind === 'matrix')
    return `scratch.takeMatrix(${name}, ${place}, ${parameter.rows}, ${parameter.columns}, ld${name});`;
  const take = `scratch.take${suffix(kind)}(${name}, ${place}, ${count(parameter.length)});`;
  return canBeNull(parameter) ? `if (${name} !== null) ${take}` : take;
}

/** What a kernel gets for an argument: addresses for arrays; the leading dimension of a matrix without gaps. */
function passed(row, parameter) {
  const { kind, name } = parameter;
  switch (kind) {
    case 'flag':
      return [`+${name}`];
    case 'activation':
      return [`ACTIVATIONS.indexOf(${name})`];
    case 'leadingDimension':
      return [stored(row.parameters.find((other) => other.kind === 'matrix' && `ld${other.name}` === name)).columns];
    case 'rows':
      return [`${name}At`, `+isBytes(${name})`];
    case 'sizes':
      return fieldsIn(parameter);
    default:
      return [isArray(parameter) ? `${name}At` : name];
  }
}

function kernelType(operation) {
  const row = FUNCTIONS[operation];
  const names = row.parameters
    .filter((parameter) => isPassed(row, parameter))
    .flatMap(({ kind, name, fields }) => (kind === 'rows' ? [name, 'isBytes'] : kind === 'sizes' ? fields : [name]));
  const result = row.returns === 'number' ? 'number' : 'void';
  return `${operation}(${names.map((name) => `${name}: number`).join(', ')}): ${result};`;
}

function kernelCall(operation) {
  const row = FUNCTIONS[operation];
  const names = namesOf(row);
  const arrays = arraysOf(row).filter((parameter) => !isPicks(parameter));
  const first = arrays.find(({ kind, orNull }) => (kind === 'floats' || kind === 'matrix') && !orNull);
  const elsewhere = `return js.${operation}(${names});`;
  const copies = arrays.filter(({ elementwise }) => !elementwise);
  const wide = copies.filter(({ kind }) => kind !== 'bytes').map((parameter) => copied(row, parameter));
  const narrow = copies.filter(({ kind }) => kind === 'bytes').map((parameter) => copied(row, parameter));
  const bytes = [`4 * (${wide.join(' + ')})`, ...narrow].join(' + ');
  const passedOn = row.parameters.filter((parameter) => isPassed(row, parameter));
  const call = `kernels.${operation}(${passedOn.flatMap((parameter) => passed(row, parameter)).join(', ')});`;
  return `${operation}(${names}) {
    if (dtypeOf(${first.name}) !== 'float32') ${elsewhere}
    check${capital(operation)}(${names});
    if (${isEmpty(row)}) ${nothing(row)}
    if (!scratch.begin(${copies.length}, ${bytes})) ${elsewhere}
    ${[
      ...arrays.map((parameter) => copyIn(row, parameter)),
      `${row.returns === 'number' ? 'const result = ' : ''}${call}`,
      ...arrays.map(copyOut),
      row.returns === 'number' ? 'return result;' : '',
    ]
      .filter((line) => line !== '')
      .join('\n')}
  },`;
}

// --- Over the functions of the addon ------------------------------------------------------------------------------------

/**
 * The addon checks for itself, so its functions are used as they are, unless an activation's name must become its code
 * or a shape its numbers.
 */
function addonCall(operation) {
  const row = FUNCTIONS[operation];
  const activation = row.parameters.find(({ kind }) => kind === 'activation');
  const shape = row.parameters.find(({ kind }) => kind === 'sizes');
  if (activation === undefined && shape === undefined) return `${operation}: addon.${operation},`;
  const names = namesOf(row);
  const coded = row.parameters.flatMap((parameter) =>
    parameter === activation ? ['code'] : parameter === shape ? fieldsIn(shape) : [parameter.name],
  );
  const unreadable = [
    ...(activation === undefined ? [] : ['code < 0']),
    ...(shape === undefined ? [] : [`!isObject(${shape.name})`]),
  ].join(' || ');
  return `${operation}(${names}) {
    ${activation === undefined ? '' : `const code = ACTIVATIONS.indexOf(${activation.name});`}
    if (${unreadable}) throw refusal('${operation}', [${names}]);
    ${row.returns === 'number' ? 'return ' : ''}addon.${operation}(${coded.join(', ')});
  },`;
}

// --- The file -----------------------------------------------------------------------------------------------------------

const checks = OPERATIONS.map(checkOf).join('\n\n');
const RULES = [
  'activation',
  'apart',
  'atLeast',
  'bytes',
  'extent',
  'flag',
  'floats',
  'floatsLike',
  'inRange',
  'integers',
  'isBytes',
  'isObject',
  'leadingDimension',
  'sameOrApart',
  'scalar',
  'size',
  'sizes',
  'storedMatrix',
  'tooLarge',
  'tooSmall',
  'unshared',
];

const text = `/**
 * The calls of every backend function, written by scripts/build-calls.mjs from the rows of functions.ts.
 *
 * The order of the checks is part of the contract, so that all backends report the same mistake first:
 *
 * 1. kind and type of every argument, in parameter order: flags, sizes, the fields of shapes, scalars, arrays (element
 *    type, then the type of the first \`Floats\` of the call, then shared memory), activations; then sizes that must not
 *    be 0 or too large;
 * 2. leading dimensions, in parameter order;
 * 3. lengths of arrays, in parameter order;
 * 4. overlap of an output with the other arrays, in parameter order;
 * 5. the values of labels, indices or places, in order.
 *
 * A valid call allocates nothing. The addon checks the same rules in the same order; it refuses a call without a
 * message, and the check of the same name here says why.
 */

import { ${RULES.join(', ')} } from './argument-rules.js';
import { ACTIVATIONS, type Activation, type CompiledFunctions, type ConvolutionShape, dtypeOf, type Floats, type Functions, type Operation, type PooledConvolutionShape, type PoolingShape } from './backend.js';
import type { Scratch } from './wasm/scratch.js';

${[...fieldLists].map(([name, fields]) => `const ${name} = [${fields.map(q).join(', ')}];`).join('\n')}

${checks}

/** The check of each function, by name. */
export const CHECKS: Readonly<Record<Operation, (...passed: never[]) => void>> = {
${OPERATIONS.map((operation) => `${operation}: check${capital(operation)},`).join('\n')}
};

/** Backend functions made of loops, which are only called with valid arguments and something to compute. */
export function overLoops(loops: Functions): Functions {
  return {
    ${OPERATIONS.map(loopCall).join('\n\n')}
  };
}

/** The functions of assembly/: arrays as addresses, matrices without gaps, activations and flags as numbers. */
export interface Kernels {
${OPERATIONS.map(kernelType).join('\n')}
}

/**
 * Backend functions made of kernels that work on copies of the arrays. The js backend computes what is not float32, and
 * what does not fit in the module's memory.
 */
export function overKernels(kernels: Kernels, scratch: Scratch, js: Functions): Functions {
  return {
    ${OPERATIONS.map(kernelCall).join('\n\n')}
  };
}

/**
 * Backend functions made of those of the addon, which checks for itself.
 *
 * @param refusal makes the error for an unknown activation
 */
export function overAddon(addon: CompiledFunctions, refusal: (operation: Operation, passed: unknown[]) => Error): Functions {
  return {
    ${OPERATIONS.map(addonCall).join('\n')}
  };
}
`;

const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [biome, 'check', '--write', `--stdin-file-path=${target}`],
  {
    cwd: root,
    encoding: 'utf8',
    input: text,
  },
);
if (status !== 0) throw new Error(`the calls cannot be formatted\n${stderr}\n${text}`);

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') === stdout) {
    console.log('src/backend/calls.ts is current');
  } else {
    console.error('src/backend/calls.ts does not match functions.ts; run node scripts/build-calls.mjs and commit it');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, stdout);
  console.log(`src/backend/calls.ts: ${OPERATIONS.length} functions`);
}
