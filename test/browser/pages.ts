/** Pages for tests: what a server on this machine answers, and a bundle as a page loads it. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { sourceAliases } from '../../scripts/lib/browser-build.mjs';

export const ROOT: string = resolve(import.meta.dirname, '../..');

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

export interface Site {
  readonly origin: string;
  close(): void;
}

/** Every answer by its path; with these headers, what is not there is a 404. */
export async function serve(
  files: Readonly<Record<string, string | Uint8Array>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname;
    const body = files[path];
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...headers });
    response.end(body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}

/** A module of the tests for a page, with the sources of the library inside. */
export async function bundleForPage(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    alias: { ...sourceAliases(ROOT, 'browser'), ...options.alias },
    logLevel: 'silent',
  });
  return outputFiles![0]!.text;
}
