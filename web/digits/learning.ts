/** The panel of the training: figures, the loss of each step, the accuracies of each epoch. */

import { make } from '../shared/controls.js';
import { drawCurve, TEST_LINE, TRAINING_LINE } from '../shared/curve.js';
import { percent } from './bars.js';
import type { Built, Measured, Progress } from './messages.js';
import { onWidthChange } from './on-width.js';

const FIGURES = ['epoch', 'step', 'loss', 'test accuracy'] as const;

export class Learning {
  readonly #figures: ReadonlyMap<(typeof FIGURES)[number], HTMLElement>;
  readonly #lossCanvas: HTMLCanvasElement;
  readonly #accuracyCanvas: HTMLCanvasElement;
  #losses: number[] = [];
  /** One for each epoch, the first before any training. */
  #testAccuracies: number[] = [Number.NaN];
  #trainAccuracies: number[] = [];
  #isWaiting = false;
  /** When the curves were drawn last. */
  #drawn = 0;

  constructor(list: HTMLElement, lossCanvas: HTMLCanvasElement, accuracyCanvas: HTMLCanvasElement) {
    this.#lossCanvas = lossCanvas;
    this.#accuracyCanvas = accuracyCanvas;
    this.#figures = new Map(
      FIGURES.map((name) => {
        const [group, value] = [make('div'), make('dd', { id: `figure-${name.replace(' ', '-')}`, textContent: '–' })];
        group.append(make('dt', { textContent: name }), value);
        list.append(group);
        return [name, value] as const;
      }),
    );
    onWidthChange(lossCanvas, () => this.redraw());
  }

  /** The last that was measured. */
  get testAccuracy(): number {
    return this.#testAccuracies.at(-1)!;
  }

  begin({ testAccuracy }: Built): void {
    this.#losses = [];
    this.#testAccuracies = [testAccuracy];
    this.#trainAccuracies = [Number.NaN];
    this.#set('epoch', '0');
    this.#set('step', '0');
    this.#set('loss', '–');
    this.#set('test accuracy', percent(testAccuracy));
    this.redraw();
  }

  progress({ losses, step, epoch, epochs }: Progress): void {
    for (const loss of losses) this.#losses.push(loss);
    this.#set('epoch', `${epoch} of ${epochs}`);
    this.#set('step', String(step));
    const last = this.#losses.slice(-20);
    if (last.length > 0) this.#set('loss', (last.reduce((a, b) => a + b) / last.length).toFixed(3));
    this.redraw();
  }

  measured({ testAccuracy, trainAccuracy }: Measured): void {
    this.#testAccuracies.push(testAccuracy);
    this.#trainAccuracies.push(trainAccuracy);
    this.#set('test accuracy', percent(testAccuracy));
    this.redraw();
  }

  /** At most ten times a second: more cannot be read. */
  redraw(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const wait = Math.max(0, this.#drawn + 100 - performance.now());
    setTimeout(() => {
      requestAnimationFrame(() => {
        this.#isWaiting = false;
        this.#drawn = performance.now();
        this.#draw();
      });
    }, wait);
  }

  #draw(): void {
    const [losses, test, train] = [this.#losses, this.#testAccuracies, this.#trainAccuracies];
    drawCurve(this.#lossCanvas, [{ name: 'loss', values: losses, colour: '--class0' }], {
      end: losses.length === 0 ? '' : `step ${losses.length}`,
    });
    drawCurve(
      this.#accuracyCanvas,
      [
        { name: 'training data', values: train, ...TRAINING_LINE },
        { name: 'test data', values: test, ...TEST_LINE },
      ],
      { top: 1, format: (share) => `${100 * share} %`, end: test.length < 2 ? '' : `epoch ${test.length - 1}` },
    );
    if (test.length < 2) return;
    const fallen = `from ${losses[0]?.toFixed(2)} to ${this.#figures.get('loss')!.textContent}`;
    this.#lossCanvas.setAttribute('aria-label', `Loss curve: ${fallen} in ${losses.length} steps`);
    const risen = `${percent(test[0]!)} to ${percent(test.at(-1)!)}`;
    this.#accuracyCanvas.setAttribute(
      'aria-label',
      `Accuracy curves: on the test data from ${risen} in ${test.length - 1} epochs`,
    );
  }

  #set(name: (typeof FIGURES)[number], text: string): void {
    const element = this.#figures.get(name)!;
    if (element.textContent !== text) element.textContent = text;
  }
}
