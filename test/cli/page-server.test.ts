import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PageServer, readPages, servePages } from '../../src/cli/page-server.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-pages-'));
let server: PageServer;

beforeAll(async () => {
  mkdirSync(join(folder, 'pages', 'below'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'pages', 'below', 'deep.js'), 'deep');
  for (const name of ['index.html', 'a.js', 'a.css', 'a.bin', 'a.txt', 'a.json'])
    writeFileSync(join(folder, 'pages', name), `this is ${name}`);
  server = await servePages(readPages(join(folder, 'pages')), 0);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Sends the path as it is written: fetch would tidy it up. */
function ask(path: string, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    request({ host: '127.0.0.1', port: server.port, path, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

test.each([
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/index.html?x#y', 'index.html', 'text/html; charset=utf-8'],
  ['/a.js', 'a.js', 'text/javascript; charset=utf-8'],
  ['/a.css', 'a.css', 'text/css; charset=utf-8'],
  ['/a.bin', 'a.bin', 'application/octet-stream'],
  ['/a.txt', 'a.txt', 'text/plain; charset=utf-8'],
  ['/a.json', 'a.json', 'application/json'],
])('hands out %s as %s with its type, and a policy that allows no other host', async (path, name, type) => {
  const { status, headers, body } = await ask(path);
  expect([status, body, headers['content-type']]).toEqual([200, `this is ${name}`, type]);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test.each([
  '/missing',
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%5csecret.txt',
  '/below/deep.js',
  '//a.js',
  '/A.js',
])('has nothing at %s', async (path) => {
  expect(await ask(path)).toMatchObject({ status: 404, body: 'There is no such page.\n' });
});

test('answers HEAD without the file, and no other method', async () => {
  const { status, headers, body } = await ask('/a.js', 'HEAD');
  expect([status, headers['content-length'], body]).toEqual([200, '12', '']);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const refused = await ask('/a.js', method);
    expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, HEAD']);
  }
});

test('listens on this machine alone', () => {
  expect(server.address).toBe(`http://127.0.0.1:${server.port}/`);
});
