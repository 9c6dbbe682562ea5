import { describe, expect, test } from 'vitest';
import { ethernets, fitLink, loopback } from '../../../bench/scaling/networks.js';

const line = (latency: number, perByte: number, sizes: readonly number[]) =>
  sizes.map((bytes) => ({ bytes, microseconds: latency + perByte * bytes }));

describe('α and β', () => {
  test('of times on a line are those of the line', () => {
    const { latency, perByte } = fitLink(line(1.5, 2e-4, [1, 1024, 65_536, 4_194_304]));
    expect(latency).toBeCloseTo(1.5, 9);
    expect(perByte).toBeCloseTo(2e-4, 12);
  });

  test('count short and long messages alike', () => {
    const times = line(1, 1e-3, [1, 10, 100, 1_000_000]);
    times[3] = { bytes: 1_000_000, microseconds: 1_100 };
    const { latency, perByte } = fitLink(times);
    // An absolute fit would leave the short ones off by far more.
    expect(latency).toBeCloseTo(1, 2);
    expect(perByte).toBeCloseTo(1.1e-3, 5);
  });
});

test('ranks of one machine copy with their own cores', () => {
  const core = { perByteAdded: 1e-4, perByteCopied: 2e-4 };
  const network = loopback({ transport: 'TCP', halfRoundTrips: line(5, 1e-3, [1, 1e6]), ...core });
  expect(network).toMatchObject({ name: 'this machine, TCP', ...core, ownCore: 1 });
});

test('a byte takes 0.8 ns of payload and framing at 10 Gb/s, a tenth at 100', () => {
  const [ten, hundred, bypass] = ethernets({ perByteAdded: 1e-4, perByteCopied: 0 });
  expect(ten!.perByte).toBeCloseTo((8e-4 * 1538) / 1460, 12);
  expect(hundred!.perByte).toBeCloseTo(ten!.perByte / 10, 15);
  expect(bypass!.perByte).toBeCloseTo((8e-5 * 40) / 37.23, 12);
  expect([ten, hundred, bypass].map((network) => network!.latency)).toEqual([20, 20, 1.93]);
});
