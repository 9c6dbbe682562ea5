/**
 * OPENBLAS_CORETYPE, which OpenBLAS reads once, when it is loaded: whether this CPU can run the kernels that it names, and
 * which name to put there where the user has not.
 *
 * OpenBLAS trusts the variable, and the process dies with SIGILL at the first instruction that the CPU does not have. So
 * the name is checked first. Without the variable it goes by the CPU's model number, and a model newer than itself gets
 * kernels of 2004 (0.3.21 runs those for Prescott on an Emerald Rapids: a fourth of the speed). Linux says what a CPU has;
 * on other systems, and for names that are not listed, nothing is known: OpenBLAS ignores names that it does not know.
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
  const flags = flagsOf(cpuinfo);
  if (needed === undefined || flags === undefined || architecture !== 'x64') return undefined;
  const missing = needed.filter((feature) => !flags.includes(feature));
  if (missing.length === 0) return undefined;
  return `OPENBLAS_CORETYPE is "${coreType}", whose kernels this CPU cannot run: it has no ${missing.join(', ')}`;
}

/** @returns the name of the fastest kernels that this CPU can run, or undefined where OpenBLAS knows best */
export function fastestCoreType({
  architecture = process.arch,
  cpuinfo = readCpuinfo(),
}: Processor = {}): string | undefined {
  const flags = flagsOf(cpuinfo);
  // CPUs with FMA4 are old enough for OpenBLAS to know them, and have kernels of their own.
  if (flags === undefined || architecture !== 'x64' || flags.includes('fma4')) return undefined;
  return ['SkylakeX', 'Haswell'].find((name) => NEEDS[name.toLowerCase()]!.every((feature) => flags.includes(feature)));
}

function flagsOf(cpuinfo: string): readonly string[] | undefined {
  return /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(' ');
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
