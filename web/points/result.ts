/** Beside the plane: the figures of the run and its loss curves. */

import { make } from '../shared/controls.js';
import { drawCurve, TEST_LINE, TRAINING_LINE } from '../shared/curve.js';
import type { Frame } from './messages.js';

const FIGURES = ['epoch', 'training loss', 'training accuracy', 'step', 'test loss', 'test accuracy'] as const;
type Figure = (typeof FIGURES)[number];

export class Result {
  readonly #canvas: HTMLCanvasElement;
  readonly #shown: Readonly<Record<Figure, HTMLElement>>;
  /** Of each epoch, the untrained network first. */
  readonly #train: number[] = [];
  readonly #test: number[] = [];

  constructor(figures: HTMLElement, canvas: HTMLCanvasElement, legend: HTMLElement) {
    this.#canvas = canvas;
    const entries = FIGURES.map((name) => {
      const value = make('dd', { textContent: '–' });
      value.dataset['figure'] = name;
      const pair = make('div');
      pair.append(make('dt', { textContent: name }), value);
      figures.append(pair);
      return [name, value] as const;
    });
    this.#shown = Object.fromEntries(entries) as Record<Figure, HTMLElement>;
    legend.append(
      line('loss on the training data', TRAINING_LINE.colour),
      line('loss on the test data', TEST_LINE.colour, TEST_LINE.dash),
    );
    new ResizeObserver(() => this.redraw()).observe(canvas);
  }

  /** Before the first frame of a run. */
  clear(): void {
    this.#train.length = this.#test.length = 0;
    for (const name of FIGURES) this.#shown[name].textContent = '–';
    this.redraw();
  }

  /** Losses of further epochs, of training and test in turn. */
  add(losses: Float32Array): void {
    for (let i = 0; i < losses.length; i += 2) {
      this.#train.push(losses[i]!);
      this.#test.push(losses[i + 1]!);
    }
  }

  draw(frame: Frame): void {
    // First the curves, which read sizes: after the texts they would wait for the page's layout.
    this.redraw();
    const texts: Readonly<Record<Figure, string>> = {
      epoch: frame.epoch.toLocaleString('en'),
      step: frame.step.toLocaleString('en'),
      'training loss': loss(frame.trainLoss),
      'test loss': loss(frame.testLoss),
      'training accuracy': share(frame.trainAccuracy),
      'test accuracy': share(frame.testAccuracy),
    };
    for (const name of FIGURES) this.#shown[name].textContent = texts[name];
  }

  /** After a change of the theme or the size. */
  redraw(): void {
    const epochs = Math.max(this.#train.length - 1, 0);
    drawCurve(
      this.#canvas,
      [
        { name: 'training loss', values: this.#train, ...TRAINING_LINE },
        { name: 'test loss', values: this.#test, ...TEST_LINE },
      ],
      { end: `epoch ${epochs.toLocaleString('en')}` },
    );
  }

  /** The curves in words. */
  describe(): void {
    const [first, last] = [this.#train[0], this.#train.at(-1)];
    const words =
      first === undefined || last === undefined
        ? 'nothing yet'
        : `training loss from ${loss(first)} to ${loss(last)}, test loss now ${loss(this.#test.at(-1)!)}`;
    this.#canvas.setAttribute('aria-label', `Loss curves: ${words}`);
  }
}

export function loss(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : '–';
}

export function share(value: number): string {
  return Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : '–';
}

/** A stroke of the curve's kind, and its name. */
function line(name: string, colour: string, dash: readonly number[] = []): HTMLElement {
  const item = make('li');
  const stroke = make('span', { className: dash.length > 0 ? 'stroke dashed' : 'stroke' });
  stroke.style.setProperty('--stroke', `var(${colour})`);
  item.append(stroke, name);
  return item;
}
