import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import { Preprocessor } from '../../src/table/preprocessor.js';
import { Table } from '../../src/table/table.js';
import { expectRefusal } from '../support/refusal.js';

const RULES = {
  impute: 'own',
  imputeNumbers: 'median',
  rareBelow: 1,
  embeddingFrom: 3,
  limitsFar: true,
} as const;

const table = Table.from({
  size: [1, 2, 3, 4, 1000],
  colour: ['red', 'blue', 'red', 'blue', 'green'],
  town: ['a', 'b', 'c', 'a', 'z'],
});
const fitted = (rows: Int32Array) => Preprocessor.fit('fit', table.columns, rows, RULES).preprocessor;

describe('Preprocessor', () => {
  test('learns from the rows that it is given, not from the others', () => {
    const [size, colour, town] = fitted(Int32Array.of(0, 1, 2, 3)).encodings;
    expect(size).toMatchObject({ mean: 2.5, fill: 2.5 });
    expect(colour).toMatchObject({ categories: ['blue', 'red'], form: 'oneHot' });
    expect(town).toMatchObject({ categories: ['a', 'b', 'c'], form: 'embedding' });
  });

  test('puts numbers and one-hot places first, embedded ones last, and tells of unknown categories', () => {
    const preprocessor = fitted(Int32Array.of(0, 1, 2, 3));
    expect([preprocessor.inputSize, preprocessor.quantities, preprocessor.vocabularySize]).toEqual([4, 3, 4]);
    const unknown: string[] = [];
    const x = preprocessor.encodeColumns(table.columns, Int32Array.of(0, 3, 4), (column, category) => {
      unknown.push(`${column}: ${category}`);
    });
    const deviation = Math.sqrt(1.25);
    expect([...x.subarray(0, 8)]).toEqual([-1.5 / deviation, 0, 1, 0, 1.5 / deviation, 1, 0, 0].map(Math.fround));
    expect([...x.subarray(9)]).toEqual([0, 0, 3]);
    expect(unknown).toEqual(['colour: green', 'town: z']);
    const one = new Float32Array(8);
    preprocessor.encodeCells([4, 'blue', 'a'], one, 4);
    expect(one.subarray(4)).toEqual(x.subarray(4, 8));
  });

  test('leaves columns out that are empty in its rows', () => {
    const gappy = Table.from({ a: [null, null, 1], b: [1, 2, 3], c: [null, null, 'x'] });
    const { preprocessor, empty } = Preprocessor.fit('fit', gappy.columns, Int32Array.of(0, 1), RULES);
    expect(empty).toEqual(['a', 'c']);
    expect(preprocessor.encodings.map(({ name }) => name)).toEqual(['b']);
  });

  test('refuses numbers whose squares are infinite', () => {
    const huge = Table.from({ a: [1e300, -1e300, 1] });
    expectRefusal(
      () => Preprocessor.fit('fit', huge.columns, Int32Array.of(0, 1, 2), RULES),
      DataError,
      'fit: column "a" has numbers too large to square; expected numbers below 1e150',
    );
  });
});
