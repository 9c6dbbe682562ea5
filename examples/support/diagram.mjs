// Diagrams of circles, boxes and arrows: computational graphs and networks.
import { arrow, COLORS, FONT, render } from './chart.mjs';

/** Forward values are above their arrow in this colour, derivatives below it in the other, as in the book. */
export const FORWARD = COLORS.blue;
export const BACKWARD = COLORS.red;

/** Pixels between a line and the words beside it, and the height of words of 13 pixels. */
const GAP = 5;
const HALF_CHARACTER = 3.3;
const HALF_LINE = 8;

/**
 * @typedef {object} Node
 * @property {number[]} at its centre, in pixels
 * @property {string} [text]
 * @property {string} [below] a second line under the node
 * @property {'circle' | 'box' | 'none'} [kind] 'none' is text alone
 * @property {string} [color]
 *
 * @typedef {object} Edge
 * @property {string} from
 * @property {string} to
 * @property {string} [forward] what flows along it
 * @property {string} [backward] what flows back
 * @property {number} [along] where the two stand, 0 at the start, 1 at the end
 */

/**
 * @param {Record<string, Node>} nodes
 * @param {Edge[]} edges
 * @param {{ width: number, height: number, title?: string, radius?: number, thin?: boolean, extras?: object[] }} look
 */
export function diagram(nodes, edges, { width, height, title, radius = 20, thin = false, extras = [] }) {
  /** @type {object[]} */
  const shapes = [];
  if (title) shapes.push(text(title, [20, 22], { size: 15, weight: 600, align: 'left' }));
  for (const edge of edges) shapes.push(...edgeShapes(edge, nodes, radius, thin));
  for (const node of Object.values(nodes)) shapes.push(...nodeShapes(node, radius));
  return render(
    { graphic: { elements: [...shapes, ...extras].map((shape) => ({ silent: true, ...shape })) } },
    width,
    height,
  );
}

/**
 * Words centred at a pixel.
 *
 * @param {string} words
 * @param {number[]} at
 */
export function text(words, [x, y], { color = COLORS.ink, size = 14, weight = 400, align = 'center' } = {}) {
  return {
    type: 'text',
    x,
    y,
    style: { text: words, fill: color, font: `${weight} ${size}px ${FONT}`, align, verticalAlign: 'middle' },
  };
}

/**
 * @param {Node} node
 * @param {number} radius
 */
function nodeShapes({ at: [x, y], text: words = '', below, kind = 'circle', color = COLORS.ink }, radius) {
  const style = { fill: COLORS.paper, stroke: color, lineWidth: 2 };
  /** @type {object[]} */
  const shapes = [];
  if (kind === 'circle') shapes.push({ type: 'circle', shape: { cx: x, cy: y, r: radius }, style });
  if (kind === 'box') {
    const half = boxWidth(words) / 2;
    shapes.push({ type: 'rect', shape: { x: x - half, y: y - 22, width: 2 * half, height: 44, r: 6 }, style });
  }
  if (words !== '') shapes.push(text(words, [x, y], { color, size: kind === 'circle' && words.length > 2 ? 13 : 15 }));
  if (below !== undefined) {
    shapes.push(text(below, [x, y + (kind === 'circle' ? radius : 22) + 14], { color: COLORS.grey, size: 12 }));
  }
  return shapes;
}

/**
 * @param {Edge} edge
 * @param {Record<string, Node>} nodes
 * @param {number} radius
 * @param {boolean} thin
 */
function edgeShapes({ from, to, forward, backward, along = 0.5 }, nodes, radius, thin) {
  const [a, b] = [nodes[from], nodes[to]];
  const start = rim(a, b.at, radius, 0);
  const end = rim(b, a.at, radius, 3);
  const color = thin ? '#9aa7b4' : COLORS.ink;
  /** @type {object[]} */
  const shapes = arrow(start, end, { color, width: thin ? 1 : 1.6, head: thin ? 6 : 9 });
  const [x, y] = [start[0] + (end[0] - start[0]) * along, start[1] + (end[1] - start[1]) * along];
  // Words are offset from the line at a right angle, by as much as their box needs, so that they do not touch a slanted line.
  const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
  const [nx, ny] = [(end[1] - start[1]) / length, -(end[0] - start[0]) / length];
  const off = (words, side) => {
    const distance = side * (GAP + words.length * HALF_CHARACTER * Math.abs(nx) + HALF_LINE * Math.abs(ny));
    return [x + nx * distance, y + ny * distance];
  };
  if (forward !== undefined) shapes.push(text(forward, off(forward, 1), { color: FORWARD, size: 13 }));
  if (backward !== undefined) shapes.push(text(backward, off(backward, -1), { color: BACKWARD, size: 13 }));
  return shapes;
}

/**
 * Where a line from the centre towards a point leaves the node, `gap` pixels outside.
 *
 * @param {Node} node
 * @param {number[]} towards
 * @param {number} radius
 * @param {number} gap
 */
function rim({ at: [x, y], kind = 'circle', text: words = '' }, [tx, ty], radius, gap) {
  const length = Math.hypot(tx - x, ty - y);
  const [ux, uy] = [(tx - x) / length, (ty - y) / length];
  let distance = radius;
  if (kind === 'box') {
    const half = boxWidth(words) / 2;
    distance = Math.min(half / Math.max(Math.abs(ux), 1e-9), 22 / Math.max(Math.abs(uy), 1e-9));
  }
  if (kind === 'none') distance = 6 + 4 * words.length;
  return [x + ux * (distance + gap), y + uy * (distance + gap)];
}

function boxWidth(words) {
  return Math.max(64, 24 + 8 * words.length);
}
