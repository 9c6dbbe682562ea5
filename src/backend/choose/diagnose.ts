/** What computes here, why, and what would make it faster; `zerokara doctor` prints it. */

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import type { BackendName } from '../backend.js';
import type { AddonInfo, IsaLevel } from '../native/native.js';
import { type Attempt, type Surroundings, selectBackend } from './load.js';
import { stepsToNative } from './steps-to-native.js';
import { hasSlowKernels, type VariableInUse, variablesInUse } from './variables.js';

export interface Diagnosis {
  /** The backend that `auto` gives. */
  readonly backend: BackendName;
  readonly reason: string;
  /** Everything that was tried, in order, with its outcome. */
  readonly attempts: readonly Attempt[];
  /** The BLAS of the native backend; undefined on the others. */
  readonly blas: BlasDiagnosis | undefined;
  /** Threads that a call may use, its caller included: 1 unless native. */
  readonly threads: number;
  /** The CPU level of the kernels in use; undefined unless native. */
  readonly isa: IsaLevel | undefined;
  readonly cpu: {
    readonly model: string;
    /** Logical cores that this process may use. */
    readonly cores: number;
    /** The best CPU level this machine has; undefined unless native, because the addon is what asks the CPU. */
    readonly isaSupported: IsaLevel | undefined;
  };
  /** OPENBLAS_* and ZEROKARA_* variables that are set, and what each costs. */
  readonly environment: readonly VariableInUse[];
  readonly node: string;
  readonly platform: string;
  /** What to do to become native or faster, best first; empty when all is well. */
  readonly advice: readonly string[];
}

export interface BlasDiagnosis {
  readonly name: 'openblas' | 'accelerate';
  /** The library file in use, or the one built in. */
  readonly library: string;
  readonly linkage: 'static' | 'dynamic';
  readonly config: string;
  /** The CPU that its kernels are made for. */
  readonly corename: string;
  readonly threading: string;
  /** Its own threads, always 1 for OpenBLAS. */
  readonly threads: number;
  /** Whether calls take turns because the library has no locks. */
  readonly serialized: boolean;
  /** Other addons of this process that use the same library, and so have it at one thread as well. */
  readonly sharedWith: readonly string[];
}

/**
 * What computes here, why, and what would make it faster.
 *
 * @throws {ArgumentError} if ZEROKARA_BACKEND is no backend's name
 * @throws {BackendError} if ZEROKARA_BACKEND names a backend that cannot be had
 * @example diagnose().backend   // 'native'
 */
export function diagnose(surroundings: Surroundings = {}): Diagnosis {
  const { env = process.env } = surroundings;
  const selection = selectBackend('auto', surroundings);
  const info = selection.addon?.info();
  const environment = variablesInUse(env, selection.backend.name, info);
  return {
    backend: selection.backend.name,
    reason: selection.backend.reason,
    attempts: selection.attempts,
    blas: info && blasDiagnosis(info),
    threads: selection.addon?.getThreads() ?? 1,
    isa: info?.isa,
    cpu: {
      model: cpus()[0]?.model.trim() || 'unknown',
      cores: availableParallelism(),
      isaSupported: info?.isaSupported,
    },
    environment,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    advice: adviceFor(selection.backend.name, info, environment, stepsToNative(selection.attempts, env)),
  };
}

/**
 * What to do to become native or faster, best first, a step a sentence.
 *
 * @param steps to the native backend, for when it is not the one in use
 */
export function adviceFor(
  backend: BackendName,
  info: AddonInfo | undefined,
  environment: readonly VariableInUse[],
  steps: readonly string[] = [],
): readonly string[] {
  const isSet = (name: string): boolean => environment.some((variable) => variable.name === name);
  const advice = environment.filter(({ slows }) => slows).map(({ name, meaning }) => `Unset ${name}: it ${meaning}.`);
  if (info === undefined) {
    // A variable that keeps the addon out is all there is to change.
    const forced = environment.some(({ name, slows }) => slows && /^ZEROKARA_(BACKEND|ADDON)$/.test(name));
    return backend === 'native' || forced ? advice : [...advice, ...steps.map((step) => `${step}.`)];
  }
  if (info.serialized) {
    advice.push(
      'Use an OpenBLAS built with threads (Debian and Ubuntu: apt-get install libopenblas0-pthread): this one has no locks, so Workers wait for each other.',
    );
  }
  if (hasSlowKernels(info) && !isSet('OPENBLAS_CORETYPE')) {
    advice.push(
      `Use a newer OpenBLAS: this one has no kernels for a CPU of level ${info.isaSupported} and runs those for ${info.corename}.`,
    );
  }
  return advice;
}

function blasDiagnosis(info: AddonInfo): BlasDiagnosis {
  const { blas, buildLibrary, linkage, config, corename, threading, threads, serialized } = info;
  const mapped = linkage === 'dynamic' && blas === 'openblas' ? mappedFiles() : [];
  return {
    name: blas,
    library: mapped.find((file) => /libopenblas[^/]*$/.test(file)) ?? buildLibrary,
    linkage,
    config,
    corename,
    threading,
    threads,
    serialized,
    sharedWith: mapped.filter((file) => file.endsWith('.node') && !/zerokara\.node$/.test(file) && usesOpenBlas(file)),
  };
}

/** The files mapped into this process, where the system tells (Linux). */
function mappedFiles(): readonly string[] {
  try {
    const lines = readFileSync('/proc/self/maps', 'utf8').split('\n');
    return [...new Set(lines.map((line) => line.slice(line.indexOf('/'))).filter((file) => file.startsWith('/')))];
  } catch {
    return [];
  }
}

/** Whether an addon asks for a shared OpenBLAS or a BLAS that may be one: its name stands in the file as plain text. */
function usesOpenBlas(file: string): boolean {
  try {
    return /lib(open)?blas\.so|libopenblas[\w.-]*\.so/.test(readFileSync(file, 'latin1'));
  } catch {
    return false;
  }
}
