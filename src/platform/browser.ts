/** The platform in a browser: no files, no environment variables; everything else uses web APIs. */

import { type Files, GzipError, type Platform } from './platform.js';
import { sha256 } from './sha256.js';

/** The web APIs that are used: their types belong to the DOM, which this library does not need. */
declare const navigator: { readonly userAgent?: string; readonly hardwareConcurrency?: number } | undefined;
declare const location: { readonly href: string } | undefined;
declare const crypto: { getRandomValues(words: Uint32Array): Uint32Array };
declare const MessageChannel: new () => { port1: Port; port2: Port };
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}
declare const DecompressionStream: new (
  format: 'gzip',
) => {
  readonly writable: {
    getWriter(): {
      write(bytes: Uint8Array): Promise<void>;
      close(): Promise<void>;
      abort(reason: unknown): Promise<void>;
    };
  };
  readonly readable: {
    getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array }>; cancel(): Promise<void> };
  };
};

/** Fails like a file system, so that the calling operation can say what it expected. */
async function refuse(): Promise<never> {
  throw Object.assign(new Error('a browser has no files'), { code: 'ENOTSUP' });
}

const files: Files = {
  join: (...parts) => parts.join('/'),
  nameOf: (path) => path.slice(path.lastIndexOf('/') + 1),
  folderOf: (path) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'),
  resolve: (folder, path) => (path.startsWith('/') ? path : `${folder}/${path}`),
  status: refuse,
  readLink: refuse,
  resolveLinks: refuse,
  pathOf: (url) => url,
  list: refuse,
  openToRead: refuse,
  create: refuse,
  rename: refuse,
  remove: refuse,
  syncFolder: refuse,
  process: { host: 'browser', id: 0, started: 0, isRunning: () => true },
};

/** The codes of warnings already given. */
const warned = new Set<string>();

/**
 * Unpacks until the stream ends. The message of a failed stream depends on the browser, so only the fault is reported.
 */
async function* unpack(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  const write = async (): Promise<void> => {
    for await (const chunk of chunks) await writer.write(chunk);
    await writer.close();
  };
  // The reader gets the error of the stream too; one of the source must end the stream.
  write().catch((error: unknown) => writer.abort(error).catch(() => undefined));
  const reader = stream.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value!;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

export const platform: Platform = {
  name: 'browser',
  place: (typeof location === 'object' && location.href) || 'this page',
  files,
  machine: {
    system: 'browser',
    architecture: 'unknown',
    engine: (typeof navigator === 'object' && navigator.userAgent) || 'unknown',
    cores: () => (typeof navigator === 'object' && navigator.hardwareConcurrency) || 1,
    cpu: () => 'unknown',
    readText: () => undefined,
  },
  variables: {},
  randomUint32: () => crypto.getRandomValues(new Uint32Array(1))[0]!,
  now: () => performance.now(),

  // A message arrives sooner than a timer, which browsers delay by 4 ms.
  eventLoopTurn: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    }),

  warnOnce(code, message) {
    if (warned.has(code)) return;
    warned.add(code);
    console.warn(`${code}: ${message}`);
  },

  unwritten: (bytes) => new ArrayBuffer(bytes),
  sha256,

  async gunzip(bytes, limit) {
    const unpacked = new Uint8Array(limit);
    let length = 0;
    try {
      for await (const chunk of unpack([bytes])) {
        if (chunk.length > limit - length) throw new GzipError('long', `it unpacks to more than ${limit} bytes`);
        unpacked.set(chunk, length);
        length += chunk.length;
      }
    } catch (error) {
      if (error instanceof GzipError) throw error;
      throw new GzipError('damaged', String(error));
    }
    return unpacked.subarray(0, length);
  },

  async gunzipStart(bytes) {
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const chunk of unpack([bytes])) {
        chunks.push(chunk);
        length += chunk.length;
      }
    } catch (error) {
      // The start of a longer file: what was unpacked before the end of the bytes is valid.
      if (length === 0) throw new GzipError('damaged', String(error));
    }
    return concatenate(chunks, length);
  },

  async *gunzipStream(chunks) {
    let failure: unknown;
    const watched = async function* () {
      try {
        yield* chunks;
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    try {
      yield* unpack(watched());
    } catch (error) {
      throw failure ?? new GzipError('damaged', String(error));
    }
  },

  findPackage: () => undefined,
};
