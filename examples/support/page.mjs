// The page of all sections: every figure and every picture, in one file with the pictures in it.
import fs from 'node:fs';
import path from 'node:path';
import { OUT } from './section.mjs';

const STYLE = `
  :root { color-scheme: light; --ink: #22303c; --grey: #64717d; --line: #dfe5ea; --blue: #1f6fb4; --red: #b8323a; --green: #2a8c6a; }
  * { box-sizing: border-box; }
  body { margin: 0; background: #f5f7f9; color: var(--ink); font: 15px/1.5 Inter, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif; }
  main, header { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
  header { padding-top: 40px; }
  h1 { font-size: 28px; margin: 0 0 6px; }
  nav { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 18px 0 8px; }
  a { color: var(--blue); text-decoration: none; }
  a:hover { text-decoration: underline; }
  section { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 24px 28px; margin: 24px 0; }
  h2 { font-size: 20px; margin: 0 0 14px; }
  h2 span { color: var(--grey); font-weight: 400; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
  th { text-align: left; color: var(--grey); font-weight: 500; border-bottom: 1px solid var(--line); padding: 4px 14px 6px 0; }
  td { vertical-align: top; border-bottom: 1px solid #eef1f4; padding: 5px 14px 5px 0; }
  td.value { font-family: ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 12.5px; overflow-wrap: anywhere; }
  td.words { color: var(--grey); white-space: pre-wrap; padding-top: 12px; }
  td.verdict { white-space: nowrap; color: var(--green); }
  tr.off td { color: var(--red); font-weight: 600; }
  figure { margin: 26px 0 0; overflow-x: auto; }
  figure svg { max-width: 100%; height: auto; display: block; }
  figcaption { color: var(--grey); font-size: 13.5px; margin-top: 4px; }
`;

const LEGEND =
  '<b>=</b> is equal to the last digit, <b>~tol</b> within that tolerance, <b>in a – b</b> is random and lies in ' +
  'that band, <b>corrected</b> is where the notes err, <b>as defined</b> and <b>holds</b> follow from a rule for which the ' +
  'notes print no figure.';

/** @param {import('./section.mjs').Section[]} sections */
export function page(sections) {
  const links = sections.map(({ letter, title }) => `<a href="#${anchor(title)}">${letter} ${escaped(title)}</a>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>zerokara: the figures of the book</title>
<style>${STYLE}</style>
<header>
<h1>zerokara: the figures of the book</h1>
<p>What the study notes on <i>Deep Learning from Scratch</i> print and draw, beside what this library computes.<br>${LEGEND}</p>
<nav>${links.join('')}</nav>
</header>
<main>${sections.map(sectionHtml).join('\n')}</main>
</html>
`;
}

function sectionHtml({ letter, title, lines, pictures, seconds }) {
  const rows = lines.map((one) => (typeof one === 'string' ? wordsHtml(one) : figureHtml(one)));
  const drawn = pictures.map(({ file, caption }) => {
    const svg = fs.readFileSync(path.join(OUT, file), 'utf8');
    return `<figure>${svg}<figcaption>${escaped(caption)} <a href="${file}">${file}</a></figcaption></figure>`;
  });
  return `<section id="${anchor(title)}">
<h2>${letter} ${escaped(title)} <span>${seconds.toFixed(1)} s</span></h2>
<div class="wide"><table><thead><tr><th></th><th></th><th>ours</th><th>the notes</th><th></th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
${drawn.join('\n')}
</section>`;
}

function wordsHtml(words) {
  return `<tr><td colspan="5" class="words">${escaped(words)}</td></tr>`;
}

function figureHtml({ id, what, ours, note, verdict, ok }) {
  const cells = `<td>${id}</td><td>${escaped(what)}</td><td class="value">${escaped(ours)}</td><td class="value">${escaped(note)}</td>`;
  return `<tr${ok ? '' : ' class="off"'}>${cells}<td class="verdict">${escaped(ok ? verdict : `OFF (${verdict})`)}</td></tr>`;
}

function escaped(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function anchor(title) {
  return title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
}
