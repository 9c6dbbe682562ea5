/** The network as it is built: a column for each layer, a small picture for each neuron, a line for each weight. */

import { make } from '../shared/controls.js';
import { colourOf, type Rgb } from '../shared/theme.js';
import { MAP } from './messages.js';
import { classPalette, Picture } from './picture.js';
import { MOST_NEURONS } from './settings.js';

export interface NetworkEvents {
  /** Another number of neurons was chosen for a hidden layer, counted from 0. */
  readonly onSize: (layer: number, neurons: number) => void;
  /** A neuron was chosen, by the number of its picture, to be shown large. */
  readonly onChoose: (picture: number, name: string) => void;
}

/** How much of a class's colour a neuron's picture takes at most. */
const STRENGTH = 0.9;

export const OUTPUT_NAME = 'the probability of class 1';

export class NetworkView {
  readonly #element: HTMLElement;
  readonly #events: NetworkEvents;
  readonly #lines = make('canvas', { className: 'lines' });
  readonly #picture = new Picture();
  #palette = classPalette(STRENGTH);
  /** Column by column; the inputs first, the output last. */
  #columns: HTMLElement[][] = [];
  #inputs: CanvasRenderingContext2D[] = [];
  #pictures: CanvasRenderingContext2D[] = [];
  #buttons: HTMLButtonElement[] = [];
  #places: (readonly [number, number])[][] = [];
  #maps: Uint8Array | undefined;
  #weights: Float32Array | undefined;
  #colours = [colourOf('--class0'), colourOf('--class1')] as const;

  constructor(element: HTMLElement, events: NetworkEvents) {
    this.#element = element;
    this.#events = events;
    this.#lines.setAttribute('aria-hidden', 'true');
    new ResizeObserver(() => {
      this.#measure();
      this.#drawLines();
    }).observe(element);
  }

  /** Builds the columns for hidden layers of these sizes. */
  build(sizes: readonly number[]): void {
    // The keyboard stays where it was: a list that was just used is replaced by its successor.
    const focused = this.#element.contains(document.activeElement) ? document.activeElement!.id : '';
    this.#maps = undefined;
    this.#weights = undefined;
    this.#inputs = [];
    this.#pictures = [];
    this.#buttons = [];
    const inputs = ['x₁', 'x₂'].map((name) => this.#input(name));
    const hidden = sizes.map((size, layer) =>
      Array.from({ length: size }, (_, j) => this.#neuron(`neuron ${j + 1} of layer ${layer + 1}`)),
    );
    const output = [this.#neuron(OUTPUT_NAME)];
    this.#columns = [inputs, ...hidden, output];
    const heads = [head('Input'), ...sizes.map((size, layer) => this.#sizeControl(size, layer)), head('Output')];
    const columns = this.#columns.map((neurons, i) => {
      const column = make('div', { className: 'column' });
      column.append(heads[i]!, ...neurons);
      return column;
    });
    this.#element.replaceChildren(this.#lines, ...columns);
    this.#element.style.setProperty('--columns', String(columns.length));
    if (focused !== '') document.getElementById(focused)?.focus();
    this.choose(this.#buttons.length - 1);
    this.#paintInputs();
    this.#measure();
    this.#drawLines();
  }

  /** Marks the neuron that is shown large. */
  choose(picture: number): void {
    this.#buttons.forEach((element, i) => {
      element.setAttribute('aria-pressed', String(i === picture));
    });
  }

  draw(maps: Uint8Array): void {
    this.#maps = maps;
    this.#pictures.forEach((context, i) => {
      this.#picture.paint(context, maps.subarray(i * MAP * MAP, (i + 1) * MAP * MAP), this.#palette);
    });
  }

  drawLines(weights: Float32Array): void {
    this.#weights = weights;
    this.#drawLines();
  }

  /** After a change of the theme. */
  redraw(): void {
    this.#palette = classPalette(STRENGTH);
    this.#colours = [colourOf('--class0'), colourOf('--class1')];
    this.#paintInputs();
    if (this.#maps !== undefined) this.draw(this.#maps);
    this.#drawLines();
  }

  /** An input gives its coordinate. */
  #paintInputs(): void {
    this.#inputs.forEach((context, axis) => {
      const map = Uint8Array.from({ length: MAP * MAP }, (_, i) =>
        Math.round((255 * (axis === 0 ? i % MAP : MAP - 1 - Math.floor(i / MAP))) / (MAP - 1)),
      );
      this.#picture.paint(context, map, this.#palette);
    });
  }

  #input(name: string): HTMLElement {
    const element = make('div', { className: 'neuron input' });
    element.append(this.#canvasInto(this.#inputs), make('span', { textContent: name }));
    return element;
  }

  /** An empty picture, which is drawn into by what is added to `contexts`. */
  #canvasInto(contexts: CanvasRenderingContext2D[]): HTMLCanvasElement {
    const canvas = make('canvas', { width: MAP, height: MAP });
    canvas.setAttribute('aria-hidden', 'true');
    contexts.push(canvas.getContext('2d')!);
    return canvas;
  }

  #neuron(name: string): HTMLElement {
    const picture = this.#buttons.length;
    const element = make('button', { type: 'button', className: 'neuron', title: `Show ${name} large` });
    element.setAttribute('aria-label', name);
    element.append(this.#canvasInto(this.#pictures));
    element.addEventListener('click', () => this.#events.onChoose(picture, name));
    this.#buttons.push(element);
    return element;
  }

  #sizeControl(size: number, layer: number): HTMLElement {
    const element = make('div', { className: 'head' });
    const id = `layer-${layer + 1}`;
    const label = make('label', { htmlFor: id, textContent: `Layer ${layer + 1}` });
    const select = make('select', { id, title: `Neurons of hidden layer ${layer + 1}` });
    for (let n = 1; n <= MOST_NEURONS; n++) select.append(make('option', { value: String(n), textContent: String(n) }));
    select.value = String(size);
    select.addEventListener('change', () => this.#events.onSize(layer, Number(select.value)));
    element.append(label, select);
    return element;
  }

  /** Where the neurons are, which changes with the width of the page only. */
  #measure(): void {
    const { left, top } = this.#element.getBoundingClientRect();
    this.#places = this.#columns.map((neurons) =>
      neurons.map((neuron) => {
        const box = neuron.getBoundingClientRect();
        return [box.left + box.width / 2 - left, box.top + box.height / 2 - top] as const;
      }),
    );
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.#element;
    this.#lines.width = Math.round(clientWidth * ratio);
    this.#lines.height = Math.round(clientHeight * ratio);
    this.#lines.getContext('2d')!.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** A line for each weight: thick for a large one, in the colour of the class that it speaks for. */
  #drawLines(): void {
    const context = this.#lines.getContext('2d')!;
    context.clearRect(0, 0, this.#lines.width, this.#lines.height);
    const weights = this.#weights;
    let at = 0;
    for (let k = 0; k + 1 < this.#places.length; k++) {
      const [from, to] = [this.#places[k]!, this.#places[k + 1]!];
      const isLast = k + 2 === this.#places.length;
      from.forEach((start, i) => {
        to.forEach((end, j) => {
          // Two scores make one probability: their difference decides.
          const weight = isLast
            ? (weights?.[at + 2 * i + 1] ?? 0) - (weights?.[at + 2 * i] ?? 0)
            : (weights?.[at + to.length * i + j] ?? 0);
          drawLine(context, start, end, weight, this.#colours);
        });
      });
      at += from.length * (isLast ? 2 : to.length);
    }
  }
}

type Place = readonly [number, number];

function drawLine(
  context: CanvasRenderingContext2D,
  [x0, y0]: Place,
  [x1, y1]: Place,
  weight: number,
  [negative, positive]: readonly [Rgb, Rgb],
): void {
  const size = Math.abs(weight);
  const [red, green, blue] = weight < 0 ? negative : positive;
  context.strokeStyle = `rgb(${red} ${green} ${blue} / ${Math.min(0.15 + 0.4 * size, 0.85)})`;
  context.lineWidth = Math.min(0.75 + 1.5 * size, 6);
  const bend = (x1 - x0) / 2;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  context.stroke();
}

function head(text: string): HTMLElement {
  return make('div', { className: 'head', textContent: text });
}
