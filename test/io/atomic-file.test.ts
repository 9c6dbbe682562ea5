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
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import { writeFileAtomic } from '../../src/io/atomic-file.js';
import { Random } from '../../src/random.js';

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
    expect((error as DataError).message).toContain(`writeFileAtomic: ${join(folder, 'a')} cannot be written (E`);
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('a killed process', () => {
  // 1 MiB of one letter each: a file with two letters, or of another length, is torn.
  const SIZE = 1 << 20;
  const KILLS = 40;

  /** A program that rewrites `path` for ever, each time with the next letter in 16 chunks, and says when it begins. */
  function startWriter(program: string, path: string): ChildProcess {
    return spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  test(`leaves the old file or the new one, ${KILLS} times out of ${KILLS}`, async () => {
    const program = join(folder, 'writer.mjs');
    buildSync({
      stdin: {
        contents: `
          import { writeFileAtomic } from './src/io/atomic-file.ts';
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
    for (let kill = 0; kill < KILLS; kill++) {
      const writer = startWriter(program, path);
      const exit = once(writer, 'exit');
      await once(writer.stdout!, 'data');
      await wait(random.uniform() * 20);
      writer.kill('SIGKILL');
      await exit;

      const contents = readFileSync(path);
      expect(contents.length).toBe(SIZE);
      expect(contents.equals(Buffer.alloc(SIZE, contents[0]))).toBe(true);
      const leftovers = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
      interrupted += leftovers.length;
      for (const name of leftovers) rmSync(join(folder, name));
    }
    // Else the kills all fell between two writes, and the test has shown nothing.
    expect(interrupted).toBeGreaterThan(KILLS / 4);
  });
});
