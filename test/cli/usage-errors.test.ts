import { describe, expect, test } from 'vitest';
import { searchCommand } from '../../src/cli/search.js';
import { trainCommand } from '../../src/cli/train.js';
import { advised } from '../../src/cli/usage-errors.js';

const FOR_DIGITS =
  '(search is for digits. Of a table: zerokara train TABLE --target COLUMN, with defaults that suit most tables; other settings are tried by randomSearch in a program)\n';

describe('advised', () => {
  test('names the flags that begin as an unknown one', () => {
    const text = (flag: string): string => `error: unknown option '${flag}'\n(Did you mean --header?)\n`;
    expect(advised(trainCommand(), text('--hidden'))).toBe(
      "error: unknown option '--hidden'\n(Did you mean one of --hidden-size, --hidden-sizes?)\n",
    );
    expect(advised(trainCommand(), text('--early'))).toBe(
      "error: unknown option '--early'\n(Did you mean --early-stopping?)\n",
    );
    expect(advised(trainCommand(), text('--haeder'))).toBe(text('--haeder'));
  });

  test('tells who gives a table to search what it is for', () => {
    for (const first of [
      "error: unknown option '--target'",
      "error: unknown option '--hidden-sizes'",
      "error: too many arguments for 'search'. Expected 0 arguments but got 1.",
    ])
      expect(advised(searchCommand(), `${first}\n`)).toBe(`${first}\n${FOR_DIGITS}`);
    expect(advised(searchCommand(), "error: unknown option '--sed'\n(Did you mean --seed?)\n")).toBe(
      "error: unknown option '--sed'\n(Did you mean --seed?)\n",
    );
  });
});
