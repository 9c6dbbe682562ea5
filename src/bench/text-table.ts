/** A table of text: the first column left-aligned, numbers right-aligned, the last column unpadded; a row may end early. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        if (column === 0) return cell.padEnd(widths[column]!);
        return column === row.length - 1 ? cell : cell.padStart(widths[column]!);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(head), rule.trimEnd(), ...rows.map(line)].join('\n');
}
