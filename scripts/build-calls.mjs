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
import { join } from 'node:path';
import { checkOf, fieldLists } from './lib/call-checks.mjs';
import { addonCall, kernelCall, kernelType, loopCall } from './lib/call-glue.mjs';
import { capital, OPERATIONS, q, root } from './lib/call-rows.mjs';

const target = join(root, 'src', 'backend', 'calls.ts');

const checks = OPERATIONS.map(checkOf).join('\n\n');
const RULES = [
  'apart',
  'atLeast',
  'bytes',
  'extent',
  'flag',
  'floats',
  'floatsLike',
  'inRange',
  'int32s',
  'isBytes',
  'isObject',
  'leadingDimension',
  'lengthOf',
  'oneOf',
  'repeatable',
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
 *    type, then the type of the first \`Floats\` of the call, then shared memory), names of operations; then sizes that
 *    must not be 0 or too large, or must be 1 or equal to another;
 * 2. leading dimensions, in parameter order;
 * 3. lengths of arrays, in parameter order;
 * 4. overlap of an output with the other arrays, in parameter order;
 * 5. the values of labels, indices or places, in order.
 *
 * A valid call allocates nothing. The addon checks the same rules in the same order; it refuses a call without a
 * message, and the check of the same name here says why.
 */

import { ${RULES.join(', ')} } from './argument-rules.js';
import { ACTIVATIONS, type Activation, BINARY_OPERATIONS, type BinaryOperation, type CompiledFunctions, type ConvolutionShape, dtypeOf, type Floats, type Functions, type Operation, type PooledConvolutionShape, type PoolingShape, REDUCTIONS, type Reduction, UNARY_OPERATIONS, type UnaryOperation } from './backend.js';
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
 * @param refusal makes the error for an unknown name of an operation
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
