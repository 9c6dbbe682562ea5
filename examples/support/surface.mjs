// A surface over a square, seen from above at an angle.
import { arrow, COLORS, render } from './chart.mjs';
import { text } from './diagram.mjs';

/** Quads along each side. */
const QUADS = 36;

/**
 * @param {(x0: number, x1: number) => number} f at least 0
 * @param {{ reach: number, top: number, names: [string, string, string], width?: number, height?: number }} look the
 *   square from −reach to reach, f from 0 to top, and what the axes are called
 */
export function surface(f, { reach, top, names, width = 720, height = 560 }) {
  // Turned about the upright axis, then tipped towards the eye; parallel, so that lengths can be compared.
  const turn = (-52 * Math.PI) / 180;
  const tip = (26 * Math.PI) / 180;
  const scale = 62;
  const rise = 300 / top;
  const project = (x0, x1, z) => {
    const across = x0 * Math.cos(turn) - x1 * Math.sin(turn);
    const away = x0 * Math.sin(turn) + x1 * Math.cos(turn);
    return [width / 2 + across * scale, height - 158 - away * scale * Math.sin(tip) - z * rise * Math.cos(tip)];
  };
  const depth = (x0, x1) => x0 * Math.sin(turn) + x1 * Math.cos(turn);

  const step = (2 * reach) / QUADS;
  const quads = [];
  for (let i = 0; i < QUADS; i++) {
    for (let j = 0; j < QUADS; j++) {
      const [x0, x1] = [-reach + i * step, -reach + j * step];
      const corners = [
        [x0, x1],
        [x0 + step, x1],
        [x0 + step, x1 + step],
        [x0, x1 + step],
      ];
      const middle = f(x0 + step / 2, x1 + step / 2);
      quads.push({
        far: depth(x0 + step / 2, x1 + step / 2),
        shape: {
          type: 'polygon',
          shape: { points: corners.map(([a, b]) => project(a, b, f(a, b))) },
          style: { fill: shade(middle / top), stroke: '#ffffff', lineWidth: 0.5 },
        },
      });
    }
  }
  // The far ones first: what is nearer covers them.
  quads.sort((a, b) => b.far - a.far);

  const floor = [
    [-reach, -reach],
    [reach, -reach],
    [reach, reach],
    [-reach, reach],
  ];
  const shapes = [
    {
      type: 'polygon',
      shape: { points: floor.map(([a, b]) => project(a, b, 0)) },
      style: { fill: '#f4f6f8', stroke: COLORS.line },
    },
    ...quads.map(({ shape }) => shape),
    ...scaleAlong((s) => project(s, -reach, 0), [-13, 15], names[0], reach),
    ...scaleAlong((s) => project(reach, s, 0), [15, 13], names[1], reach),
    ...uprightScale(project(-reach, -reach, 0), project(-reach, -reach, top), top, names[2]),
  ];
  return render({ graphic: { elements: shapes.map((shape) => ({ silent: true, ...shape })) } }, width, height);
}

/** Light at the bottom, blue at the top. */
function shade(share) {
  const mix = (from, to) => Math.round(from + (to - from) * Math.min(1, share));
  return `rgb(${mix(222, 22)}, ${mix(236, 84)}, ${mix(247, 150)})`;
}

/** @returns {object[]} */
function scaleAlong(at, [dx, dy], name, reach) {
  /** @type {object[]} */
  const shapes = arrow(at(-reach), at(reach), { color: COLORS.grey, width: 1.2 });
  for (let value = 1 - reach; value < reach; value++) {
    const [x, y] = at(value);
    shapes.push(text(String(value).replace('-', '−'), [x + dx, y + dy], { size: 12 }));
  }
  const [x, y] = at(0);
  shapes.push(text(name, [x + 2.8 * dx, y + 2.8 * dy], { size: 15 }));
  return shapes;
}

/**
 * @param {number[]} foot
 * @param {number[]} end
 * @param {number} top
 * @param {string} name
 * @returns {object[]}
 */
function uprightScale([x, y0], [, y1], top, name) {
  /** @type {object[]} */
  const shapes = arrow([x, y0], [x, y1 - 14], { color: COLORS.grey, width: 1.2 });
  for (let value = 0; value <= top; value += 3) {
    shapes.push(text(String(value), [x - 16, y0 + (y1 - y0) * (value / top)], { size: 12 }));
  }
  shapes.push(text(name, [x, y1 - 30], { size: 15 }));
  return shapes;
}
