import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { DataError } from '../../src/errors.js';
import { writeFileAtomic } from '../../src/io/atomic-file.js';
import { platform as browser } from '../../src/platform/browser.js';
import { platform as node } from '../../src/platform/node.js';
import { GzipError } from '../../src/platform/platform.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
}

describe('the platform of Node', () => {
  test('finds packages where the working folder has been removed', () => {
    const cwd = vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw Object.assign(new Error('ENOENT: no such file or directory, uv_cwd'), { code: 'ENOENT' });
    });
    expect(node.findPackage('mnist')).toMatch(/mnist$/);
    expect(cwd).toHaveBeenCalled();
    cwd.mockRestore();
  });
});

describe.each([node, browser])('the platform $name', (platform) => {
  test('draws integers in [0, 2³²) that differ', () => {
    const drawn = Array.from({ length: 100 }, () => platform.randomUint32());
    expect(drawn.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(95);
    expect(Math.max(...drawn)).toBeGreaterThan(2 ** 31); // of 100, all below with probability 2⁻¹⁰⁰
  });

  test('has a clock that does not go back', () => {
    const start = platform.now();
    expect(platform.now()).toBeGreaterThanOrEqual(start);
  });

  test('lets timers run in a turn of the event loop', async () => {
    let ran = false;
    setTimeout(() => {
      ran = true;
    }, 0);
    for (let turn = 0; turn < 1000 && !ran; turn++) {
      await platform.eventLoopTurn();
      const until = performance.now() + 1; // a timer of 0 waits a millisecond
      while (performance.now() < until);
    }
    expect(ran).toBe(true);
  });

  test('hashes by SHA-256: the examples of FIPS 180-4, and parts as one text', () => {
    expect(platform.sha256([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(platform.sha256([bytes('a'), bytes(''), bytes('bc')])).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    // Around the length where the padding takes a block of its own.
    for (const length of [54, 55, 56, 63, 64, 65, 119, 120, 1000]) {
      const whole = Uint8Array.from({ length }, (_, i) => i * 7);
      const parts = [whole.subarray(0, length >> 1), whole.subarray(length >> 1)];
      expect(platform.sha256(parts)).toBe(createHash('sha256').update(whole).digest('hex'));
    }
  });

  test('unpacks gzip up to the limit', async () => {
    const packed = gzipSync('some text '.repeat(1000));
    expect(text(await platform.gunzip(packed, 10_000))).toBe('some text '.repeat(1000));
    expect(await errorOf(platform.gunzip(packed, 9_999))).toMatchObject({ fault: 'long' });
    expect(text(await platform.gunzipStart(packed))).toBe('some text '.repeat(1000));
  });

  test('unpacks gzip in pieces, of one part or several, and reports what is wrong', async () => {
    const words = Array.from({ length: 20_000 }, (_, i) => `word ${(i * 7919) % 1000}`).join(' ');
    const pieces = async function* (packed: Uint8Array, size: number) {
      for (let at = 0; at < packed.length; at += size) yield packed.subarray(at, at + size);
    };
    const all = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => {
      const parts: Uint8Array[] = [];
      for await (const chunk of platform.gunzipStream(chunks)) parts.push(chunk);
      return text(Buffer.concat(parts));
    };
    const packed = gzipSync(words);
    for (const size of [1000, packed.length]) expect(await all(pieces(packed, size))).toBe(words);
    expect(await errorOf(all(pieces(packed.subarray(0, 2000), 500)))).toMatchObject({
      fault: platform.name === 'node' ? 'short' : 'damaged',
    });
    const spoilt = packed.slice();
    spoilt[packed.length - 5]! ^= 1; // in the checksum
    expect(await errorOf(all(pieces(spoilt, 500)))).toMatchObject({ fault: 'damaged' });
    const failing = async function* () {
      yield packed.subarray(0, 500);
      throw new Error('the disk is gone');
    };
    expect(await errorOf(all(failing()))).toMatchObject({ message: 'the disk is gone' });
  });

  test('unpacks the start of a gzip file that goes on', async () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31) >> 3));
    const start = await platform.gunzipStart(gzipSync(noise).subarray(0, 2000));
    expect(start.length).toBeGreaterThan(0);
    expect(Buffer.compare(start, noise.subarray(0, start.length))).toBe(0);
  });

  test('recognises a damaged gzip file', async () => {
    const packed = gzipSync('some text');
    packed[packed.length - 6]! ^= 1; // in its checksum
    const error = await errorOf(platform.gunzip(packed, 100));
    expect(error).toBeInstanceOf(GzipError);
    expect((error as GzipError).fault).toBe('damaged');
    expect(await errorOf(platform.gunzipStart(bytes('no gzip file')))).toMatchObject({ fault: 'damaged' });
  });

  test('has at least one core', () => {
    expect(platform.machine.cores()).toBeGreaterThanOrEqual(1);
    expect(platform.machine.cpu()).not.toBe('');
    expect(platform.machine.readText('/no/such/file')).toBeUndefined();
  });
});

describe('the platform node', () => {
  test('recognises a gzip file that is cut short, and one with bytes after its end', async () => {
    const packed = gzipSync('some text');
    expect(await errorOf(node.gunzip(packed.subarray(0, -1), 100))).toMatchObject({ fault: 'short' });
    const error = await errorOf(node.gunzip(Buffer.concat([packed, Buffer.alloc(3)]), 100));
    expect(error).toMatchObject({ fault: 'trailing', end: packed.length });
  });

  test('knows which processes run', () => {
    expect(node.files.process.isRunning(process.pid)).toBe(true);
    expect(node.files.process.isRunning(1)).toBe(true); // another user's, perhaps
    expect(node.files.process.isRunning(2 ** 22 + 1)).toBe(false); // more than Linux gives
    expect(node.files.process.id).toBe(process.pid);
    expect(node.files.process.host).toMatch(/^[0-9a-f]{8}$/);
    expect(Math.abs(node.files.process.started - (Date.now() - 1000 * process.uptime()))).toBeLessThan(1000);
  });

  test.skipIf(process.platform === 'win32')(
    'FOUND L3: opens a pipe that nobody writes to without waiting',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'zerokara-platform-'));
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      const file = await node.files.openToRead(join(folder, 'pipe'));
      expect((await file.status()).kind).toBe('pipe');
      await file.close();
      rmSync(folder, { recursive: true });
    },
  );

  test('reads the environment as it is now', () => {
    vi.stubEnv('ZEROKARA_OF_THIS_TEST', 'set');
    expect(node.variables['ZEROKARA_OF_THIS_TEST']).toBe('set');
    vi.unstubAllEnvs();
    expect(node.variables['ZEROKARA_OF_THIS_TEST']).toBeUndefined();
  });

  test('warns once for each code', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    node.warnOnce('ZEROKARA_TEST', 'first');
    node.warnOnce('ZEROKARA_TEST', 'again');
    node.warnOnce('ZEROKARA_OTHER', 'other');
    expect(warn.mock.calls).toEqual([
      ['first', { code: 'ZEROKARA_TEST' }],
      ['other', { code: 'ZEROKARA_OTHER' }],
    ]);
    warn.mockRestore();
  });
});

describe('the platform browser', () => {
  test('refuses files like a file system', async () => {
    for (const call of ['status', 'readLink', 'resolveLinks', 'list', 'openToRead', 'create', 'remove', 'syncFolder']) {
      const error = await errorOf(browser.files[call as 'status']('a.safetensors'));
      expect(error).toMatchObject({ code: 'ENOTSUP', message: 'a browser has no files' });
    }
    expect(await errorOf(browser.files.rename('a', 'b'))).toMatchObject({ code: 'ENOTSUP' });
    expect(await errorOf(writeFileAtomic('a', [bytes('x')], 'Network.save', browser.files))).toEqual(
      new DataError({
        operation: 'Network.save',
        found: 'a cannot be written (a browser has no files)',
        expected: 'a file in a folder that exists and may be written to',
      }),
    );
  });

  test('takes paths apart', () => {
    expect(browser.files.join('a', 'b')).toBe('a/b');
    expect([browser.files.nameOf('a/b/c'), browser.files.nameOf('c')]).toEqual(['c', 'c']);
    expect([browser.files.resolve('a', 'b'), browser.files.resolve('a', '/b')]).toEqual(['a/b', '/b']);
    expect([browser.files.folderOf('a/b/c'), browser.files.folderOf('c')]).toEqual(['a/b', '.']);
  });

  test('has no variables and no packages', () => {
    expect(browser.variables).toEqual({});
    expect(browser.findPackage('mnist')).toBeUndefined();
  });

  test('warns once for each code', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    browser.warnOnce('ZEROKARA_TEST', 'first');
    browser.warnOnce('ZEROKARA_TEST', 'again');
    expect(warn.mock.calls).toEqual([['ZEROKARA_TEST: first']]);
    warn.mockRestore();
  });
});
