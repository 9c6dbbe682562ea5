import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { searchCommand } from '../../src/cli/search.js';
import type { SearchFlags } from '../../src/cli/search-folder.js';
import { TrialStore, type TrialStoreOptions } from '../../src/cli/trial-store.js';
import { StateError } from '../../src/errors.js';
import type { Trial } from '../../src/search/random-search.js';
import { writerOf } from '../support/writer.js';

const root = mkdtempSync(join(tmpdir(), 'zerokara-trial-store-'));
afterAll(() => rmSync(root, { recursive: true }));

const folder = join(root, 'runs');
const file = join(folder, 'search.json');
let warnings: string[];
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  warnings = [];
});

const trialOf = (trial: number): Trial => ({ trial, seed: trial, params: {}, scores: [0.5] });
const storeWith = (options: Partial<TrialStoreOptions> = {}): TrialStore =>
  new TrialStore({
    command: searchCommand(),
    flags: { trials: 3, resume: true, checkpoint: folder } as SearchFlags,
    digits: 'digits',
    finished: [],
    warn: (warning) => warnings.push(warning),
    ...{ file, ...options },
  });
const saved = (): { trials: Trial[]; flags: object } => JSON.parse(readFileSync(file, 'utf8'));

test('keeps what was measured before and each trial as it stands, in their order', async () => {
  const store = storeWith({ finished: [trialOf(2)] });
  await Promise.all([store.keep(trialOf(1)), store.keep(trialOf(0))]);
  await store.keep({ ...trialOf(1), scores: [0.5, 0.75] });
  expect(saved().trials).toEqual([trialOf(0), { ...trialOf(1), scores: [0.5, 0.75] }, trialOf(2)]);
  expect(saved().flags).toEqual({ trials: 3 });
  expect(warnings).toEqual([]);
});

test('a write that fails is told once, and the next trial writes all', async () => {
  const store = storeWith();
  rmSync(folder, { recursive: true });
  await Promise.all([store.keep(trialOf(0)), store.keep(trialOf(1))]);
  await store.keep(trialOf(2));
  const told = `${file} cannot be written (ENOENT: no such file or directory); the search goes on, and writes it again after the next trial`;
  expect(warnings).toEqual([told]);
  mkdirSync(folder);
  await store.keep(trialOf(3));
  expect(saved().trials.map(({ trial }) => trial)).toEqual([0, 1, 2, 3]);
  rmSync(folder, { recursive: true });
  await store.keep(trialOf(4));
  expect(warnings).toEqual([told, told]);
});

test('at its end it tries once more what has failed last', async () => {
  const store = storeWith();
  rmSync(folder, { recursive: true });
  await store.keep(trialOf(0));
  const message = `search: ${file} cannot be written (ENOENT: no such file or directory); expected a file in a folder that exists and may be written to`;
  await expect(store.end()).rejects.toThrow(message);
  mkdirSync(folder);
  await store.end();
  expect(saved().trials).toEqual([trialOf(0)]);
  rmSync(folder, { recursive: true });
  await store.end(); // all is written
  expect(warnings).toHaveLength(1);
});

test('says nothing where another machine has no such folder, and writes nothing without a file', async () => {
  rmSync(folder, { recursive: true });
  await storeWith({ mayLackFolder: true }).keep(trialOf(0));
  expect(warnings).toEqual([]);
  await storeWith({ mayLackFolder: true, file: '/dev/null' }).keep(trialOf(0));
  expect(warnings).toHaveLength(1);
  await storeWith({ file: undefined }).write();
});

// Two searches have found the folder free; the process that started this one stands for the other.
test.skipIf(process.platform !== 'linux')('nothing is written over the search of another process', async () => {
  const text = JSON.stringify({ writer: writerOf(process.ppid) });
  writeFileSync(file, text);
  const kept = storeWith().keep(trialOf(0));
  await expect(kept).rejects.toThrow(StateError);
  await expect(kept).rejects.toThrow(
    `search: process ${process.ppid} is writing into ${folder}; expected a folder that no other process writes into. Wait until it has ended, or name another folder`,
  );
  expect(readFileSync(file, 'utf8')).toBe(text);
});
