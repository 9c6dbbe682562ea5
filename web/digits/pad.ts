/** The drawing pad: strokes of a mouse, a pen, a finger or the arrow keys; or a digit of the test set. */

import { onWidthChange } from './on-width.js';
import { SIDE } from './packed-digits.js';
import type { Point, Stroke } from './strokes.js';

/** The pen's width, as a share of the pad's side. */
const PEN = 0.075;

/** Points that are nearer to the last one add nothing. */
const NEAREST = 0.004;

/** How far an arrow key moves the pen, with and without Shift. */
const STEPS = { fine: 0.02, coarse: 0.08 };

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export interface PadEvents {
  /** The strokes have changed; `ended` says that the pen is up again. */
  onDraw(strokes: readonly Stroke[], ended: boolean): void;
  /** The pen of the keyboard is down, or up. */
  onPen(down: boolean): void;
}

export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #events: PadEvents;
  #strokes: Point[][] = [];
  /** A picture in place of strokes. */
  #pixels: Uint8Array | undefined;
  /** The pointer that draws; others are ignored until it is lifted. */
  #pointer: number | undefined;
  /** The pen of the keyboard. */
  #pen: Point = { x: 0.3, y: 0.2 };
  #penIsDown = false;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, events: PadEvents) {
    this.#canvas = canvas;
    this.#events = events;
    // Keys are the pad's own, so a screen reader must hand them on; without this program it is not a pad.
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-label', 'Drawing pad');
    canvas.addEventListener('pointerdown', (event) => this.#begin(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    for (const type of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(type, (event) => this.#end(event));
    }
    canvas.addEventListener('keydown', (event) => this.#press(event));
    for (const type of ['focus', 'blur']) canvas.addEventListener(type, () => this.#leaveOrEnter());
    onWidthChange(canvas, () => this.redraw());
    this.redraw();
  }

  get isEmpty(): boolean {
    return this.#strokes.length === 0 && this.#pixels === undefined;
  }

  clear(): void {
    this.#replace([], undefined);
    this.#events.onDraw([], true);
  }

  /** Takes the last stroke away. */
  undo(): void {
    this.#replace(this.#strokes.slice(0, -1), undefined);
    this.#events.onDraw(this.#strokes, true);
  }

  /** Shows a picture of 28 × 28 bytes; the next stroke begins on an empty pad. */
  show(pixels: Uint8Array): void {
    this.#replace([], pixels);
  }

  /** In the next frame, however often it is asked for. */
  redraw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #replace(strokes: Point[][], pixels: Uint8Array | undefined): void {
    this.#strokes = strokes;
    this.#pixels = pixels;
    this.#pointer = undefined; // its stroke may be gone: it draws again when it is put down anew
    this.#setPen(false);
    this.redraw();
  }

  #begin(event: PointerEvent): void {
    if (this.#pointer !== undefined || event.button !== 0) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.#setPen(false);
    this.#beginStroke(this.#place(event));
  }

  #move(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    // A browser joins the moves between two frames into one event; the line needs them all.
    const moves = event.getCoalescedEvents();
    for (const move of moves.length === 0 ? [event] : moves) this.#lengthen(this.#place(move));
  }

  #end(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = undefined;
    this.#events.onDraw(this.#strokes, true);
  }

  #press(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      const step = event.shiftKey ? STEPS.coarse : STEPS.fine;
      this.#pen = { x: within(this.#pen.x + step * arrow.x), y: within(this.#pen.y + step * arrow.y) };
      if (this.#penIsDown) this.#lengthen(this.#pen);
      this.redraw();
    } else if (event.key === ' ') {
      if (!event.repeat) this.#togglePen(); // a key that is held down is pressed once
    } else if (event.key === 'Delete') this.clear();
    else if (event.key === 'Backspace' || (event.key === 'z' && (event.ctrlKey || event.metaKey))) this.undo();
    else return;
    event.preventDefault();
  }

  #togglePen(): void {
    if (!this.#penIsDown) this.#beginStroke(this.#pen);
    this.#setPen(!this.#penIsDown);
    if (!this.#penIsDown) this.#events.onDraw(this.#strokes, true);
    this.redraw();
  }

  #leaveOrEnter(): void {
    this.#setPen(false);
    this.redraw();
  }

  #setPen(down: boolean): void {
    if (this.#penIsDown === down) return;
    this.#penIsDown = down;
    this.#events.onPen(down);
  }

  #beginStroke(point: Point): void {
    this.#pixels = undefined;
    this.#strokes.push([point]);
    this.redraw();
    this.#events.onDraw(this.#strokes, false);
  }

  #lengthen(point: Point): void {
    const stroke = this.#strokes.at(-1)!;
    const last = stroke.at(-1)!;
    if (Math.hypot(point.x - last.x, point.y - last.y) < NEAREST) return;
    stroke.push(point);
    this.redraw();
    this.#events.onDraw(this.#strokes, false);
  }

  #place({ clientX, clientY }: PointerEvent): Point {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return { x: within((clientX - left) / width), y: within((clientY - top) / height) };
  }

  #draw(): void {
    const canvas = this.#canvas;
    const side = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1));
    if (canvas.width !== side) canvas.width = side;
    if (canvas.height !== side) canvas.height = side;
    const context = canvas.getContext('2d')!;
    const style = getComputedStyle(canvas);
    context.clearRect(0, 0, side, side);
    context.fillStyle = style.getPropertyValue('--ink');
    context.strokeStyle = style.getPropertyValue('--ink');
    if (this.#pixels !== undefined) drawPixels(context, this.#pixels, side);
    context.lineWidth = PEN * side;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    for (const stroke of this.#strokes) drawStroke(context, stroke, side);
    // The pen of the keyboard is seen by those who use the keyboard.
    if (!canvas.matches(':focus-visible') || this.#pointer !== undefined) return;
    context.strokeStyle = style.getPropertyValue('--accent');
    context.lineWidth = side / 120;
    context.beginPath();
    context.arc(this.#pen.x * side, this.#pen.y * side, (PEN / 2) * side, 0, 2 * Math.PI);
    context.stroke();
    if (this.#penIsDown) context.fill();
  }
}

function drawStroke(context: CanvasRenderingContext2D, stroke: Stroke, side: number): void {
  context.beginPath();
  // A line to where it begins shows a dot, too.
  for (const { x, y } of [stroke[0]!, ...stroke]) context.lineTo(x * side, y * side);
  context.stroke();
}

function drawPixels(context: CanvasRenderingContext2D, pixels: Uint8Array, side: number): void {
  const size = side / SIDE;
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] === 0) continue;
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    // Edges on whole device pixels: else neighbours would leave light lines between them.
    const [left, top] = [Math.round(x * size), Math.round(y * size)];
    context.globalAlpha = pixels[i]! / 255;
    context.fillRect(left, top, Math.round((x + 1) * size) - left, Math.round((y + 1) * size) - top);
  }
  context.globalAlpha = 1;
}

function within(value: number): number {
  return Math.min(1, Math.max(0, value));
}
