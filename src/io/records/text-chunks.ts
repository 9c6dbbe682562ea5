/** Bytes as text: gzip unpacked, UTF-8 checked, everything that is not text refused by its name. */

import { platform } from '#platform';
import type { Complaint } from '../../errors.js';
import { GzipError } from '../../platform/platform.js';

/** Why bytes are not the text of a table. Who reads the text knows its line and adds it. */
export class NoText extends Error {
  constructor(
    readonly complaint: Omit<Complaint, 'operation'>,
    /** Whether the place in the text matters, rather than the whole. */
    readonly atPlace: boolean = false,
    options?: ErrorOptions,
  ) {
    super(complaint.found, options);
  }
}

/** Enough bytes to recognise any of the formats below. */
const HEAD = 512;

const UTF8_MARK = [0xef, 0xbb, 0xbf];

/** What files of other kinds begin with. */
const OTHERS: readonly (readonly [start: readonly number[] | string, name: string, fix?: string])[] = [
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['%PDF', 'a PDF document'],
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook or another zip file', 'Save the sheet as CSV, or unpack the file'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an Excel workbook', 'Save the sheet as CSV'],
  ['PAR1', 'a Parquet file'],
  ['SQLite format 3', 'an SQLite database'],
  ['\x93NUMPY', 'a NumPy array'],
];

const UTF16_FIX = 'Save it as UTF-8 (iconv -f UTF-16 -t UTF-8)';

/**
 * The text of a UTF-8 file, gzipped or not (its first bytes decide), in pieces that end at any character. A byte order mark
 * is left out.
 *
 * @throws {NoText} when the bytes before the fault have been given: so the reader knows how far the text goes
 */
export async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const { head, rest, all } = await withHead(chunks);
  if (!startsWith(head, [0x1f, 0x8b])) return yield* decode(head, rest);
  try {
    const unpacked = await withHead(platform.gunzipStream(all()));
    yield* decode(unpacked.head, unpacked.rest);
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    throw new NoText({ found: GZIP_FAULTS[error.fault] }, false, { cause: error });
  }
}

const GZIP_FAULTS = {
  short: 'is a gzip file that is cut short',
  trailing: 'is a gzip file with bytes after its end',
  damaged: 'is a damaged gzip file',
  long: 'is a gzip file that is too large',
} as const;

interface WithHead {
  /** The first bytes: at least HEAD, unless there are fewer. */
  readonly head: Uint8Array;
  readonly rest: AsyncIterator<Uint8Array>;
  /** Head and rest. */
  all(): AsyncGenerator<Uint8Array, void, undefined>;
}

async function withHead(chunks: AsyncIterable<Uint8Array>): Promise<WithHead> {
  const rest = chunks[Symbol.asyncIterator]();
  let head = new Uint8Array(0);
  while (head.length < HEAD) {
    const { done, value } = await rest.next();
    if (done) break;
    head = joined(head, value);
  }
  return {
    head,
    rest,
    async *all() {
      yield head;
      yield* remaining(rest);
    },
  };
}

/** What an iterator still gives; leaving the loop closes it. */
async function* remaining<T>(iterator: AsyncIterator<T>): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

async function* decode(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<string, void, undefined> {
  try {
    refuseOthers(head);
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    let bytes = startsWith(head, UTF8_MARK) ? head.subarray(UTF8_MARK.length) : head;
    for (;;) {
      const { done, value } = await rest.next();
      // A character that a chunk cuts in two goes to the next. The decoder could keep it, but is slower when it streams.
      const end = done ? bytes.length : endOfCharacters(bytes);
      const { text, fault } = readText(decoder, bytes.subarray(0, end));
      if (text !== '') yield text;
      if (fault !== undefined) throw fault;
      if (done) return;
      bytes = end === bytes.length ? value : joined(bytes.subarray(end), value);
    }
  } finally {
    await rest.return?.();
  }
}

function refuseOthers(head: Uint8Array): void {
  for (const [start, name, fix] of OTHERS) {
    if (startsWith(head, start)) throw new NoText({ found: `is ${name}`, fix });
  }
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff]) || hasEmptyHalves(head)) {
    throw new NoText({ found: 'is text in UTF-16', expected: 'UTF-8', fix: UTF16_FIX });
  }
  const start = String.fromCharCode(...head.subarray(0, 64)).trimStart();
  if (/^(<!doctype html|<html)/i.test(start)) throw new NoText({ found: 'is an HTML page' });
}

/** Every other byte is 0: UTF-16 of a Western language without its mark. */
function hasEmptyHalves(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const pairs = Math.floor(Math.min(head.length, 32) / 2);
  const empty = [0, 1].map((half) =>
    Array.from({ length: pairs }, (_, i) => head[2 * i + half]).filter((b) => b === 0),
  );
  return empty.some(({ length }) => length === pairs);
}

function startsWith(bytes: Uint8Array, start: readonly number[] | string): boolean {
  const expected = typeof start === 'string' ? Array.from(start, (letter) => letter.charCodeAt(0)) : start;
  return expected.every((byte, i) => bytes[i] === byte);
}

/** The text up to the first byte that is no UTF-8, or is 0, which no text contains; and what is wrong with that byte. */
function readText(
  decoder: InstanceType<typeof TextDecoder>,
  bytes: Uint8Array,
): { readonly text: string; readonly fault?: NoText } {
  const zero = bytes.indexOf(0);
  const sound = zero === -1 ? bytes : bytes.subarray(0, zero);
  try {
    const text = decoder.decode(sound);
    if (zero === -1) return { text };
    return { text, fault: new NoText({ found: 'a NUL character', expected: 'text' }, true) };
  } catch {
    const at = firstInvalid(sound);
    const found = `byte 0x${sound[at]!.toString(16).padStart(2, '0')} is no UTF-8`;
    const fix = 'Save it as UTF-8 (iconv -f ISO-8859-1 -t UTF-8, if it is Latin-1)';
    return { text: decoder.decode(sound.subarray(0, at)), fault: new NoText({ found, fix }, true) };
  }
}

/** A lenient decoder puts U+FFFD where a byte is invalid, but that character may also be in the text. */
function firstInvalid(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let [from, at] = [0, 0];
  for (;;) {
    const next = text.indexOf('\ufffd', from);
    at += encoder.encode(text.slice(from, next)).length;
    if (!startsWith(bytes.subarray(at), REPLACEMENT)) return at;
    from = next + 1;
    at += REPLACEMENT.length;
  }
}

/** U+FFFD in UTF-8. */
const REPLACEMENT = [0xef, 0xbf, 0xbd];

/** Where the last whole character ends: UTF-8 tells a first byte (11xxxxxx) from the others (10xxxxxx). */
function endOfCharacters(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= Math.min(4, length); back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back >= size ? length : length - back;
    }
  }
  return length; // no first byte: invalid, which the decoder says
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
