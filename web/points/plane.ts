/** The plane: a picture of 64 × 64 places behind, the points in front. */

import { make } from '../shared/controls.js';
import { colourOf, type Rgb } from '../shared/theme.js';
import { MAP, type PointList } from './messages.js';
import { classPalette, Picture } from './picture.js';
import { REACH } from './settings.js';

/** How much of a class's colour the picture takes at most, so that its points stand out from it. */
const STRENGTH = 0.6;

const NO_POINTS: PointList = { x: new Float32Array(), labels: new Int32Array() };

export class Plane {
  readonly #surface: CanvasRenderingContext2D;
  readonly #picture = new Picture();
  readonly #points: HTMLCanvasElement;
  #palette = classPalette(STRENGTH);
  #train = NO_POINTS;
  #test = NO_POINTS;
  #map: Uint8Array | undefined;

  /** @param onClick is told where the plane was clicked */
  constructor(surface: HTMLCanvasElement, points: HTMLCanvasElement, onClick: (x1: number, x2: number) => void) {
    this.#surface = surface.getContext('2d')!;
    this.#points = points;
    points.addEventListener('click', (event) => {
      const { left, top, width, height } = points.getBoundingClientRect();
      const share = [(event.clientX - left) / width, (event.clientY - top) / height] as const;
      onClick(REACH * (2 * share[0] - 1), REACH * (1 - 2 * share[1]));
    });
    new ResizeObserver(() => this.#drawPoints()).observe(points);
  }

  setPoints(train: PointList, test: PointList): void {
    this.#train = train;
    this.#test = test;
    this.#drawPoints();
  }

  /** Shows a picture; without one the plane is empty. */
  draw(map: Uint8Array | undefined): void {
    this.#map = map;
    if (map === undefined) this.#surface.clearRect(0, 0, MAP, MAP);
    else this.#picture.paint(this.#surface, map, this.#palette);
  }

  /** After a change of the theme. */
  redraw(): void {
    this.#palette = classPalette(STRENGTH);
    this.draw(this.#map);
    this.#drawPoints();
  }

  #drawPoints(): void {
    const { clientWidth: side } = this.#points;
    const ratio = window.devicePixelRatio || 1;
    this.#points.width = this.#points.height = Math.round(side * ratio);
    const context = this.#points.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colours = [colourOf('--class0'), colourOf('--class1')].map(cssOf);
    const paper = cssOf(colourOf('--panel'));
    const radius = side < 320 ? 3 : 3.75;
    for (const [points, isTest] of [
      [this.#train, false],
      [this.#test, true],
    ] as const) {
      context.lineWidth = isTest ? 1.75 : 1;
      points.labels.forEach((label, i) => {
        const x = (side * (points.x[2 * i]! / REACH + 1)) / 2;
        const y = (side * (1 - points.x[2 * i + 1]! / REACH)) / 2;
        context.fillStyle = isTest ? paper : colours[label]!;
        context.strokeStyle = isTest ? colours[label]! : paper;
        drawPoint(context, label, x, y, radius);
      });
    }
  }
}

/** What the shapes mean. */
export function pointLegend(): HTMLElement[] {
  return [
    mark('class 0', '--class0', 'round'),
    mark('class 1', '--class1', ''),
    mark('hollow: test data', '--muted', 'round hollow'),
  ];
}

function mark(name: string, colour: string, shape: string): HTMLElement {
  const item = make('li');
  const drawn = make('span', { className: `mark ${shape}` });
  drawn.style.setProperty('--mark', `var(${colour})`);
  item.append(drawn, name);
  return item;
}

/** A circle for class 0, a square for class 1: told apart without colours too. */
function drawPoint(context: CanvasRenderingContext2D, label: number, x: number, y: number, radius: number): void {
  context.beginPath();
  if (label === 0) context.arc(x, y, radius, 0, 2 * Math.PI);
  else context.rect(x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius);
  context.fill();
  context.stroke();
}

function cssOf([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
