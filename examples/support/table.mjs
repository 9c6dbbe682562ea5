// Figures and paragraphs on a terminal.

const COLUMNS = [
  ['', 'id'],
  ['', 'what'],
  ['ours', 'ours'],
  ['the notes', 'note'],
  ['', 'verdict'],
];

/** The greatest width of a column before it pushes the others aside. */
const WIDEST = 52;

/** @param {(import('./section.mjs').Figure | string)[]} lines */
export function printTable(lines) {
  const figures = lines.filter((line) => typeof line !== 'string');
  const widths = COLUMNS.map(([head, key]) =>
    Math.min(WIDEST, Math.max(head.length, ...figures.map((figure) => figure[key].length))),
  );
  const row = (cells) => `   ${cells.map((cell, i) => cell.padEnd(widths[i])).join('  ')}`;
  let headed = false;
  for (const line of lines) {
    if (typeof line === 'string') {
      console.log(`   ${line}`);
      continue;
    }
    if (!headed) console.log(row(COLUMNS.map(([head]) => head)));
    headed = true;
    console.log(`${row(COLUMNS.map(([, key]) => line[key]))}${line.ok ? '' : '  << OFF'}`.trimEnd());
  }
}
