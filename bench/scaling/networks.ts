/** The networks that are simulated: two kinds of Ethernet by published figures, and this machine's own loopback by measurement. */

import type { Network } from './allreduce.js';

/** What `bench/scaling/link.c` measures between two ranks. */
export interface MeasuredLink {
  /** The transport of MPI, e.g. `shared memory`. */
  readonly transport: string;
  /** Half a round trip of a message of so many bytes, microseconds. */
  readonly halfRoundTrips: readonly { readonly bytes: number; readonly microseconds: number }[];
  /** Microseconds in which one core adds a byte of float32 to others, and in which it copies one. */
  readonly perByteAdded: number;
  readonly perByteCopied: number;
}

/** What a core does with its numbers: published figures of a network do not say. */
export type Core = Pick<Network, 'perByteAdded' | 'perByteCopied'>;

/**
 * α and β as the line that fits the half round trips best, by the least squares of relative errors: so that messages of all sizes
 * count alike.
 */
export function fitLink(halfRoundTrips: MeasuredLink['halfRoundTrips']): { latency: number; perByte: number } {
  let [w, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  for (const { bytes, microseconds } of halfRoundTrips) {
    const weight = 1 / microseconds ** 2;
    w += weight;
    wx += weight * bytes;
    wxx += weight * bytes * bytes;
    wy += weight * microseconds;
    wxy += weight * bytes * microseconds;
  }
  const perByte = (w * wxy - wx * wy) / (w * wxx - wx * wx);
  return { latency: (wy - perByte * wx) / w, perByte };
}

/** Ranks of one machine: their own cores copy every byte. */
export function loopback({ transport, halfRoundTrips, perByteAdded, perByteCopied }: MeasuredLink): Network {
  return {
    name: `this machine, ${transport}`,
    source: 'measured by bench/scaling/link.c',
    ...fitLink(halfRoundTrips),
    perByteAdded,
    perByteCopied,
    ownCore: 1,
  };
}

/** Payload of a full TCP segment ÷ its bytes on the wire: 1,460 of 1,538, with Ethernet's preamble, header, checksum and gap. */
const TCP_PAYLOAD = 1460 / 1538;

/** Microseconds of a byte of payload at so many Gb/s, of which this share is payload. */
const perByte = (gigabits: number, payload: number): number => 8 / (gigabits * 1e3 * payload);

export function ethernets({ perByteAdded, perByteCopied }: Core): Network[] {
  const core = { perByteAdded, perByteCopied, ownCore: 0 };
  // Latency of TCP is that of the hosts' kernels more than of the wire: a faster wire leaves it as it is.
  const tcp =
    'Hurwitz and Feng, Initial End-to-End Performance Evaluation of 10-Gigabit Ethernet, Hot Interconnects 11 (2003): 20 µs between applications';
  const bypass =
    'Squyres, MPI over 40Gb Ethernet, Cisco (2014): Open MPI 1.8.1 around the kernel, 1.93 µs and 37.23 of 40 Gb/s; the same share of 100 Gb/s';
  return [
    {
      name: '10 Gb/s, TCP',
      source: tcp,
      ...{ latency: 20, perByte: perByte(10, TCP_PAYLOAD), ...core },
    },
    {
      name: '100 Gb/s, TCP',
      source: tcp,
      ...{ latency: 20, perByte: perByte(100, TCP_PAYLOAD), ...core },
    },
    {
      name: '100 Gb/s, kernel bypass',
      source: bypass,
      ...{ latency: 1.93, perByte: perByte(100, 37.23 / 40), ...core },
    },
  ];
}
