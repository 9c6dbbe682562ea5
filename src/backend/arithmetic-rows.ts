/** The rows of the functions of arithmetic.ts; functions.ts says what rows are. */

import type { ArithmeticFunctions } from './arithmetic.js';
import {
  binaryOperation,
  input,
  integerOutput,
  oneOr,
  output,
  type Row,
  reduction,
  row,
  size,
  unaryOperation,
} from './parameters.js';

export const ARITHMETIC_ROWS: Readonly<Record<keyof ArithmeticFunctions, Row>> = {
  unary: row(
    output('y', 'n', { mayBe: 'x', elementwise: true }),
    input('x', 'n'),
    size('n'),
    unaryOperation('operation'),
  ),

  binary: row(
    output('y', 'm × n', { mayBe: ['a', 'b'] }),
    input('a', 'aRows × aColumns'),
    input('b', 'bRows × bColumns'),
    size('m'),
    size('n'),
    oneOr('m', 'aRows'),
    oneOr('n', 'aColumns'),
    oneOr('m', 'bRows'),
    oneOr('n', 'bColumns'),
    binaryOperation('operation'),
  ),

  reduce: row(
    output('out', 'outer × inner'),
    input('x', 'outer × axis × inner'),
    size('outer'),
    size('axis'),
    size('inner'),
    reduction('operation'),
  ),

  argMax: row(
    integerOutput('out', 'outer × inner'),
    input('x', 'outer × axis × inner'),
    size('outer'),
    size('axis', { unless: 'outer', expected: 'at least 1 number to take the maximum of' }),
    size('inner'),
  ),
};
