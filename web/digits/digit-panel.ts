/** The panel of the digit: drawn or of the test set, what the network reads, and what it answers. */

import { button } from '../shared/controls.js';
import { Bars, largestPlace, percent } from './bars.js';
import type { Seen } from './messages.js';
import { PIXELS, SIDE } from './packed-digits.js';
import { Pad } from './pad.js';
import { digitOf, type Stroke } from './strokes.js';

const NOTHING = 'Draw with mouse, pen or finger.';

export interface DigitElements {
  readonly pad: HTMLCanvasElement;
  readonly buttons: HTMLElement;
  readonly preview: HTMLCanvasElement;
  readonly verdict: HTMLElement;
  readonly bars: HTMLElement;
}

export interface DigitEvents {
  /** Asks the network; the answer comes by `show`, with the same number. */
  ask(question: number, pixels: Uint8Array): void;
  /** The pad is empty. */
  onEmpty(): void;
  /** A sentence for those who do not see the page. */
  say(sentence: string): void;
}

export class DigitPanel {
  readonly #elements: DigitElements;
  readonly #events: DigitEvents;
  readonly #pad: Pad;
  readonly #bars: Bars;
  #test: Uint8Array = new Uint8Array(0);
  /** Where the stepping through the test set stands, and whether its digit is shown. */
  #place = -1;
  #isOfTest = false;
  /** What the network is asked about; undefined on an empty pad. */
  #pixels: Uint8Array | undefined;
  /** The number of the last question, and whether its answer is outstanding. */
  #question = 0;
  #isAsking = false;
  /** What to ask next: while the worker is busy, only the last drawing counts. */
  #waiting: Uint8Array | undefined;
  /** Whether the next answer is read out: after a stroke, not while the pen moves or the network learns. */
  #readOut = false;

  constructor(elements: DigitElements, events: DigitEvents) {
    this.#elements = elements;
    this.#events = events;
    this.#bars = new Bars(elements.bars);
    this.#pad = new Pad(elements.pad, {
      onDraw: (strokes, ended) => this.#draw(strokes, ended),
      onPen: (down) => events.say(down ? 'Pen down' : 'Pen up'),
    });
    const before = button({
      id: 'previous',
      label: '←',
      title: 'The test digit before',
      onPress: () => this.#step(-1),
    });
    before.setAttribute('aria-label', 'The test digit before');
    elements.buttons.append(
      button({ id: 'clear', label: 'Clear', onPress: () => this.#pad.clear() }),
      button({ id: 'undo', label: 'Undo', title: 'Takes the last stroke back', onPress: () => this.#pad.undo() }),
      before,
      button({ id: 'next', label: 'Test digit →', title: 'The next test digit', onPress: () => this.#step(1) }),
    );
    this.#look(undefined, false);
  }

  /** The digits to step through, 784 bytes each; the first of them is shown, unless something was drawn before they came. */
  useTest(test: Uint8Array): void {
    this.#test = test;
    if (!this.#pad.isEmpty) return;
    this.#step(1);
    this.#readOut = false; // nobody has asked for it
  }

  /** @returns whether it is the answer to what is shown, so that the layers may be shown too */
  show({ question, probabilities }: Seen): boolean {
    if (question !== this.#question) return false; // the network has changed since, but another digit is shown
    this.#isAsking = false;
    if (this.#pixels === undefined) return false;
    this.#bars.show(probabilities);
    if (this.#waiting !== undefined) {
      this.#ask(this.#waiting);
      return false;
    }
    const best = largestPlace(probabilities);
    const truth = this.#place % 10;
    const check = !this.#isOfTest
      ? ''
      : truth === best
        ? ', and it is'
        : `, but it is ${truth === 8 ? 'an' : 'a'} ${truth}`;
    const verdict = `The network reads ${best === 8 ? 'an' : 'a'} ${best}${check} (${percent(probabilities[best]!)}).`;
    this.#elements.verdict.textContent = verdict;
    if (this.#readOut) this.#events.say(verdict);
    this.#readOut = false;
    return true;
  }

  redraw(): void {
    this.#pad.redraw();
  }

  #draw(strokes: readonly Stroke[], ended: boolean): void {
    this.#isOfTest = false;
    this.#look(digitOf(strokes), ended);
  }

  #step(by: number): void {
    const count = this.#test.length / PIXELS;
    if (count === 0) return;
    // Before the first step it stands before the first digit, and so after the last.
    const from = this.#place < 0 && by < 0 ? 0 : this.#place;
    this.#place = (from + by + count) % count;
    this.#isOfTest = true;
    const digit = this.#test.slice(this.#place * PIXELS, (this.#place + 1) * PIXELS);
    this.#pad.show(digit);
    this.#look(digit, true);
  }

  /** Shows what the network reads, and asks it. */
  #look(digit: Uint8Array | undefined, ended: boolean): void {
    this.#pixels = digit;
    this.#readOut ||= ended;
    this.#drawPreview();
    if (digit === undefined) {
      this.#waiting = undefined;
      this.#readOut = false;
      this.#bars.show(undefined);
      this.#elements.verdict.textContent = NOTHING;
      this.#events.onEmpty();
    } else if (this.#isAsking) this.#waiting = digit;
    else this.#ask(digit);
  }

  #ask(digit: Uint8Array): void {
    this.#waiting = undefined;
    this.#isAsking = true;
    this.#question += 1;
    this.#events.ask(this.#question, digit);
  }

  #drawPreview(): void {
    const { preview } = this.#elements;
    const image = new ImageData(SIDE, SIDE);
    for (let i = 0; i < PIXELS; i++) {
      image.data.fill(this.#pixels?.[i] ?? 0, 4 * i, 4 * i + 3); // white on black, as the digits of MNIST are
      image.data[4 * i + 3] = 255;
    }
    preview.getContext('2d')!.putImageData(image, 0, 0);
    const what = this.#isOfTest ? `a ${this.#place % 10} of the test set` : 'your drawing';
    preview.setAttribute('aria-label', `What the network reads: ${this.#pixels === undefined ? 'nothing yet' : what}`);
  }
}
