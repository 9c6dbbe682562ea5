/** Text in columns, for people: numbers right-aligned, words left-aligned. */

/** Characters of a cell; a longer one is cut. */
const WIDEST = 24;

/** Columns that are shown. */
const MOST_COLUMNS = 12;

/**
 * Rows under a head.
 *
 * @param right for each column whether it is right-aligned
 */
export function alignedText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly boolean[],
): string {
  const all = [head, ...rows].map((row) => row.map(shown));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [lines[0]!, rule, ...lines.slice(1)].join('\n');
}

/** The first columns of a wide table, and how many there are beyond them. */
export function firstColumns<T>(columns: readonly T[]): { readonly shown: readonly T[]; readonly more: number } {
  const shown = columns.length > MOST_COLUMNS ? columns.slice(0, MOST_COLUMNS - 1) : columns;
  return { shown, more: columns.length - shown.length };
}

/** 5 significant digits: 5.8433, 0.82807, 1.2346e+6. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** Without characters that would move the cursor of a terminal. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** Cut, and on one line. */
function shown(cell: string): string {
  const text = onOneLine(cell);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}
