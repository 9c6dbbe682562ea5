/** A tensor as text, as NumPy prints an array: rows under each other, long ones wrapped, large arrays abbreviated. */

import { dtypeOf } from '../backend/backend.js';
import { formatScalar, numberFormat } from './format-number.js';
import { type NdArray, sizeOf, stridesOf } from './shape.js';

/** The most characters of a line. */
const LINE_WIDTH = 75;

/** An array of more elements shows only the first and last few along each axis. */
const MOST_SHOWN = 1000;
const EDGE = 3;

/** @example printArray({ data: Float32Array.of(1, 2.5, 3, 4), shape: [2, 2] })   // [[1.  2.5]\n [3.  4. ]] */
export function printArray(array: NdArray): string {
  const { data, shape } = array;
  if (shape.length === 0) return formatScalar(data[0]!, dtypeOf(data));
  if (sizeOf(shape) === 0) return '[]';
  const shown = shownAlong(shape);
  const numbers = shownOffsets(shape, shown).map((offset) => data[offset]!);
  const format = numberFormat(numbers, dtypeOf(data));
  const strides = stridesOf(shape);

  const print = (axis: number, start: number): string => {
    const indices = shown[axis]!;
    const isRow = axis === shape.length - 1;
    const items = indices.map((index) => {
      if (index === undefined) return '...';
      const offset = start + index * strides[axis]!;
      return isRow ? format(data[offset]!) : print(axis + 1, offset);
    });
    const indent = ' '.repeat(axis + 1);
    // Each further axis separates its blocks by one more blank line.
    const body = isRow ? wrap(items, indent, shape.length) : items.join('\n'.repeat(shape.length - 1 - axis) + indent);
    return `[${body}]`;
  };
  return print(0, 0);
}

/** The indices printed along each axis; undefined stands for omitted ones. */
function shownAlong(shape: readonly number[]): (number | undefined)[][] {
  const isLarge = sizeOf(shape) > MOST_SHOWN;
  return shape.map((length) => {
    const all = Array.from({ length: isLarge ? Math.min(length, 2 * EDGE + 1) : length }, (_, i) => i);
    if (!isLarge || length <= 2 * EDGE) return all;
    return all.map((i) => (i < EDGE ? i : i === EDGE ? undefined : length - 2 * EDGE - 1 + i));
  });
}

/** The offsets of the printed elements: they alone determine width and style. */
function shownOffsets(shape: readonly number[], shown: readonly (number | undefined)[][]): number[] {
  return stridesOf(shape).reduce<number[]>(
    (offsets, stride, axis) =>
      offsets.flatMap((offset) =>
        shown[axis]!.flatMap((index) => (index === undefined ? [] : offset + index * stride)),
      ),
    [0],
  );
}

/** The words of a row, with a new line where the next word, or the brackets that close after it, would not fit. */
function wrap(words: readonly string[], indent: string, rank: number): string {
  const width = LINE_WIDTH - (rank - 1) - 1;
  const lines: string[] = [];
  let line = indent;
  for (const word of words) {
    if (line.length + word.length > width && line.length > indent.length) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  lines.push(line.slice(0, -1));
  return lines.join('\n').slice(indent.length);
}
