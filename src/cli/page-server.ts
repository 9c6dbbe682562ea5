/**
 * A server of a few files, for this machine only. All of them are read before the first request, so no request reaches the
 * file system.
 */

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { ArgumentError } from '../errors.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** What the pages may do: run their own programs and WebAssembly, and nothing of another host. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** A file by the path that asks for it. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export type PageFiles = ReadonlyMap<string, PageFile>;

/** The files of a folder, without folders below it; index.html is `/` too. */
export function readPages(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(folder, entry.name));
    const file = { type: TYPES[extname(entry.name)] ?? 'application/octet-stream', bytes };
    files.set(`/${entry.name}`, file);
    if (entry.name === 'index.html') files.set('/', file);
  }
  return files;
}

export interface PageServer {
  readonly address: string;
  readonly port: number;
  /** Ends it, with the connections that browsers keep open. */
  close(): Promise<void>;
}

/**
 * @param port 0 for a free one
 * @throws {ArgumentError} for a port that cannot be listened on
 */
export async function servePages(files: PageFiles, port: number): Promise<PageServer> {
  const server = createServer((request, response) => answer(files, request, response));
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ArgumentError({
      operation: 'playground',
      found: `--port is ${port}, which ${code === 'EADDRINUSE' ? 'another program uses' : `cannot be had (${code})`}`,
      expected: 'a free port',
      fix: 'Leave --port out to take any',
    });
  }
  const { port: actual } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${actual}/`,
    port: actual,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(files: PageFiles, { method, url = '/' }: IncomingMessage, response: ServerResponse): void {
  const file = files.get(url.replace(/[?#].*$/s, ''));
  const isRead = method === 'GET' || method === 'HEAD';
  const [status, { type, bytes }] = !isRead
    ? [405, text('Only GET and HEAD are answered.')]
    : file === undefined
      ? [404, text('There is no such page.')]
      : [200, file];
  response.writeHead(status, {
    ...HEADERS,
    ...(isRead ? {} : { Allow: 'GET, HEAD' }),
    'Content-Type': type,
    'Content-Length': bytes.length,
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}

function text(sentence: string): PageFile {
  return { type: TYPES['.txt']!, bytes: Buffer.from(`${sentence}\n`) };
}
