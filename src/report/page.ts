/** The page: one file that needs no other, no script and no network. */

import { VERSION } from '../version.js';
import { importanceBars, learningCurves, predictedAgainstTrue } from './charts.js';
import { confusion } from './confusion.js';
import { formatNumber, formatShare, number } from './format.js';
import { EMPTY, Html, html } from './html.js';
import { pngUrl } from './png.js';
import type { ClassificationData, RegressionData, ReportData } from './report-data.js';
import type { ReportHistory, ReportImportance, ReportMistake } from './report-input.js';
import { STYLE } from './style.js';
import { classTable, epochTable, importanceTable, layerTable, mistakeTable, pairs } from './tables.js';

/** No script runs and nothing is fetched, whatever the texts in the page say. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** @param jsonName the name of the JSON file beside the page */
export function pageOf(data: ReportData, jsonName: string): string {
  const { title, description, history, evaluation, importance, mistakes, layers, settings, environment } = data;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${description === undefined ? EMPTY : html`<p class="muted">${description}</p>`}
${evaluation === undefined ? EMPTY : figures(evaluation)}
</header>
<main>
${history === undefined ? EMPTY : warnings(history)}
${history === undefined ? EMPTY : curves(history)}
${evaluation === undefined ? EMPTY : evaluationSection(evaluation)}
${importance === undefined ? EMPTY : importanceSection(importance)}
${mistakes === undefined ? EMPTY : mistakeSection(mistakes, evaluation?.rows)}
<div class="pair outer">
${layers === undefined ? EMPTY : section('network', 'Network', layerTable(layers))}
${settings === undefined ? EMPTY : section('settings', 'Settings', pairs(settings))}
${environment === undefined ? EMPTY : section('environment', 'Environment', pairs(environment))}
</div>
</main>
<footer>Made by zerokara ${VERSION}. The same numbers, for programs, are in ${jsonName} beside this page when it was written.</footer>
</body>
</html>
`.text;
}

function section(id: string, title: string, content: Html): Html {
  return html`<section id="${id}"><h2>${title}</h2>\n${content}</section>`;
}

/** Metrics that are shares of rows, and are read as such. */
const SHARES = ['accuracy', 'majority'];

function figures({ metrics, rows }: ClassificationData | RegressionData): Html {
  const tiles = Object.entries(metrics).map(
    ([name, value]) =>
      html`<li><b>${number(value, SHARES.includes(name) ? preciseShare : formatNumber)}</b><span>${name}</span></li>`,
  );
  return html`<ul class="figures" id="figures" aria-label="Measured on ${rows}">${tiles}</ul>
<p class="muted">Measured on ${rows}.</p>`;
}

/** Two digits after the point: networks differ by less than a tenth. */
function preciseShare(value: number): string {
  return Number.isFinite(value) ? `${(100 * value).toFixed(2)} %` : '–';
}

function warnings({ warnings = [] }: ReportHistory): Html {
  if (warnings.length === 0) return EMPTY;
  const items = warnings.map((warning) => html`<li>${warning}</li>`);
  return html`<section id="warnings" class="warnings"><h2>What looked wrong</h2><ul>${items}</ul></section>`;
}

function curves({ epochs }: ReportHistory): Html {
  if (epochs.length === 0) return EMPTY;
  return section(
    'curves',
    'Learning curves',
    html`<div class="pair">${learningCurves(epochs)}</div>${epochTable(epochs)}`,
  );
}

function evaluationSection(evaluation: ClassificationData | RegressionData): Html {
  if (evaluation.kind === 'classification') {
    const title = `Answers on ${evaluation.rows}`;
    return section(
      'answers',
      title,
      html`<div class="pair">${confusion(evaluation)}${classTable(evaluation.perClass)}</div>`,
    );
  }
  const { target, points, count, rows } = evaluation;
  const told =
    points.length < count
      ? html`<p class="muted">${formatNumber(points.length)} of ${formatNumber(count)} rows are drawn, evenly spaced.</p>`
      : EMPTY;
  return section('answers', `Answers on ${rows}`, html`${predictedAgainstTrue(target, points)}${told}`);
}

function importanceSection({ metric, columns }: ReportImportance): Html {
  if (columns.length === 0) return EMPTY;
  const told = html`<p class="muted">How much ${metric} falls when the values of one column are shuffled among the rows. Columns that say the same stand in for each other, and then neither seems important.</p>`;
  const parts = html`<div class="pair">${importanceBars(metric, columns)}${importanceTable(columns)}</div>`;
  return section('importance', 'Importance of the columns', html`${told}${parts}`);
}

function mistakeSection(mistakes: readonly ReportMistake[], of: string | undefined): Html {
  if (mistakes.length === 0) return section('mistakes', 'The worst mistakes', html`<p>There are none.</p>`);
  const [images, rows] = [
    mistakes.filter(({ image }) => image !== undefined),
    mistakes.filter(({ image }) => image === undefined),
  ];
  const gallery = images.length === 0 ? EMPTY : html`<div class="gallery">${images.map(picture)}</div>`;
  const told = of === undefined ? EMPTY : html`<p class="muted">Rows are counted from 0 among the ${of}.</p>`;
  const drawn = rows.length === 0 ? EMPTY : mistakeTable(rows);
  return section('mistakes', 'The worst mistakes', html`${told}${gallery}${drawn}`);
}

function picture({ row, actual, predicted, probability, image }: ReportMistake): Html {
  const sure = probability === undefined ? EMPTY : html`, ${number(probability, formatShare)}`;
  return html`<figure><img src="${pngUrl(image!)}" width="${image!.width}" height="${image!.height}" alt="row ${row}: ${actual}">
<figcaption>${actual} taken for <span class="wrong-answer">${predicted}</span>${sure}<br><small>row ${number(row)}</small></figcaption></figure>\n`;
}
