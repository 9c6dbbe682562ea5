/** Where a table's bytes come from: a file, a URL or a stream. */

import { platform } from '#platform';
import { ArgumentError, DataError, show } from '../../errors.js';
import { isUint8 } from '../../identity.js';
import { cannotOpen } from '../no-files.js';
import { readChunks, reasonOf } from '../read-file.js';

/** The part of a `URL` that is read. */
export interface UrlLike {
  readonly href: string;
}

/** A path, a URL (`file:`, `http:`, `https:`), or a stream of bytes, e.g. `process.stdin` of Node. */
export type ByteSource = string | UrlLike | AsyncIterable<Uint8Array>;

export interface Bytes {
  /** What messages call it: the path as given, the URL, or the name of a stream that has one. */
  readonly place: string;
  /** The path that its extension is read from; empty for a stream. */
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Bytes read from a file at once. The strings of a small piece die young: 1 MiB would take twice the time and memory (221 MB of
 * numbers: 2.4 against 5.2 s of CPU time, 107 against 194 MB in all).
 */
export const CHUNK_SIZE: number = 2 ** 16;

/**
 * The bytes of a source, in pieces. Nothing is opened before the first piece is asked for.
 *
 * @param expected what the source should hold, for error messages
 * @throws {ArgumentError} if `source` is none of the three
 */
export function bytesOf(operation: string, source: unknown, expected: string): Bytes {
  if (typeof source === 'string') return fileBytes(operation, source, expected);
  if (typeof source === 'object' && source !== null) {
    if ('href' in source && typeof source.href === 'string') return urlBytes(operation, source.href, expected);
    if (Symbol.asyncIterator in source) {
      const chunks = streamChunks(operation, source as AsyncIterable<unknown>);
      const place =
        'name' in source && typeof source.name === 'string' && source.name !== '' ? source.name : 'the stream';
      return { place, path: '', chunks };
    }
  }
  throw new ArgumentError({
    operation,
    found: `source is ${show(source)}`,
    expected: 'a path, a URL, or a stream of bytes (an async iterable of Uint8Array)',
  });
}

function fileBytes(operation: string, path: string, expected: string): Bytes {
  if (platform.name === 'browser') {
    throw cannotOpen(operation, path, 'a URL that begins with http: or https:, or a stream of bytes');
  } else {
    return {
      place: path,
      path,
      chunks: readChunks(operation, path, { expected, chunkSize: CHUNK_SIZE, takesUrls: true }),
    };
  }
}

function urlBytes(operation: string, href: string, expected: string): Bytes {
  if (href.startsWith('file:')) return fileBytes(operation, platform.files.pathOf(href), expected);
  if (/^https?:/.test(href)) {
    return { place: href, path: href.replace(/[?#].*/s, ''), chunks: fetchChunks(operation, href, expected) };
  }
  throw new ArgumentError({
    operation,
    found: `source is the URL ${show(href)}`,
    expected: 'one that begins with file:, http: or https:',
  });
}

async function* fetchChunks(
  operation: string,
  href: string,
  expected: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let response: Response;
  try {
    response = await fetch(href);
  } catch (error) {
    const { cause = error } = error as { readonly cause?: unknown };
    const found = `${href} cannot be read (${reasonOf(cause)})`;
    throw new DataError({ operation, found, expected }, { cause: error });
  }
  if (!response.ok) {
    const found = `${href} answers ${`${response.status} ${response.statusText}`.trim()}`;
    throw new DataError({ operation, found, expected });
  }
  // Not every browser can iterate over a body; all can read it.
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw new DataError({ operation, found: `${href} breaks off (${reasonOf(error)})`, expected }, { cause: error });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function* streamChunks(
  operation: string,
  stream: AsyncIterable<unknown>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) {
    if (!isUint8(chunk)) {
      const found = `the stream gives ${show(chunk)}`;
      throw new ArgumentError({ operation, found, expected: 'bytes (Uint8Array)' });
    }
    yield chunk;
  }
}
