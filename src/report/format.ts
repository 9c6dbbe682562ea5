/** Numbers as the page shows them. Each stands in an element that has the whole number, as the JSON file has it. */

import { type Html, html } from './html.js';
import type { ReportValue } from './report-input.js';

/** At most four digits that count: 0.9734, 54.2, 1.234e-5; whole numbers as they are, 60,000 with commas. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return withMinus(grouped(String(value)));
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return withMinus(value.toExponential(3));
  if (size >= 1000) return withMinus(grouped(String(Math.round(value))));
  return withMinus(String(Number(value.toPrecision(4))));
}

/** @example formatShare(0.9735)   // '97.4 %' */
export function formatShare(value: number): string {
  return Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : '–';
}

/** A number that programs can read. */
export function number(value: number, format: (value: number) => string = formatNumber): Html {
  return html`<data value="${value}">${format(value)}</data>`;
}

/** Any value of the input. */
export function shown(value: ReportValue | undefined): Html {
  if (typeof value === 'number') return number(value);
  if (value === null || value === undefined) return html`<span class="missing">missing</span>`;
  return html`${String(value)}`;
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

function withMinus(text: string): string {
  return text.replace(/^-/, '−');
}
