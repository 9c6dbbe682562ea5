/** JSON as rows: an array of values, or a value on each line, from a stream of any length in constant memory. */

import { type Complaint, DataError, show } from '../../errors.js';
import { NoText } from './text-chunks.js';

/** Values with the line that each begins at, counted from 1. */
export interface JsonBatch {
  readonly values: readonly unknown[];
  readonly lines: readonly number[];
}

/** Characters of a row. */
const LONGEST_ROW = 2 ** 24;

interface Piece {
  readonly json: string;
  readonly line: number;
}

/** Cuts text into the JSON of rows. */
interface Cutter {
  /** The line that has been reached. */
  readonly line: number;
  /** Characters of a row whose end has not come. */
  readonly waiting: number;
  /** Appends the rows that end in this piece of text to `pieces`; throws a NoText at the current line. */
  cut(text: string, pieces: Piece[]): void;
  /** The same for what is left at the end of the text. */
  end(pieces: Piece[]): void;
}

/**
 * The values of an array, or of lines.
 *
 * @param format `json`: one array · `jsonl`: a value on each line that is not blank
 * @throws {DataError} naming file and line, if the text is not that; the values before have been given
 */
export async function* readJson(
  operation: string,
  place: string,
  text: AsyncIterator<string>,
  format: 'json' | 'jsonl',
): AsyncGenerator<JsonBatch, void, undefined> {
  const cutter: Cutter = format === 'json' ? new ArrayCutter() : new LineCutter();
  const errorAt = (
    line: number | undefined,
    { found, ...rest }: Omit<Complaint, 'operation'>,
    cause?: unknown,
  ): DataError =>
    new DataError(
      { operation, found: `${place}${line === undefined ? ' ' : `, line ${line}: `}${found}`, ...rest },
      { cause },
    );
  function* parsed(pieces: readonly Piece[]): Generator<JsonBatch, void, undefined> {
    const values: unknown[] = [];
    let fault: DataError | undefined;
    for (const { json, line } of pieces) {
      try {
        values.push(JSON.parse(json));
      } catch (error) {
        const found = `${show(json.length > 60 ? `${json.slice(0, 60)}…` : json)} is no JSON`;
        fault = errorAt(line, { found, expected: 'a row, { "name": value, … }' }, error);
        break;
      }
    }
    if (values.length > 0) yield { values, lines: pieces.slice(0, values.length).map(({ line }) => line) };
    if (fault !== undefined) throw fault;
  }
  try {
    for (let gathered = ''; ; ) {
      const { done, value, fault } = await nextText(text);
      // Twice as much each time, so that a long row is not looked at anew for each small piece.
      gathered += value;
      if (!done && gathered.length < cutter.waiting) continue;
      const pieces: Piece[] = [];
      try {
        cutter.cut(gathered, pieces);
        gathered = '';
        if (fault !== undefined) throw fault;
        if (done) cutter.end(pieces);
      } catch (error) {
        if (!(error instanceof NoText)) throw error;
        yield* parsed(pieces); // those before it are good
        throw errorAt(error.atPlace ? cutter.line : undefined, error.complaint, error.cause);
      }
      yield* parsed(pieces);
      if (done) return;
      if (cutter.waiting > LONGEST_ROW) {
        throw errorAt(cutter.line, { found: `a row has more than ${LONGEST_ROW} characters` });
      }
    }
  } finally {
    await text.return?.();
  }
}

/** The next text, empty at the end, and what ends it too early. */
async function nextText(
  text: AsyncIterator<string>,
): Promise<{ readonly done: boolean; readonly value: string; readonly fault?: NoText }> {
  try {
    const { done = false, value } = await text.next();
    return { done, value: done ? '' : value };
  } catch (fault) {
    if (!(fault instanceof NoText)) throw fault;
    return { done: true, value: '', fault };
  }
}

const ROWS = 'an array of rows, [{ "name": value, … }, …]';

const [QUOTE, COMMA, BACKSLASH, NEWLINE] = [0x22, 0x2c, 0x5c, 0x0a];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Finds the ends of an array's values by their brackets and quotes; whether they are JSON, JSON.parse says. */
class ArrayCutter implements Cutter {
  line = 1;
  private stage: 'before' | 'within' | 'after' = 'before';
  /** The text from the start of the current value on, and how far it has been looked at. */
  private rest = '';
  private looked = 0;
  private start = -1;
  private startLine = 1;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private count = 0;

  get waiting(): number {
    return this.rest.length;
  }

  cut(piece: string, pieces: Piece[]): void {
    const text = this.rest + piece;
    for (let at = this.looked; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) this.line++;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (code === BACKSLASH) this.escaped = true;
        else if (code === QUOTE) this.inString = false;
        continue;
      }
      if (code <= 0x20) continue;
      if (this.stage !== 'within') {
        this.step(code, text[at]!);
        continue;
      }
      if (this.depth === 0 && (code === COMMA || code === CLOSE_BRACKET)) {
        this.finish(pieces, text, at, code);
        continue;
      }
      if (this.start === -1) {
        this.start = at;
        this.startLine = this.line;
      }
      if (code === QUOTE) this.inString = true;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) this.depth++;
      else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && this.depth > 0) this.depth--;
    }
    this.rest = this.start === -1 ? '' : text.slice(this.start);
    this.looked = this.rest.length;
    this.start = this.start === -1 ? -1 : 0;
  }

  end(): void {
    if (this.stage === 'after') return;
    if (this.stage === 'before') throw new NoText({ found: 'is empty', expected: ROWS });
    const where = this.start === -1 ? 'after' : 'within';
    const row = this.start === -1 ? this.count : this.count + 1;
    throw new NoText({ found: `the text ends ${where} row ${row}`, expected: 'the array to be closed by ]' }, true);
  }

  /** A character before or after the array. */
  private step(code: number, character: string): void {
    if (this.stage === 'before' && code === OPEN_BRACKET) {
      this.stage = 'within';
      return;
    }
    const found = `${show(character)} stands ${this.stage} the array`;
    throw new NoText(
      this.stage === 'before' ? { found: 'the text does not begin with [', expected: ROWS } : { found },
      true,
    );
  }

  private finish(pieces: Piece[], text: string, at: number, code: number): void {
    if (this.start !== -1) {
      pieces.push({ json: text.slice(this.start, at), line: this.startLine });
      this.count++;
    } else if (code === COMMA || this.count > 0) {
      throw new NoText({ found: 'a row is missing between two commas or brackets', expected: ROWS }, true);
    }
    this.start = -1;
    if (code === CLOSE_BRACKET) this.stage = 'after';
  }
}

class LineCutter implements Cutter {
  line = 1;
  private rest = '';

  get waiting(): number {
    return this.rest.length;
  }

  cut(text: string, pieces: Piece[]): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    this.add(lines, pieces);
  }

  end(pieces: Piece[]): void {
    this.add([this.rest], pieces);
  }

  private add(lines: readonly string[], pieces: Piece[]): void {
    for (const json of lines) {
      if (json.trim() !== '') pieces.push({ json, line: this.line });
      this.line++;
    }
  }
}
