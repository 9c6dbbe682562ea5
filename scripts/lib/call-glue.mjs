/** The calls of src/backend/calls.ts into loops, wasm and the addon, as text. */

import {
  arraysOf,
  canBeNull,
  capital,
  count,
  FUNCTIONS,
  fieldsIn,
  isArray,
  isOutput,
  namesOf,
  outputsOf,
  partsOf,
  stored,
} from './call-rows.mjs';

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

export function loopCall(operation) {
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
  const place = `${parameter.elementwise ? parameter.mayBe[0] : name}At`;
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
    case 'choice':
      return [`${parameter.list}.indexOf(${name})`];
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

export function kernelType(operation) {
  const row = FUNCTIONS[operation];
  const names = row.parameters
    .filter((parameter) => isPassed(row, parameter))
    .flatMap(({ kind, name, fields }) => (kind === 'rows' ? [name, 'isBytes'] : kind === 'sizes' ? fields : [name]));
  const result = row.returns === 'number' ? 'number' : 'void';
  return `${operation}(${names.map((name) => `${name}: number`).join(', ')}): ${result};`;
}

export function kernelCall(operation) {
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
 * The addon checks for itself, so its functions are used as they are, unless a name must become its code or a shape its
 * numbers.
 */
export function addonCall(operation) {
  const row = FUNCTIONS[operation];
  const choice = row.parameters.find(({ kind }) => kind === 'choice');
  const shape = row.parameters.find(({ kind }) => kind === 'sizes');
  if (choice === undefined && shape === undefined) return `${operation}: addon.${operation},`;
  const names = namesOf(row);
  const coded = row.parameters.flatMap((parameter) =>
    parameter === choice ? ['code'] : parameter === shape ? fieldsIn(shape) : [parameter.name],
  );
  const unreadable = [
    ...(choice === undefined ? [] : ['code < 0']),
    ...(shape === undefined ? [] : [`!isObject(${shape.name})`]),
  ].join(' || ');
  return `${operation}(${names}) {
    ${choice === undefined ? '' : `const code = ${choice.list}.indexOf(${choice.name});`}
    if (${unreadable}) throw refusal('${operation}', [${names}]);
    ${row.returns === 'number' ? 'return ' : ''}addon.${operation}(${coded.join(', ')});
  },`;
}
