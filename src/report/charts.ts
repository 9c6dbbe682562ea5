/**
 * The charts of a report, each drawn twice: for a page, and for a telephone, whose width would make letters illegible.
 *
 * Colours are the page's CSS variables, so that one drawing serves light and dark.
 */

import type { EpochRecord } from '../trainer/epoch-record.js';
import { drawSvg } from './draw-svg.js';
import { formatNumber } from './format.js';
import { Html, html } from './html.js';
import type { ColumnImportance } from './report-input.js';
import { thinned } from './thinned.js';

const FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif";

const COLORS = ['var(--blue)', 'var(--orange)', 'var(--green)'] as const;

/** Pixels. The page shows the narrow drawing on screens narrower than 600. */
const SIZES = { wide: { width: 640, height: 340 }, narrow: { width: 320, height: 250 } } as const;

type Shape = keyof typeof SIZES;

/** The most points of a curve: a pixel each would be more than can be seen. */
const MOST_POINTS = 400;

/** The most columns whose importance is drawn. */
const MOST_BARS = 20;

/** A curve by its name. */
interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** The losses of a run by epoch, and the accuracies where it has any. */
export function learningCurves(epochs: readonly EpochRecord[]): Html[] {
  const some = thinned(epochs, MOST_POINTS);
  const curve = (name: string, value: (record: EpochRecord) => number | undefined): Curve => ({
    name,
    points: some.flatMap((record) => {
      const y = value(record);
      return y === undefined || !Number.isFinite(y) ? [] : [[record.epoch, y] as const];
    }),
  });
  const losses = [
    curve('training', ({ trainLoss }) => trainLoss),
    curve('validation', ({ validationLoss }) => validationLoss),
    curve('test', ({ testLoss }) => testLoss),
  ];
  const accuracies = [
    curve('training', ({ trainAccuracy }) => trainAccuracy),
    curve('validation', ({ validationAccuracy }) => validationAccuracy),
    curve('test', ({ testAccuracy }) => testAccuracy),
  ];
  return [...curvesOf('Loss', losses), ...curvesOf('Accuracy', accuracies)];
}

/** One chart, unless no curve has a point. A curve keeps its colour from chart to chart. */
function curvesOf(title: string, curves: readonly Curve[]): Html[] {
  const drawn = curves.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return [];
  const told = drawn.map(({ name }) => name).join(', ');
  const option = {
    ...plain({ top: 62 }),
    legend: { left: 0, top: 0, itemWidth: 22, itemHeight: 8, itemGap: 18, icon: 'roundRect', textStyle: text(13) },
    xAxis: axis('epoch', { minInterval: 1, ...range(drawn) }),
    yAxis: axis(title.toLowerCase(), { scale: true }),
    series: curves.flatMap(({ name, points }, i) =>
      points.length === 0
        ? []
        : [
            {
              ...quiet('line'),
              name,
              data: points,
              color: COLORS[i],
              showSymbol: points.length <= 30,
              symbol: 'circle',
              symbolSize: 5,
              lineStyle: { width: 2.25, color: COLORS[i] },
              itemStyle: { color: COLORS[i] },
            },
          ],
    ),
  };
  return [figure(title, `${title} by epoch: ${told}`, () => option)];
}

/** From the first epoch to the last; one epoch alone stands in the middle. */
function range(curves: readonly Curve[]): { min: number; max: number } {
  const epochs = curves.flatMap(({ points }) => points.map(([epoch]) => epoch));
  const [min, max] = [Math.min(...epochs), Math.max(...epochs)];
  return min === max ? { min: min - 1, max: max + 1 } : { min, max };
}

/** What is true of each row across, what was predicted upwards; right answers lie on the line. */
export function predictedAgainstTrue(target: string, points: readonly (readonly [number, number])[]): Html {
  const finite = points.filter((point) => point.every(Number.isFinite));
  const values = finite.flat();
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const option = {
    ...plain({ top: 30 }),
    xAxis: axis(`true ${cut(target, 40)}`, { scale: true }),
    yAxis: axis(`predicted ${cut(target, 40)}`, { scale: true }),
    series: [
      {
        ...quiet('line'),
        data:
          finite.length === 0
            ? []
            : [
                [low, low],
                [high, high],
              ],
        showSymbol: false,
        lineStyle: { width: 1.5, color: 'var(--muted)', type: [6, 5] },
      },
      {
        ...quiet('scatter'),
        data: finite,
        symbolSize: 6,
        itemStyle: { color: COLORS[0], opacity: finite.length > 300 ? 0.45 : 0.75 },
      },
    ],
  };
  return figure('Predicted against true', `Predicted against true ${target}`, () => option);
}

/** Bars, the longest first. */
export function importanceBars(metric: string, columns: readonly ColumnImportance[]): Html {
  const shown = columns.slice(0, MOST_BARS);
  const title = columns.length > shown.length ? `The ${shown.length} most important columns` : 'Columns by importance';
  const height = 64 + 24 * shown.length;
  const option = (shape: Shape): object => {
    const names = shown.map(({ name }) => cut(name, shape === 'wide' ? 24 : 13));
    // ECharts cannot measure letters without a browser; few are wider than this.
    const left = 20 + 7.6 * Math.max(...names.map(({ length }) => length));
    return {
      ...plain({ top: 8, bottom: 46 }),
      grid: { left, right: shape === 'wide' ? 60 : 22, top: 8, bottom: 46, outerBoundsMode: 'none' },
      xAxis: axis(`fall of ${cut(metric, 24)}`, {}),
      yAxis: {
        ...axis('', {}),
        type: 'category',
        inverse: true,
        data: names,
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { ...text(12), margin: 10, interval: 0 },
      },
      series: [
        {
          ...quiet('bar'),
          data: shown.map(({ mean }) => (Number.isFinite(mean) ? mean : 0)),
          barWidth: 13,
          itemStyle: { color: COLORS[0], borderRadius: 2 },
          label: {
            ...text(12),
            show: shape === 'wide',
            position: 'right',
            formatter: ({ dataIndex }: { readonly dataIndex: number }) => formatNumber(shown[dataIndex]!.mean),
          },
        },
      ],
    };
  };
  return figure(title, `Importance of ${shown.length} columns`, option, height);
}

function figure(title: string, label: string, option: (shape: Shape) => object, height?: number): Html {
  const drawn = (Object.keys(SIZES) as Shape[]).map((shape) => {
    const size = SIZES[shape];
    const svg = withoutMouse(drawSvg(option(shape), size.width, height ?? size.height));
    return new Html(svg.replace('<svg ', () => html`<svg class="${shape}" role="img" aria-label="${label}" `.text));
  });
  return html`<figure><figcaption>${title}</figcaption>${drawn}</figure>`;
}

/** A drawing without what ECharts writes for the mouse: more than half of it. */
function withoutMouse(svg: string): string {
  return svg.replace(/<style[\s\S]*?<\/style>\s*/, '').replaceAll(/ (class="zr[^"]*"|pointer-events="visible")/g, '');
}

/** What all charts have in common. */
function plain({ top, bottom = 30 }: { readonly top: number; readonly bottom?: number }): object {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: text(12),
    grid: { left: 4, right: 22, top, bottom, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
  };
}

/** A series without what only a mouse would show. */
function quiet(type: string): object {
  return { type, silent: true, emphasis: { disabled: true }, animation: false };
}

function axis(name: string, more: object): object {
  const isAcross = !/^(loss|accuracy|predicted )/.test(name);
  return {
    type: 'value',
    name,
    nameLocation: isAcross ? 'middle' : 'end',
    nameGap: isAcross ? 26 : 12,
    nameTextStyle: { ...text(12), color: 'var(--muted)', align: isAcross ? 'center' : 'left' },
    axisLabel: { ...text(12), hideOverlap: true },
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--line)' } },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: 'var(--grid)' } },
    splitNumber: 5,
    ...more,
  };
}

function text(fontSize: number): { color: string; fontFamily: string; fontSize: number } {
  return { color: 'var(--ink)', fontFamily: FONT, fontSize };
}

/**
 * A text of the user's as ECharts may have it. It keeps texts as keys of plain objects, and one called `__proto__` changed
 * the prototype of all objects of the process: a word joiner, which is not seen, makes it another key.
 */
function cut(words: string, length: number): string {
  if (words in Object.prototype) return `\u2060${words}`;
  return words.length > length ? `${words.slice(0, length - 1)}…` : words;
}
