/** Environment variables that change which code computes, and what each one costs. */

import { native } from '#native';
import { nearestName } from '../../options.js';
import type { BackendName } from '../backend.js';
import type { AddonInfo } from '../native/addon.js';
import { WITHOUT_RELAXED_SIMD } from './settings.js';

/** A variable that is set, and what that means here, in one sentence. */
export interface VariableInUse {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
  /** Whether it makes training slower than this machine allows. */
  readonly slows: boolean;
}

/** OpenBLAS kernels that use AVX-512. */
const AVX512_CORES = /^(skylakex|cooperlake|sapphirerapids|zen[45])$/i;
/** OpenBLAS kernels that use AVX2 and fused multiply-add. */
const AVX2_CORES = /^(haswell|zen)$/i;
/** OpenBLAS kernels that use FMA4: the best ones for the few CPUs that have it; no others can run them. */
const FMA4_CORES = /^(bulldozer|piledriver|steamroller|excavator)$/i;

/**
 * Whether OpenBLAS runs kernels of an older CPU than this one.
 *
 * Levels exist on x86-64 only; on other processors nothing is known, and the answer is false.
 */
export function hasSlowKernels({ corename, isaSupported }: AddonInfo): boolean {
  if (corename === '' || FMA4_CORES.test(corename)) return false;
  if (isaSupported === 'v4') return !AVX512_CORES.test(corename);
  return isaSupported === 'v3' && !AVX512_CORES.test(corename) && !AVX2_CORES.test(corename);
}

/**
 * Every OPENBLAS_* and ZEROKARA_* variable that is set, with its meaning.
 *
 * @param threads the number without ZEROKARA_THREADS
 * @param unusable why this CPU cannot run the kernels that OPENBLAS_CORETYPE names, if it cannot
 */
export function variablesInUse(
  env: Readonly<Record<string, string | undefined>>,
  chosen: BackendName,
  info: AddonInfo | undefined,
  threads: number = native.defaultThreads(),
  unusable: string | undefined = native.unusableCoreType(env['OPENBLAS_CORETYPE']),
): readonly VariableInUse[] {
  return Object.keys(env)
    .filter((name) => /^(OPENBLAS|ZEROKARA)_/.test(name) && env[name] !== '')
    .sort()
    .map((name) => {
      const value = env[name]!;
      return { name, value, ...meaningOf(name, value, chosen, info, threads, unusable) };
    });
}

function meaningOf(
  name: string,
  value: string,
  chosen: BackendName,
  info: AddonInfo | undefined,
  threads: number,
  unusable: string | undefined,
): { meaning: string; slows: boolean } {
  switch (name) {
    case 'OPENBLAS_CORETYPE':
      return coreType(info, unusable);
    case 'OPENBLAS_NUM_THREADS':
      return {
        meaning: 'has no effect on zerokara, which runs OpenBLAS on one thread',
        slows: false,
      };
    case 'OPENBLAS_HOME':
      return { meaning: 'is where a build of the addon looks for OpenBLAS first', slows: false };
    case 'ZEROKARA_ADDON':
      return { meaning: 'is the only file that is tried as the addon', slows: chosen !== 'native' };
    case 'ZEROKARA_BACKEND':
      return {
        meaning: `stands in for the choice "auto"; the backend is ${chosen}`,
        slows: chosen !== 'native' && value !== 'auto',
      };
    case 'ZEROKARA_MPI_ADDON':
      return { meaning: 'is the only file that is tried as the MPI addon', slows: false };
    case 'ZEROKARA_MPI_TIMEOUT':
      return { meaning: `ends a run whose step has waited ${value} s for the other ranks`, slows: false };
    case 'ZEROKARA_ISA':
      return value === WITHOUT_RELAXED_SIMD ? withoutRelaxedSimd(chosen) : isaLevel(value, info);
    case 'ZEROKARA_THREADS':
      return threadCount(Number(value), chosen, threads);
    default:
      return { meaning: unread(name), slows: false };
  }
}

const OWN = [
  ...['ZEROKARA_ADDON', 'ZEROKARA_BACKEND', 'ZEROKARA_ISA', 'ZEROKARA_MPI_ADDON', 'ZEROKARA_MPI_TIMEOUT'],
  'ZEROKARA_THREADS',
];

/** A name that nothing reads may be a misspelt one of ours. */
function unread(name: string): string {
  const nearest = name.startsWith('ZEROKARA_') ? nearestName(name, OWN) : undefined;
  return `is not read by zerokara while it computes${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`;
}

function coreType(info: AddonInfo | undefined, unusable: string | undefined): { meaning: string; slows: boolean } {
  if (unusable !== undefined) {
    const why = unusable.slice(unusable.indexOf(': ') + 2);
    return { meaning: `names kernels that this CPU cannot run (${why}), so that OpenBLAS is not loaded`, slows: true };
  }
  if (info === undefined) return { meaning: 'has no effect without the native backend', slows: false };
  const slows = hasSlowKernels(info);
  return {
    meaning: slows
      ? `makes OpenBLAS run its ${info.corename} kernels on a CPU of level ${info.isaSupported}, which can halve the speed of matrix products`
      : `makes OpenBLAS run its ${info.corename} kernels, which suit this CPU`,
    slows,
  };
}

function threadCount(asked: number, chosen: BackendName, usual: number): { meaning: string; slows: boolean } {
  if (chosen !== 'native') return { meaning: 'has no effect without the native backend', slows: false };
  if (asked === usual) return { meaning: `lets a call use ${threadsOf(asked)}, as it would without`, slows: false };
  const meaning =
    asked < usual
      ? `keeps each call to ${threadsOf(asked)} of the ${usual} that it would use without`
      : `lets a call use ${threadsOf(asked)}, where ${usual} would be used without: if there are not as many cores, they wait for each other`;
  return { meaning, slows: true };
}

function threadsOf(count: number): string {
  return count === 1 ? '1 thread' : `${count} threads`;
}

function withoutRelaxedSimd(chosen: BackendName): { meaning: string; slows: boolean } {
  if (chosen !== 'wasm') return { meaning: 'has no effect without the wasm backend', slows: false };
  return { meaning: 'keeps the wasm backend from relaxed SIMD, even where the JavaScript engine has it', slows: false };
}

function isaLevel(value: string, info: AddonInfo | undefined): { meaning: string; slows: boolean } {
  if (info === undefined) return { meaning: 'has no effect without the native backend', slows: false };
  const slows = info.isa !== info.isaSupported;
  return {
    meaning: slows
      ? `keeps the kernels at CPU level ${value}, though this machine has ${info.isaSupported}: activations and losses take up to four times as long`
      : `asks for CPU level ${value}, the best of this machine`,
    slows,
  };
}
