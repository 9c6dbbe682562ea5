/** Points of two classes in the plane, to be told apart. */

import { Random } from 'zerokara';
import type { PointList } from './messages.js';
import { type OwnPoint, REACH, type Settings } from './settings.js';

/** Points of a set that is drawn. */
const COUNT = 400;

/** How far the clean sets reach, so that noise keeps most points inside the plane. */
const RADIUS = 0.85 * REACH;

/** A place for the i-th of n points of a class, without noise. */
type Shape = (random: Random, label: 0 | 1, share: number) => readonly [number, number];

const SHAPES: Readonly<Record<Exclude<Settings['set'], 'own'>, Shape>> = {
  /** A disc, and a ring around it with a gap between. */
  circle(random, label) {
    const radius = RADIUS * (label === 0 ? 0.5 * Math.sqrt(random.uniform()) : 0.75 + 0.25 * random.uniform());
    return polar(radius, 2 * Math.PI * random.uniform());
  },

  /** Opposite quarters of a square are of one class: no straight line parts them. */
  xor(random, label) {
    const side = (): number => RADIUS * (0.07 + 0.93 * random.uniform());
    const right = random.uniform() < 0.5 ? 1 : -1;
    return [right * side(), (label === 0 ? right : -right) * side()];
  },

  /** Two arms of one and a half turns. */
  spiral(_, label, share) {
    return polar(RADIUS * (0.04 + 0.96 * share), 3 * Math.PI * share + Math.PI * label);
  },

  /** Two half circles that reach into each other. */
  moons(_, label, share) {
    const [x1, x2] = polar(1, Math.PI * share);
    const size = 0.6 * RADIUS;
    return label === 0 ? [size * (x1 - 0.5), size * (x2 - 0.25)] : [size * (0.5 - x1), size * (0.25 - x2)];
  },
};

/** The points of a set-up: drawn from its seed, or the user's own. */
export function pointsOf({ set, noise, seed, points }: Settings): PointList {
  return fromList(set === 'own' ? points : drawn(SHAPES[set], noise / 100, new Random(seed, 'data')));
}

function drawn(shape: Shape, noise: number, random: Random): OwnPoint[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const label = (i % 2) as 0 | 1;
    const [x1, x2] = shape(random, label, Math.floor(i / 2) / (COUNT / 2 - 1));
    return { x1: x1 + noise * random.normal(), x2: x2 + noise * random.normal(), label };
  });
}

function fromList(points: readonly OwnPoint[]): PointList {
  return {
    x: Float32Array.from(points.flatMap(({ x1, x2 }) => [x1, x2])),
    labels: Int32Array.from(points, ({ label }) => label),
  };
}

function polar(radius: number, angle: number): readonly [number, number] {
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
