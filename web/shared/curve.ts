/** A small chart of lines on a canvas: losses and accuracies as they come. */

export interface Series {
  readonly name: string;
  /** One value for each place on the x axis; NaN where there is none. */
  readonly values: ArrayLike<number>;
  /** A colour, or a variable of style.css such as '--class0'. */
  readonly colour: string;
  /** Lengths of strokes and gaps, so that lines are told apart without colour; default an unbroken line. */
  readonly dash?: readonly number[];
}

/** The same lines on every page. */
export const TRAINING_LINE = { colour: '--class2' } as const;
export const TEST_LINE = { colour: '--class3', dash: [5, 4] } as const;

export interface CurveOptions {
  /** The top of the y axis; default the largest value. The bottom is 0. */
  readonly top?: number;
  /** How a value of the y axis is written. */
  readonly format?: (value: number) => string;
  /** What stands below the right end of the x axis, e.g. "epoch 120". */
  readonly end?: string;
}

const LEFT = 40;
const BOTTOM = 18;
const MARGIN = 6;

/** Draws the lines into the whole canvas, whose size in CSS pixels decides; the colours are those of the page's theme. */
export function drawCurve(canvas: HTMLCanvasElement, series: readonly Series[], options: CurveOptions = {}): void {
  const { context, width, height, colourOf } = prepare(canvas);
  const { format = shortNumber, end = '' } = options;
  const top = options.top ?? niceTop(largestOf(series));
  const [plotWidth, plotHeight] = [width - LEFT - MARGIN, height - BOTTOM - MARGIN];
  const y = (value: number): number => MARGIN + plotHeight * (1 - Math.min(value / top, 1));

  context.font = `11px ${getComputedStyle(canvas).fontFamily}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  for (const share of [0, 0.5, 1]) {
    context.strokeStyle = colourOf('--line');
    strokePath(context, [
      [LEFT, y(share * top)],
      [width - MARGIN, y(share * top)],
    ]);
    context.fillStyle = colourOf('--muted');
    context.fillText(format(share * top), LEFT - 6, y(share * top));
  }
  context.textBaseline = 'alphabetic';
  context.fillText(end, width - MARGIN, height - 4);

  context.lineWidth = 2;
  context.lineJoin = 'round';
  for (const { values, colour, dash = [] } of series) {
    context.strokeStyle = colourOf(colour);
    context.setLineDash([...dash]);
    strokePath(context, pointsOf(values, plotWidth, y));
  }
  context.setLineDash([]);
}

/** A canvas of as many pixels as the screen shows, in units of CSS pixels, and empty. */
function prepare(canvas: HTMLCanvasElement) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio || 1;
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  // Setting the size clears and allocates, so only when it changes.
  if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
  if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  const colourOf = (name: string): string => (name.startsWith('--') ? style.getPropertyValue(name).trim() : name);
  return { context, width, height, colourOf };
}

/** At most one point for each two pixels: the mean of the values that fall there, or the lone one. */
function pointsOf(values: ArrayLike<number>, width: number, y: (value: number) => number): [number, number][] {
  const places = Math.max(2, Math.min(values.length, Math.floor(width / 2)));
  const points: [number, number][] = [];
  for (let place = 0; place < places; place++) {
    const from = Math.floor((place * values.length) / places);
    const to = Math.max(from + 1, Math.floor(((place + 1) * values.length) / places));
    let [sum, count] = [0, 0];
    for (let i = from; i < to && i < values.length; i++) {
      if (!Number.isFinite(values[i]!)) continue;
      sum += values[i]!;
      count += 1;
    }
    if (count > 0) points.push([LEFT + (place / (places - 1)) * width, y(sum / count)]);
  }
  return points;
}

function strokePath(context: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.stroke();
}

function largestOf(series: readonly Series[]): number {
  let largest = 0;
  for (const { values } of series)
    for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i]!)) largest = Math.max(largest, values[i]!);
  return largest;
}

/** The next of 1, 2, 5, 10, … above, so that the axis does not move with every value. */
function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= value)!;
}

/** Two digits that matter, without zeros behind them. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(2)));
}
