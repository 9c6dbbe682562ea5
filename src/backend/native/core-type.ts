/**
 * Whether this CPU can run the kernels that OPENBLAS_CORETYPE names.
 *
 * OpenBLAS trusts the variable when it is loaded, and the process dies with SIGILL at the first instruction that the
 * CPU does not have. So the name is checked first. Linux says what a CPU has; on other systems, and for names that are
 * not listed, nothing is known and nothing is reported: OpenBLAS itself ignores names that it does not know.
 */

import { fs } from '../../platform/node-modules.js';

const { readFileSync } = fs;

/** What the kernels for a CPU need beyond SSE2, as /proc/cpuinfo names it. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  opteron: ['3dnow'],
  opteron_sse3: ['3dnow'],
  core2: ['ssse3'],
  penryn: ['sse4_1'],
  dunnington: ['sse4_1'],
  nehalem: ['sse4_2'],
  sandybridge: ['avx'],
  bulldozer: ['avx', 'fma4'],
  piledriver: ['avx', 'fma4'],
  steamroller: ['avx', 'fma4'],
  excavator: ['avx', 'fma4'],
  haswell: ['avx2', 'fma'],
  zen: ['avx2', 'fma'],
  skylakex: ['avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl'],
  cooperlake: ['avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl', 'avx512_bf16'],
  sapphirerapids: ['avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl', 'avx512_bf16'],
};

/** What the check looks at; the defaults are the real ones. */
export interface Processor {
  readonly architecture?: string;
  /** The text of /proc/cpuinfo; empty if there is none. */
  readonly cpuinfo?: string;
}

/** @returns why OpenBLAS must not be loaded with that name, or undefined */
export function unusableCoreType(
  coreType: string | undefined,
  { architecture = process.arch, cpuinfo = readCpuinfo() }: Processor = {},
): string | undefined {
  const needed = NEEDS[coreType?.toLowerCase() ?? ''];
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(' ');
  if (needed === undefined || flags === undefined || architecture !== 'x64') return undefined;
  const missing = needed.filter((feature) => !flags.includes(feature));
  if (missing.length === 0) return undefined;
  return `OPENBLAS_CORETYPE is "${coreType}", whose kernels this CPU cannot run: it has no ${missing.join(', ')}`;
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
