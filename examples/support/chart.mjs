// Charts of one or more panels as SVG, drawn by ECharts without a browser.
import * as echarts from 'echarts';

/** One palette for all pictures; its colours can be told apart with red-green colour blindness too. */
export const COLORS = {
  blue: '#1f6fb4',
  orange: '#d9680f',
  green: '#2a8c6a',
  red: '#b8323a',
  purple: '#7152a8',
  ink: '#22303c',
  grey: '#7b8794',
  line: '#d5dbe1',
  paper: '#ffffff',
};
export const SERIES_COLORS = [COLORS.blue, COLORS.orange, COLORS.green, COLORS.purple, COLORS.red];
export const FONT = "Inter, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif";

/** An ECharts option as an SVG document. */
export function render(option, width, height) {
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  instance.setOption({
    animation: false,
    backgroundColor: COLORS.paper,
    textStyle: { fontFamily: FONT, color: COLORS.ink },
    ...option,
  });
  const svg = instance.renderToSVGString();
  instance.dispose();
  // Not every viewer knows dominant-baseline; a shift by a third of the type's height is the same everywhere.
  return svg.replaceAll('dominant-baseline="central"', 'dy="0.35em"');
}

/**
 * @typedef {object} Axis
 * @property {string} name with its unit, if it has one
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [interval] between two ticks
 * @property {string[]} [categories] names in place of numbers
 * @property {'log'} [type]
 * @property {boolean} [hidden] no line, ticks or name
 *
 * @typedef {object} Panel
 * @property {string} [title]
 * @property {Axis} x
 * @property {Axis} y
 * @property {object[]} series of line, dots, area … below
 */

/**
 * Panels side by side, row by row.
 *
 * @param {Panel[]} panels
 * @param {{ width?: number, height?: number, columns?: number, legend?: boolean, legendAt?: object }} [size] of the whole picture, in pixels
 */
export function chart(panels, { width = 640, height = 420, columns = 1, legend = false } = {}) {
  const rows = Math.ceil(panels.length / columns);
  const top = legend ? 34 : 6;
  const cell = { width: width / columns, height: (height - top) / rows };
  const margin = { left: 68, right: 24, top: 40, bottom: 58 };
  const at = (i) => ({ x: (i % columns) * cell.width, y: top + Math.floor(i / columns) * cell.height });
  return render(
    {
      title: panels.map(({ title = '' }, i) => ({
        text: title,
        left: at(i).x + margin.left,
        top: at(i).y + 6,
        padding: 0,
        textStyle: { fontSize: 15, fontWeight: 600, color: COLORS.ink, fontFamily: FONT },
      })),
      legend: {
        show: legend,
        data: legendOf(panels),
        top: 8,
        itemWidth: 26,
        itemHeight: 12,
        itemGap: 22,
        textStyle: { fontSize: 13, color: COLORS.ink },
      },
      grid: panels.map((_, i) => ({
        left: at(i).x + margin.left,
        top: at(i).y + margin.top,
        width: cell.width - margin.left - margin.right,
        height: cell.height - margin.top - margin.bottom,
      })),
      xAxis: panels.map(({ x }, i) => axis(x, i, 32)),
      yAxis: panels.map(({ y }, i) => axis(y, i, 46)),
      series: panels.flatMap(({ series }, i) => series.map((one) => ({ ...one, xAxisIndex: i, yAxisIndex: i }))),
    },
    width,
    height,
  );
}

/** Each name once, lines as a stroke, points as a dot. */
function legendOf(panels) {
  const named = panels.flatMap(({ series }) => series).filter(({ name }) => name !== undefined);
  return [...new Map(named.map((one) => [one.name, one])).values()].map(({ name, type }) => ({
    name,
    icon: type === 'scatter' ? 'circle' : type === 'line' ? 'path://M0 0h26v3h-26z' : 'roundRect',
  }));
}

/** @param {Axis} axis */
function axis({ name, min, max, interval, categories, type, hidden = false }, gridIndex, nameGap) {
  return {
    show: !hidden,
    gridIndex,
    type: type ?? (categories === undefined ? 'value' : 'category'),
    data: categories,
    name,
    min,
    max,
    interval,
    nameLocation: 'middle',
    nameGap,
    nameTextStyle: { fontSize: 13, color: COLORS.ink },
    axisLabel: {
      margin: 10,
      fontSize: 12,
      color: COLORS.ink,
      hideOverlap: true,
      formatter: categories ? undefined : number,
    },
    axisLine: { show: true, onZero: false, lineStyle: { color: COLORS.grey } },
    axisTick: { show: true, lineStyle: { color: COLORS.grey } },
    splitLine: { show: categories === undefined && !hidden, lineStyle: { color: '#e9edf1' } },
  };
}

/** A typographic minus, and separated thousands. */
function number(value) {
  const text = Math.abs(value) >= 10_000 ? value.toLocaleString('en') : String(Number(value.toPrecision(10)));
  return text.replace('-', '−');
}

/**
 * A curve through points [x, y].
 *
 * @param {readonly (readonly number[])[]} points
 * @param {{ name?: string, color?: string, width?: number, dash?: boolean, marks?: boolean, label?: string }} [look]
 */
export function line(points, { name, color = COLORS.blue, width = 2.5, dash = false, marks = false, label } = {}) {
  return {
    type: 'line',
    name,
    data: points,
    showSymbol: marks,
    symbol: marks ? 'circle' : 'none',
    symbolSize: 6,
    clip: true,
    color,
    lineStyle: { width, color, type: dash ? [6, 5] : 'solid' },
    endLabel: { show: label !== undefined, formatter: label, color, fontSize: 13 },
  };
}

/** A noisy series as points [position, mean of `width` values]. */
export function means(values, width) {
  return Array.from({ length: Math.floor(values.length / width) }, (_, i) => {
    const some = values.slice(i * width, (i + 1) * width);
    return [(i + 0.5) * width, some.reduce((sum, value) => sum + value, 0) / width];
  });
}

/**
 * Points, each with a label if `labels` has one for it.
 *
 * @param {readonly (readonly number[])[]} points
 * @param {{ name?: string, color?: string, size?: number, labels?: (string | undefined)[], at?: string, hollow?: boolean }} [look]
 */
export function dots(points, { name, color = COLORS.ink, size = 11, labels = [], at = 'right', hollow = false } = {}) {
  return {
    type: 'scatter',
    name,
    symbolSize: size,
    z: 5,
    color,
    itemStyle: { opacity: 1, ...(hollow ? { color: COLORS.paper, borderColor: color, borderWidth: 2.5 } : { color }) },
    data: points.map((value, i) => ({
      value,
      label: { show: labels[i] !== undefined, formatter: labels[i], position: at, color, fontSize: 13, distance: 8 },
    })),
  };
}

/**
 * A filled shape with corners [x, y].
 *
 * @param {number[][]} corners
 */
export function area(corners, { color = COLORS.blue, opacity = 0.16 } = {}) {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    z: 1,
    data: [[corners[0][0], corners[0][1]]],
    renderItem: (_, api) => ({
      type: 'polygon',
      shape: { points: corners.map((corner) => api.coord(corner)) },
      style: { fill: color, opacity },
    }),
  };
}

/**
 * Arrows from [x, y] to [x, y].
 *
 * @param {number[][][]} pairs
 */
export function arrows(pairs, { color = COLORS.blue, width = 1.8, head = 7 } = {}) {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    z: 3,
    data: pairs.map(([from]) => from),
    renderItem: (params, api) => {
      const [from, to] = pairs[params.dataIndex].map((point) => api.coord(point));
      return { type: 'group', children: arrow(from, to, { color, width, head }) };
    },
  };
}

/**
 * Columns over categories.
 *
 * @param {(number | string)[]} values
 * @param {{ name?: string, color?: string, labels?: string[], width?: string }} [look]
 */
export function bars(values, { name, color = COLORS.blue, labels, width = '55%' } = {}) {
  return {
    type: 'bar',
    name,
    barMaxWidth: 46,
    barCategoryGap: width === undefined ? undefined : '35%',
    color,
    data: values.map((value, i) => (Array.isArray(color) ? { value, itemStyle: { color: color[i] } } : value)),
    label: {
      show: labels !== undefined,
      position: 'top',
      fontSize: 12,
      color: COLORS.ink,
      formatter: (p) => labels?.[p.dataIndex],
    },
  };
}

/** A picture of `width` columns, row by row from the top, 0 white to 1 black: for axes from 0 to its width and height. */
export function pixels(values, width) {
  const height = values.length / width;
  const [fill, step] = [COLORS.ink, 1.02]; // a little wider than a pixel, so that no seams show
  return {
    type: 'custom',
    silent: true,
    data: Array.from(values, (value, i) => [i % width, height - 1 - Math.floor(i / width), value]).filter(
      ([, , v]) => v > 0,
    ),
    renderItem: (_, api) => {
      const [x, y] = api.coord([api.value(0), api.value(1) + 1]);
      const [w, h] = api.size([step, step]);
      return { type: 'rect', shape: { x, y, width: w, height: h }, style: { fill, opacity: api.value(2) } };
    },
  };
}

/**
 * The shapes of an arrow between two pixels: a shaft and a head, as ECharts draws them.
 *
 * @param {number[]} from
 * @param {number[]} to
 * @param {{ color?: string, width?: number, head?: number, dash?: boolean }} look
 */
export function arrow([x1, y1], [x2, y2], { color, width = 1.8, head = 8, dash = false }) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length === 0) return [];
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const size = Math.min(head, length);
  const base = [x2 - ux * size, y2 - uy * size];
  const side = size * 0.42;
  const style = { stroke: color, lineWidth: width, ...(dash ? { lineDash: [5, 4] } : {}) };
  return [
    { type: 'line', shape: { x1, y1, x2: base[0], y2: base[1] }, style },
    {
      type: 'polygon',
      shape: {
        points: [
          [x2, y2],
          [base[0] - uy * side, base[1] + ux * side],
          [base[0] + uy * side, base[1] - ux * side],
        ],
      },
      style: { fill: color },
    },
  ];
}
