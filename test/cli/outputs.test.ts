import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { saveSomewhere } from '../../src/cli/outputs.js';
import { DataError } from '../../src/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'net.safetensors');
const refusal = new DataError({ operation: 'save', found: `${path} cannot be written`, expected: 'a file' });

/** What saving rejects with, where `save` does this with each path. */
const errorOf = (save: (place: string) => void): Promise<Error> =>
  saveSomewhere(path, async (place) => save(place)).then(
    () => expect.unreachable('nothing was thrown'),
    (error: Error) => error,
  );

test('saves where it should', async () => {
  await saveSomewhere(path, async (place) => writeFileSync(place, 'weights'));
  expect(readFileSync(path, 'utf8')).toBe('weights');
});

test('saves among the temporary files what can no longer be saved where it should, and says so', async () => {
  let place = '';
  const error = await errorOf((given) => {
    if (given === path) throw refusal;
    place = given;
    writeFileSync(place, 'weights');
  });
  expect(readFileSync(place, 'utf8')).toBe('weights');
  rmSync(dirname(place), { recursive: true });
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).toBe(
    `save: ${path} cannot be written; expected a file. It was saved as ${place}, which is safe until the system cleans up there`,
  );
});

test('leaves nothing where it can be saved nowhere, and tells the first error', async () => {
  const places: string[] = [];
  const error = await errorOf((place) => {
    places.push(place);
    throw places.length === 1 ? refusal : new DataError({ operation: 'save', found: 'another', expected: 'a file' });
  });
  expect(error).toBe(refusal);
  expect(places).toHaveLength(2);
  expect(existsSync(dirname(places[1]!))).toBe(false);
});

test('tries no other place for a file that is there, or for a mistake', async () => {
  for (const thrown of [new TypeError('a mistake'), new DataError({ ...refusal.complaint, fix: 'It is there' })]) {
    const places: string[] = [];
    const error = await errorOf((place) => {
      places.push(place);
      throw thrown;
    });
    expect([error, places]).toEqual([thrown, [path]]);
  }
});
