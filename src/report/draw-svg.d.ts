/**
 * A chart as an SVG document of `width` × `height` pixels, drawn by ECharts without a browser.
 *
 * @param option what ECharts calls an option: axes, series, legend
 */
export function drawSvg(option: object, width: number, height: number): string;
