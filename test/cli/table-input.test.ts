import { describe, expect, test } from 'vitest';
import { inputOf, OnceReadable } from '../../src/cli/table-input.js';
import { ArgumentError } from '../../src/errors.js';
import { expectRefusal } from '../support/refusal.js';

/** A stream of so many chunks, which counts those that were taken. */
class Chunks {
  taken = 0;
  isDestroyed = false;

  constructor(
    private readonly count: number,
    private readonly size: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.taken < this.count) {
      this.taken++;
      yield new Uint8Array(this.size).fill(this.taken);
    }
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

async function firstBytes(source: unknown, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const bytes: number[] = [];
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    bytes.push(chunk[0]!);
    if (bytes.length === most) break;
  }
  return bytes;
}

describe('a stream whose start can be read again', () => {
  test('gives all of it after a head, which takes no more than it needs', async () => {
    const stream = new Chunks(5, 40_000);
    const input = new OnceReadable(stream, 'standard input');
    expect(await firstBytes(input.head(), 2)).toEqual([1, 2]);
    expect(stream.taken).toBe(2);
    expect(await firstBytes(input.head(), 1)).toEqual([1]);
    expect(stream.taken).toBe(2);
    expect(await firstBytes(input.all())).toEqual([1, 2, 3, 4, 5]);
  });

  test('has the start again after all of it, and the rest no more', async () => {
    const input = new OnceReadable(new Chunks(5, 40_000), 'standard input');
    expect(await firstBytes(input.all())).toEqual([1, 2, 3, 4, 5]);
    expect(await firstBytes(input.head())).toEqual([1, 2]);
  });

  test('has a name for messages, and ends its stream', () => {
    const stream = new Chunks(1, 1);
    const input = new OnceReadable(stream, 'standard input');
    expect(input.all()).toHaveProperty('name', 'standard input');
    input.close();
    expect(stream.isDestroyed).toBe(true);
  });
});

test('a file is read by its path, and the standard input by one process only', () => {
  expect(inputOf('train', 'a.csv', 4).all()).toBe('a.csv');
  expectRefusal(
    () => inputOf('train', '-', 4),
    ArgumentError,
    'train: the table is the standard input; expected a file, which each of the 4 processes reads',
  );
});
