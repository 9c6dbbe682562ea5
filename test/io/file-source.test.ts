import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ArgumentError, loadArrays, loadTensors, saveTensors } from '../../src/index.js';
import { placeOfSource, requireBytes, withSource } from '../../src/io/file-source.js';
import type { Readable } from '../../src/io/read-file.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-source-'));
const path = join(folder, 'bytes.bin');
writeFileSync(path, Uint8Array.of(1, 2, 3, 4));
afterAll(() => rmSync(folder, { recursive: true }));

let origin = '';
const server = createServer(({ url }, response) => {
  if (url === '/bytes.bin') response.end(Uint8Array.of(1, 2, 3, 4));
  else if (url === '/broken.bin') {
    response.writeHead(200, { 'content-length': '10' });
    response.write(Uint8Array.of(1));
    setTimeout(() => response.destroy(), 10);
  } else response.writeHead(404).end();
});
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const messageOf = (call: () => Promise<unknown>): Promise<string> =>
  call().then(
    () => 'nothing is thrown',
    (error: Error) => `${error.name} ${error.message}`,
  );

const middle = async (file: Readable): Promise<number[]> => [file.size, ...(await file.read(1, 2))];

describe('withSource', () => {
  test('reads parts of a path, a file: URL, an http: URL, a Blob, a File and bytes', async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const sources = [
      path,
      pathToFileURL(path),
      new URL('/bytes.bin', origin),
      new Blob([bytes]),
      new File([bytes.subarray(0, 2), bytes.subarray(2)], 'bytes.bin'),
      bytes,
      Buffer.from(bytes),
      bytes.buffer,
    ];
    for (const source of sources) expect(await withSource('load', source, {}, middle)).toEqual([4, 2, 3]);
  });

  test('says what is wrong with each', async () => {
    const read = (source: unknown, maxBytes = 100) =>
      messageOf(() => withSource('load', source as string, { expected: 'a model', maxBytes }, middle));
    expect(await read(join(folder, 'none'))).toMatch(/^DataError load: .*none cannot be read \(ENOENT/);
    expect(await read(new URL('/none', origin))).toBe(
      `DataError load: ${origin}/none answers 404 Not Found; expected a model`,
    );
    expect(await read(new URL('/broken.bin', origin))).toMatch(
      /^DataError load: http:.*broken\.bin breaks off \(.*\); expected a model$/,
    );
    expect(await read(new URL('/bytes.bin', origin), 3)).toBe(
      `DataError load: ${origin}/bytes.bin has more than 3 bytes; expected at most 3`,
    );
    expect(await read(new Blob(['1234']), 3)).toBe('DataError load: the Blob has 4 bytes; expected at most 3');
    expect(await read(new Uint8Array(4), 3)).toBe('DataError load: the bytes has 4 bytes; expected at most 3');
    expect(await read(new URL('ftp://a/b'))).toBe(
      'ArgumentError load: source is the URL "ftp://a/b"; expected one that begins with file:, http: or https:',
    );
    const unreadable = { size: 4, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('it changed')) }) };
    expect(await read({ ...unreadable, name: 'a.bin', arrayBuffer: () => Promise.reject() })).toBe(
      'DataError load: a.bin cannot be read (it changed); expected a model',
    );
    for (const [source, shown] of [
      [undefined, 'undefined'],
      ['', '""'],
      [5, '5'],
      [Float32Array.of(1), 'a Float32Array of 1'],
    ]) {
      expect(await read(source)).toBe(
        `ArgumentError load: source is ${shown}; expected the path of a file, a URL, a Blob or bytes`,
      );
    }
  });
});

test('a source is called by its path, its address or its name', () => {
  const places = [
    path,
    pathToFileURL(path),
    new URL('http://a/b?c'),
    new Blob([]),
    new File([], 'a.bin'),
    new Uint8Array(),
  ];
  expect(places.map((source) => placeOfSource('load', source))).toEqual([
    path,
    path,
    'http://a/b?c',
    'the Blob',
    'a.bin',
    'the bytes',
  ]);
});

test('bytes are taken from typed arrays, buffers and shared memory, and nothing else', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  shared.set([1, 2]);
  for (const bytes of [Uint8Array.of(1, 2), Buffer.from([1, 2]), Uint8Array.of(1, 2).buffer, shared]) {
    expect([...requireBytes('fromBytes', bytes)]).toEqual([1, 2]);
  }
  expect(requireBytes('fromBytes', shared).buffer).toBeInstanceOf(ArrayBuffer);
  for (const [bytes, shown, fix] of [
    ['text', '"text"', '. Net.load reads a file by its path'],
    [Int8Array.of(1), 'an Int8Array of 1', ''],
  ]) {
    expect(() => requireBytes('Net.fromBytes', bytes)).toThrow(
      new ArgumentError({
        operation: 'Net.fromBytes',
        found: `bytes is ${shown}`,
        expected: `the bytes of a file (Uint8Array or ArrayBuffer)${fix}`,
      }),
    );
  }
});

test('loadTensors and loadArrays read a Blob', async () => {
  const file = join(folder, 'tensors.safetensors');
  await saveTensors(file, {
    a: { data: Float32Array.of(1, 2), shape: [2] },
    b: { data: Int32Array.of(3), shape: [1] },
  });
  const blob = new Blob([readFileSync(file)]);
  expect((await loadTensors(blob))['a']!.toArray()).toEqual([1, 2]);
  expect((await loadArrays(blob, { names: ['b'] }))['b']!.data).toEqual(Int32Array.of(3));
  expect(await messageOf(() => loadTensors(blob, { names: ['b'] }))).toBe(
    'DataError loadTensors: the Blob: "b" is an Int32Array of 1; expected floats. loadArrays reads integers too',
  );
});
