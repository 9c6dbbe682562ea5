/** The confusion matrix: a table, so that it can be read aloud, searched and copied. */

import { number } from './format.js';
import { type Html, html } from './html.js';
import type { ClassificationData } from './report-data.js';

/** The most classes of a matrix that can still be read. */
const MOST_CLASSES = 24;

/** The most pairs of classes that are listed in its place. */
const MOST_PAIRS = 20;

export function confusion({ classes, confusionMatrix }: ClassificationData): Html {
  return classes.length <= MOST_CLASSES ? matrix(classes, confusionMatrix) : commonest(classes, confusionMatrix);
}

function matrix(classes: readonly string[], counts: readonly (readonly number[])[]): Html {
  const rows = counts.map((row, i) => {
    const all = row.reduce((sum, count) => sum + count, 0);
    return html`<tr><th scope="row" title="${classes[i]!}">${classes[i]!}</th>${row.map((count, j) => cell(count, all, i === j))}</tr>\n`;
  });
  return html`<figure><figcaption>Confusion matrix <small>rows: true class, columns: predicted</small></figcaption>
<div class="scroll"><table class="matrix"><thead><tr><th></th>${classes.map((name) => html`<th scope="col" title="${name}">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></figure>`;
}

/** Mistakes are rare: by the root of their share they can be seen. */
function cell(count: number, all: number, isRight: boolean): Html {
  const share = all === 0 ? 0 : count / all;
  const tint = isRight ? 0.9 * share : 0.9 * Math.sqrt(share);
  const kind = `${isRight ? 'right' : 'wrong'}${tint > 0.55 ? ' strong' : ''}${count === 0 ? ' none' : ''}`;
  return html`<td class="${kind}" style="--share:${tint.toFixed(3)}">${number(count)}</td>`;
}

function commonest(classes: readonly string[], counts: readonly (readonly number[])[]): Html {
  const all = counts.flatMap((row, i) => row.map((count, j) => ({ i, j, count })));
  const wrong = all.filter(({ i, j, count }) => i !== j && count > 0).sort((a, b) => b.count - a.count);
  const rows = wrong
    .slice(0, MOST_PAIRS)
    .map(
      ({ i, j, count }) =>
        html`<tr><td class="words">${classes[i]!}</td><td class="words">${classes[j]!}</td><td class="number">${number(count)}</td></tr>\n`,
    );
  return html`<figure><figcaption>The most frequent confusions <small>of ${classes.length} classes; all are in the JSON file</small></figcaption>
<div class="scroll"><table><thead><tr><th>true</th><th>predicted</th><th class="number">rows</th></tr></thead>
<tbody>${rows}</tbody></table></div></figure>`;
}
