// One section of the book: prints our figures beside the notes', writes pictures, and says whether all agree.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { printTable } from './table.mjs';

/** Where pictures and the page go; not under version control. */
export const OUT = fileURLToPath(new URL('../out', import.meta.url));

/**
 * @typedef {object} Figure one line of the table
 * @property {string} id the row of docs/from-the-book.md
 * @property {string} what
 * @property {string} ours
 * @property {string} note what the notes print; '' where they print nothing
 * @property {string} verdict '=' equal to the last digit, '~1e-8' within that, 'in 0.89 – 0.92', 'not 0: E2'
 * @property {boolean} ok
 */

export class Section {
  /** @type {(Figure | string)[]} figures and the paragraphs between them, in the order they came */
  lines = [];
  /** @type {{ file: string, caption: string }[]} */
  pictures = [];

  /**
   * @param {string} letter of docs/from-the-book.md
   * @param {string} title
   */
  constructor(letter, title) {
    this.letter = letter;
    this.title = title;
    this.started = performance.now();
  }

  /** Words between the figures. */
  say(text) {
    this.lines.push(text);
  }

  /** A figure that must equal the notes' to the last digit. */
  exact(id, what, ours, note) {
    const same = show(ours) === show(note);
    this.add({ id, what, ours: show(ours), note: show(note), verdict: '=', ok: same });
  }

  /** A figure, or a list of them, that must lie within `tolerance` of the notes'. */
  near(id, what, ours, note, tolerance) {
    const [a, b] = [numbers(ours), numbers(note)];
    const ok = a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) <= tolerance);
    this.add({ id, what, ours: show(shorten(ours, tolerance)), note: show(note), verdict: `~${power(tolerance)}`, ok });
  }

  /**
   * A random figure: it must lie in a band; `note` is the one draw that the notes print, if any.
   *
   * @param {string} id
   * @param {string} what
   * @param {number} ours
   * @param {number | undefined} note
   * @param {number[]} band
   */
  within(id, what, ours, note, [low, high]) {
    const ok = ours >= low && ours <= high;
    this.add({ id, what, ours: show(ours), note: show(note), verdict: `in ${show(low)} – ${show(high)}`, ok });
  }

  /** A figure that the notes have wrong: `error` is the row that says why, `right` what it must be. */
  corrected(id, error, what, ours, note, right) {
    const ok = show(ours) === show(right) && show(ours) !== show(note);
    this.add({ id, what, ours: show(ours), note: show(note), verdict: `corrected, ${error}`, ok });
  }

  /** A value that follows from a rule of the notes, which print no figure for it. */
  defined(id, what, ours, expected, tolerance = 0) {
    const [a, b] = [numbers(ours), numbers(expected)];
    const ok = a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) <= tolerance);
    const verdict = tolerance === 0 ? 'as defined' : `as defined, ~${power(tolerance)}`;
    this.add({ id, what, ours: show(shorten(ours, tolerance)), note: '', verdict, ok });
  }

  /** A statement that must be true; the notes print nothing. */
  holds(id, what, truth, ours = truth) {
    this.add({ id, what, ours: show(ours), note: '', verdict: 'holds', ok: truth === true });
  }

  /** Writes a picture into examples/out. */
  draw(name, caption, svg) {
    const file = `${this.letter.toLowerCase()}-${name}.svg`;
    fs.mkdirSync(OUT, { recursive: true });
    fs.writeFileSync(path.join(OUT, file), svg);
    this.pictures.push({ file, caption });
  }

  /** @returns {Figure[]} */
  get figures() {
    return this.lines.filter((line) => typeof line !== 'string');
  }

  /** Prints the section; any figure that is off makes the process fail. */
  end() {
    this.seconds = (performance.now() - this.started) / 1000;
    const off = this.figures.filter(({ ok }) => !ok).length;
    if (off > 0) process.exitCode = 1;
    console.log(`\n${this.letter}  ${this.title}\n`);
    printTable(this.lines);
    for (const { file, caption } of this.pictures) console.log(`   examples/out/${file}  ${caption}`);
    const verdict = off === 0 ? 'all as they should be' : `${off} OFF`;
    console.log(`   ${this.figures.length} figures, ${verdict} (${this.seconds.toFixed(1)} s)`);
    return this;
  }

  add(figure) {
    this.lines.push(figure);
  }
}

/** Any value, as shown in the table. */
export function show(value) {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `[${Array.from(value, show).join(', ')}]`;
}

function numbers(value) {
  return typeof value === 'number' ? [value] : Array.from(value).flatMap(numbers);
}

/** Without the digits below a coarse tolerance, which would only distract from the others. */
function shorten(value, tolerance) {
  if (tolerance < 1e-11) return value;
  if (typeof value === 'number') return Number(value.toFixed(Math.ceil(-Math.log10(tolerance)) + 1));
  return Array.from(value, (one) => shorten(one, tolerance));
}

/** 5e-9 as the table says it. */
function power(tolerance) {
  return tolerance.toExponential().replace('e+0', '');
}
