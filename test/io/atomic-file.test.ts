import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DataError } from '../../src/errors.js';
import { requireWritable, writeFileAtomic } from '../../src/io/atomic-file.js';
import { platform } from '../../src/platform/node.js';
import type { Files } from '../../src/platform/platform.js';
import { Random } from '../../src/random.js';
import { LONG } from '../support/long.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zerokara-atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('writeFileAtomic', () => {
  test('writes the chunks one after another and leaves nothing else in the folder', async () => {
    await writeFileAtomic(join(folder, 'a'), [bytes('one '), bytes(''), bytes('two')]);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('one two');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('replaces a longer file and keeps its permissions', async () => {
    writeFileSync(join(folder, 'a'), 'something longer');
    chmodSync(join(folder, 'a'), 0o640);
    await writeFileAtomic(join(folder, 'a'), [bytes('new')]);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o640);
  });

  test('keeps the permissions under the permission model of Node, which has no fchmod', async () => {
    writeFileSync(join(folder, 'a'), 'old', { mode: 0o600 });
    const handle = await open(join(folder, 'a'));
    await handle.close();
    const fchmod = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'chmod');
    const refuse = (code: string): unknown => fchmod.mockRejectedValueOnce(Object.assign(new Error(code), { code }));
    try {
      refuse('ERR_ACCESS_DENIED');
      await writeFileAtomic(join(folder, 'a'), [bytes('new')]);
      expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
      expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
      refuse('EPERM');
      await expect(writeFileAtomic(join(folder, 'a'), [bytes('newer')])).rejects.toThrow('a cannot be written (EPERM)');
      expect(readdirSync(folder)).toEqual(['a']);
    } finally {
      fchmod.mockRestore();
    }
  });

  test('follows a symbolic link instead of replacing it', async () => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'a'), 'old');
    symlinkSync(join('real', 'a'), join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), [bytes('new')]);
    expect(readFileSync(join(folder, 'real', 'a'), 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'real'))).toEqual(['a']);
  });

  test('keeps the old file and cleans up when a chunk fails', async () => {
    writeFileSync(join(folder, 'a'), 'old');
    function* failing(): Generator<Uint8Array> {
      yield bytes('half');
      throw new RangeError('no more');
    }
    await expect(writeFileAtomic(join(folder, 'a'), failing())).rejects.toThrow(new RangeError('no more'));
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('names the path and the reason when the folder is missing', async () => {
    const path = join(folder, 'missing', 'a');
    const error = await writeFileAtomic(path, [bytes('x')], 'Network.save').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toBe(
      `Network.save: ${path} cannot be written (ENOENT: no such file or directory); expected a file in a folder that exists and may be written to`,
    );
  });

  test('refuses to replace a folder and cleans up', async () => {
    mkdirSync(join(folder, 'a'));
    const error = await writeFileAtomic(join(folder, 'a'), [bytes('x')]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toBe(
      `writeFileAtomic: ${join(folder, 'a')} is a folder; expected a regular file, or a name that is free`,
    );
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('requireWritable', () => {
  test('passes a free name and a file, and leaves nothing behind', async () => {
    writeFileSync(join(folder, 'a'), 'old');
    await requireWritable(join(folder, 'a'), 'train');
    await requireWritable(join(folder, 'b'), 'train');
    expect(readdirSync(folder)).toEqual(['a']);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
  });

  test('refuses with the message of the save', async () => {
    mkdirSync(join(folder, 'a'));
    symlinkSync('nowhere', join(folder, 'link'));
    for (const path of ['missing/a', 'a', 'link'].map((name) => join(folder, name))) {
      const [before, then] = await Promise.all(
        [requireWritable(path, 'train'), writeFileAtomic(path, [bytes('x')], 'train')].map((call) =>
          call.catch((error: Error) => error),
        ),
      );
      expect(before).toBeInstanceOf(DataError);
      expect((before as Error).message).toBe((then as Error).message);
    }
  });
});

describe('the order of writing', () => {
  /** The file system with a log of what changes it; `fail` names a call that is to fail. */
  function logged(fail?: string): { files: Files; log: string[] } {
    const log: string[] = [];
    const note = (what: string): void => {
      log.push(what.replaceAll(folder, '').replace(/\.[0-9a-f]{8}-\d+-[0-9a-f]{16}\.tmp/g, '.tmp'));
      if (what === fail) throw Object.assign(new Error('EIO: i/o error, as the test wants'), { code: 'EIO' });
    };
    const files: Files = {
      ...platform.files,
      async create(path) {
        const file = await platform.files.create(path);
        note(`create ${path}`);
        return {
          ...file,
          // Two bytes at a time, as a full disk or a large chunk may have it.
          async write(chunk) {
            const written = await file.write(chunk.subarray(0, 2));
            note(`write ${written}`);
            return written;
          },
          async setMode(mode) {
            note(`mode ${mode.toString(8)}`);
            await file.setMode(mode);
          },
          async sync() {
            note('sync');
            await file.sync();
          },
          async close() {
            note('close');
            await file.close();
          },
        };
      },
      async rename(from, to) {
        note(`rename ${from} ${to}`);
        await platform.files.rename(from, to);
      },
      async remove(path) {
        note(`remove ${path}`);
        await platform.files.remove(path);
      },
      async syncFolder(at) {
        note(`sync folder ${at}`);
        await platform.files.syncFolder(at);
      },
    };
    return { files, log };
  }

  test('the bytes reach the disk before the name, and the name before the call returns', async () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640); // as given, whatever the umask
    const { files, log } = logged();
    await writeFileAtomic(path, [bytes('abc'), bytes('d')], 'f', files);
    expect(readFileSync(path, 'utf8')).toBe('abcd');
    expect(log).toEqual([
      'create /.a.tmp',
      'mode 640',
      'write 2',
      'write 1',
      'write 1',
      'sync',
      'close',
      'rename /.a.tmp /a',
      'sync folder ',
    ]);
  });

  test.each(['mode 640', 'write 2', 'sync'])('a failure of "%s" leaves the old file and nothing else', async (fail) => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    chmodSync(path, 0o640); // as given, whatever the umask
    const { files, log } = logged(fail);
    const error = await writeFileAtomic(path, [bytes('ab')], 'f', files).catch((caught: unknown) => caught);
    expect((error as DataError).message).toBe(
      `f: ${path} cannot be written (EIO: i/o error); expected a file in a folder that exists and may be written to`,
    );
    expect(log.slice(-3)).toEqual([fail, 'close', 'remove /.a.tmp']);
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('FOUND G3: when the folder cannot be forced to the disk, the error says that the file is there', async () => {
    const path = join(folder, 'a');
    const { files } = logged(`sync folder ${folder}`);
    const error = await writeFileAtomic(path, [bytes('new')], 'Network.save', files).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toBe(
      `Network.save: ${path} has the new contents, but its folder cannot be forced to the disk (EIO: i/o error). A power cut now could bring the old contents back`,
    );
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('a mistake in the chunks is not reported as one of the file system', async () => {
    const { files, log } = logged();
    const call = writeFileAtomic(join(folder, 'a'), [undefined as never], 'f', files);
    await expect(call).rejects.toBeInstanceOf(TypeError);
    expect(log.at(-1)).toBe('remove /.a.tmp');
  });
});

describe('FOUND L10: what killed saves have left', () => {
  const { host, id } = platform.files.process;
  const GONE = 2 ** 22 + 1; // Linux gives no such process id
  const RANDOM = '0123456789abcdef';
  const DAY = 24 * 60 * 60 * 1000;

  /** Makes temporary files, `age` milliseconds old. */
  function leave(names: Record<string, number>): void {
    for (const [name, age] of Object.entries(names)) {
      writeFileSync(join(folder, name), 'left');
      const then = (Date.now() - age) / 1000;
      utimesSync(join(folder, name), then, then);
    }
  }

  test('is removed by the next save to the same path, and nothing else is', async () => {
    const stale = {
      [`.net.${host}-${GONE}-${RANDOM}.tmp`]: 0, // its process has ended
      [`.net.${host}-${id}-${RANDOM}.tmp`]: 10 * DAY, // of an earlier process with our id
      [`.net.deadbeef-${id}-${RANDOM}.tmp`]: DAY + 5000, // another machine's, for more than a day
      '.net.0123456789ab.tmp': DAY + 5000, // version 0.1.0's
    };
    const kept = {
      [`.net.${host}-${id}-${RANDOM.slice(1)}0.tmp`]: 0, // ours, perhaps of another thread
      [`.net.${host}-1-${RANDOM}.tmp`]: 10 * DAY, // process 1 always runs
      [`.net.deadbeef-${GONE}-${RANDOM}.tmp`]: DAY - 60_000, // another machine's: it may be writing
      '.net.0123456789ac.tmp': DAY - 60_000,
      [`.net2.${host}-${GONE}-${RANDOM}.tmp`]: 10 * DAY, // of another path
      [`.other.${host}-${GONE}-${RANDOM}.tmp`]: 10 * DAY,
      [`net.${host}-${GONE}-${RANDOM}.tmp`]: 10 * DAY, // not ours by its name, as the following
      '.net.tmp': 10 * DAY,
      '.net.notes.tmp': 10 * DAY,
      [`.net.${host}-${GONE}-${RANDOM}.tmp.keep`]: 10 * DAY,
    };
    leave({ ...stale, ...kept });
    mkdirSync(join(folder, `.net.${host}-${GONE}-ffffffffffffffff.tmp`));
    await writeFileAtomic(join(folder, 'net'), [bytes('new')]);
    expect(readdirSync(folder).sort()).toEqual(
      [...Object.keys(kept), `.net.${host}-${GONE}-ffffffffffffffff.tmp`, 'net'].sort(),
    );
  });

  test('of a path with a long name, too; such a path can be written', async () => {
    const long = 'n'.repeat(250);
    leave({ [`.${'n'.repeat(50)}.${host}-${GONE}-${RANDOM}.tmp`]: 0 });
    await writeFileAtomic(join(folder, long), [bytes('new')]);
    expect(readdirSync(folder)).toEqual([long]);
  });

  test('that cannot be removed does not keep a save from succeeding', async () => {
    leave({ [`.net.${host}-${GONE}-${RANDOM}.tmp`]: 0 });
    const files: Files = {
      ...platform.files,
      remove: async () => {
        throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
      },
    };
    await writeFileAtomic(join(folder, 'net'), [bytes('new')], 'f', files);
    const unlistable: Files = {
      ...platform.files,
      list: async () => {
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      },
    };
    await writeFileAtomic(join(folder, 'net'), [bytes('newer')], 'f', unlistable);
    expect(readFileSync(join(folder, 'net'), 'utf8')).toBe('newer');
  });
});

describe('a killed process', () => {
  // 1 MiB of one letter each: a file with two letters, or of another length, is torn.
  const SIZE = 1 << 20;
  const KILLS = LONG ? 40 : 12;

  /** A program that rewrites `path` for ever, each time with the next letter in 16 chunks, and says when it begins. */
  function startWriter(program: string, path: string): ChildProcess {
    return spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  test(`FOUND L10: leaves the old file or the new one, and no more than one temporary, ${KILLS} times out of ${KILLS}`, async () => {
    const program = join(folder, 'writer.mjs');
    buildSync({
      stdin: {
        contents: `
          import { requireWritable, writeFileAtomic } from './src/io/atomic-file.ts';
          for (let i = 0; ; i++) {
            const chunk = Buffer.alloc(${SIZE} / 16, 97 + (i % 26));
            await writeFileAtomic(process.argv[2], Array(16).fill(chunk));
            if (i === 0) process.stdout.write('ready');
          }`,
        resolveDir: resolve(import.meta.dirname, '../..'),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: program,
    });

    const random = new Random(5);
    const path = join(folder, 'target');
    let interrupted = 0;
    // If all kills fell between two writes, the test would show nothing.
    const isEnough = (kills: number): boolean => kills >= KILLS && interrupted > KILLS / 4;
    for (let kills = 0; !isEnough(kills); kills++) {
      expect(kills).toBeLessThan(20 * KILLS);
      const writer = startWriter(program, path);
      const exit = once(writer, 'exit');
      await once(writer.stdout!, 'data');
      await wait(random.uniform() * 20);
      writer.kill('SIGKILL');
      await exit;

      const contents = readFileSync(path);
      expect(contents.length).toBe(SIZE);
      expect(contents.equals(Buffer.alloc(SIZE, contents[0]))).toBe(true);
      // The writer has removed what its predecessor left.
      const left = readdirSync(folder).filter((name) => name.endsWith('.tmp')).length;
      expect(left).toBeLessThanOrEqual(1);
      interrupted += left;
    }
    await writeFileAtomic(path, [bytes('end')]);
    expect(readdirSync(folder).sort()).toEqual(['target', 'writer.mjs']);
  });
});

describe('what is told of a file that cannot be written', () => {
  test('the error carries that of the system as its cause', async () => {
    const path = join(folder, 'missing', 'a');
    const refused = (await writeFileAtomic(path, []).catch((error: unknown) => error)) as DataError;
    expect(refused).toBeInstanceOf(DataError);
    expect(refused.cause).toMatchObject({ code: 'ENOENT' });
    const files: Files = {
      ...platform.files,
      syncFolder: () => Promise.reject(Object.assign(new Error('EIO: no disk'), { code: 'EIO' })),
    };
    const unsure = (await writeFileAtomic(join(folder, 'a'), [], 'save', files).catch((error) => error)) as DataError;
    expect(unsure.message).toContain('has the new contents');
    expect(unsure.cause).toMatchObject({ code: 'EIO' });
  });

  test('links that lead nowhere but on are given up after 40', async () => {
    let asked = 0;
    const status = { kind: 'file', size: 0, mode: 0o600, modified: 0 } as const;
    const files: Files = {
      ...platform.files,
      status: async () => status,
      readLink: async () => `next-${++asked}`,
    };
    const path = join(folder, 'first');
    await expect(requireWritable(path, 'save', files)).rejects.toThrow(
      `save: ${path} leads through too many symbolic links; expected a regular file, or a name that is free`,
    );
    expect(asked).toBe(41);
  });
});
