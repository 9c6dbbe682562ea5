/** What a run finds in its --checkpoint folder. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { readRun, requireFreeFolder, writeRun } from '../../src/cli/run-folder.js';
import { namesIn } from '../../src/cli/saved-flags.js';
import { trainCommand } from '../../src/cli/train.js';
import { StateError } from '../../src/errors.js';
import { writerOf } from '../support/writer.js';

const root = mkdtempSync(join(tmpdir(), 'zerokara-run-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

const folder = join(root, 'runs');
const file = join(folder, 'train.json');
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

const run = (more: object = {}): string =>
  JSON.stringify({ format: 1, command: 'train', flags: { seed: 1 }, steps: 10, ...more });

describe('a new run', () => {
  test.each([
    [
      "somebody's data",
      '[{ "digit": 7 }]',
      'is of something else; expected a file written by zerokara train --checkpoint, or none. Move it away, or name another folder',
    ],
    [
      'a run of a newer version',
      run({ format: 2 }),
      'is of format 2, which a newer version of zerokara wrote; expected format 1, or none. Update zerokara to read it, or name another folder',
    ],
  ])('refuses a folder whose train.json is %s, and leaves it as it was', async (_, text, message) => {
    writeFileSync(file, text);
    await expect(requireFreeFolder(trainCommand(), folder)).rejects.toThrow(`train: ${file} ${message}`);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('takes a folder of a run that ended before its first state, and makes one that is missing', async () => {
    writeFileSync(file, run());
    await requireFreeFolder(trainCommand(), folder);
    rmSync(folder, { recursive: true });
    await requireFreeFolder(trainCommand(), folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  // The process that started this one lives, and is no run.
  test.skipIf(process.platform !== 'linux')(
    'refuses a folder that another process writes into, as --resume does',
    async () => {
      const message = `train: process ${process.ppid} is writing into ${folder}; expected a folder that no other process writes into. Wait until it has ended, or name another folder`;
      const text = run({ writer: writerOf(process.ppid) });
      writeFileSync(file, text);
      for (const begin of [
        requireFreeFolder,
        readRun,
        (...of: [Command, string]) => writeRun(...of, { seed: 2 }, 10),
      ]) {
        const error = await begin(trainCommand(), folder).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(StateError);
        expect((error as Error).message).toBe(message);
      }
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  test('refuses a folder with states, with or without flags', async () => {
    const message = `train: ${folder} holds a run already (epoch-12.safetensors); expected a folder without one. Continue that run with --resume, or name another folder`;
    for (const epoch of [2, 12]) writeFileSync(join(folder, `epoch-${epoch}.safetensors`), '');
    await expect(requireFreeFolder(trainCommand(), folder)).rejects.toThrow(message);
    writeFileSync(file, run());
    await expect(requireFreeFolder(trainCommand(), folder)).rejects.toThrow(message);
    expect(await readRun(trainCommand(), folder)).toMatchObject({ state: join(folder, 'epoch-12.safetensors') });
  });

  // Whoever may do everything can list any folder.
  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'needs a folder that can be listed',
    async () => {
      writeFileSync(join(folder, 'epoch-1.safetensors'), '');
      chmodSync(folder, 0o300);
      await expect(requireFreeFolder(trainCommand(), folder)).rejects.toThrow(
        `train: ${folder} cannot be listed (EACCES`,
      );
      chmodSync(folder, 0o700);
    },
  );
});

test('a folder that cannot be listed is no empty one', async () => {
  writeFileSync(file, run());
  await expect(namesIn('train', file)).rejects.toThrow(
    `train: ${file} cannot be listed (ENOTDIR: not a directory); expected a folder whose files may be read`,
  );
});
