/** The checks of src/backend/calls.ts, as text. */

import {
  arraysOf,
  canBeNull,
  capital,
  count,
  FUNCTIONS,
  isArray,
  isOutput,
  likeOf,
  outputsOf,
  partsOf,
  q,
  stored,
} from './call-rows.mjs';

/** The lists of fields that the checks need, each written once. */
export const fieldLists = new Map();

/** The name of the list of the fields of a shape. */
function fieldsOf({ type, fields }) {
  const name = `${type.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`;
  fieldLists.set(name, fields);
  return name;
}

const isLong = ({ length }) => length !== undefined && partsOf(length).sizes.length > 2;

/** The length of an array in a check: a long product is computed once, and has a name. */
const used = (parameter) => (isLong(parameter) ? `${parameter.name}Length` : count(parameter.length));

/** The number of elements that a call can touch, from the first to the last. */
function extent(parameter) {
  switch (parameter.kind) {
    case 'matrix': {
      const { rows, columns } = stored(parameter);
      return `extent(${rows}, ${columns}, ld${parameter.name})`;
    }
    case 'rows':
      return `lengthOf(${parameter.name})`;
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
    case 'choice':
      return parameter.type;
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

/** Checks an argument's kind, and that no other thread can write an array that is an output or holds indices. */
function kindCheck(operation, row, parameter) {
  const { kind, name } = parameter;
  const argument = `${q(operation)}, ${q(name)}, ${name}`;
  if (kind === 'integers' || kind === 'bytes')
    return `${kind === 'integers' ? 'int32s' : kind}(${argument}); const ${name}Memory = unshared(${argument});`;
  if (kind === 'sizes') return `sizes(${argument}, ${fieldsOf(parameter)});`;
  if (kind === 'choice') return `oneOf(${argument}, ${parameter.list});`;
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

function leastCheck(operation, { name, least, oneOr }) {
  if (oneOr !== undefined) return `repeatable(${q(operation)}, ${q(name)}, ${name}, ${q(oneOr)}, ${oneOr});`;
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
      const mayBe = output.mayBe?.includes(other.name) === true;
      const conditions = [
        ...[output, other].filter(canBeNull).map(({ name }) => `${name} !== null`),
        ...(mayBe && extent(output) === extent(other) ? [`${output.name} !== ${other.name}`] : []),
        `${memory(output)} === ${memory(other)}`,
      ];
      const two = `${q(operation)}, ${q(output.name)}, ${output.name}, ${extent(output)}, ${q(other.name)}, ${other.name}`;
      return `if (${conditions.join(' && ')}) ${mayBe ? 'sameOrApart' : 'apart'}(${two}, ${extent(other)});`;
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
  const limit = `Math.floor(lengthOf(${below}) / ${width})`;
  return `if (${width} > 0) inRange(${q(operation)}, ${q(name)}, ${name}, ${start}, ${some}, ${limit}, ' (rows of ${below})');`;
}

export function checkOf(operation) {
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
