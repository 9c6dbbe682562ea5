// Networks as columns of neurons, each connected to every neuron of the next column.
import { COLORS } from './chart.mjs';
import { diagram, text } from './diagram.mjs';

/** If there are more neurons than this, only some are drawn, then three dots and the last one. */
const MOST = 6;

/**
 * @typedef {object} Column
 * @property {number} count how many neurons there are
 * @property {string} title e.g. 'hidden 1'
 * @property {string} [note] under the column, e.g. its activation
 * @property {(i: number) => string} [name] of the i-th neuron, counted from 1
 * @property {string} [color]
 *
 * @param {Column[]} columns first to last
 * @param {string[]} between what stands over the gap to the next column, e.g. 'W1 (2, 3)'
 */
export function network(columns, between, { width = 760, height = 380, radius = 20 } = {}) {
  const gap = (width - 140) / (columns.length - 1);
  const middle = height / 2 + 6;
  /** @type {Record<string, import('./diagram.mjs').Node>} */
  const nodes = {};
  const edges = [];
  const extras = [];
  let before = [];
  columns.forEach(({ count, title, note, name = () => '', color = COLORS.blue }, c) => {
    const x = 70 + c * gap;
    const shown = count <= MOST ? count : MOST;
    const pitch = Math.min(3.2 * radius, (height - 150) / Math.max(shown - 1, 1));
    const ids = [];
    for (let i = 0; i < shown; i++) {
      const y = middle + (i - (shown - 1) / 2) * pitch;
      if (shown < count && i === shown - 2) {
        extras.push(text('⋮', [x, y], { size: 20, color: COLORS.grey }));
        continue;
      }
      const number = shown < count && i === shown - 1 ? count : i + 1;
      const id = `${c}-${i}`;
      nodes[id] = { at: [x, y], text: name(number), color };
      ids.push(id);
    }
    for (const from of before) for (const to of ids) edges.push({ from, to });
    before = ids;
    extras.push(text(title, [x, 24], { size: 14, weight: 600 }));
    extras.push(
      text(`${count.toLocaleString('en')} ${count === 1 ? 'neuron' : 'neurons'}`, [x, height - 40], {
        size: 12,
        color: COLORS.grey,
      }),
    );
    if (note !== undefined) extras.push(text(note, [x, height - 20], { size: 12, color: COLORS.grey }));
    if (between[c] !== undefined) extras.push(text(between[c], [x + gap / 2, 46], { size: 13, color: COLORS.orange }));
  });
  return diagram(nodes, edges, { width, height, radius, thin: true, extras });
}
