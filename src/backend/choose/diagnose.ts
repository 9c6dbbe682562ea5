/** What computes here, why, and what would make it faster; `zerokara doctor` prints it. */

import { native } from '#native';
import { platform } from '#platform';
import type { BackendName } from '../backend.js';
import type { AddonInfo, IsaLevel } from '../native/addon.js';
import type { BlasDiagnosis } from '../native/native-tier.js';
import { type Attempt, type Surroundings, selectBackend } from './load.js';
import { hasSlowKernels, type VariableInUse, variablesInUse } from './variables.js';

/** Which backend computes here, why, with what, and what would make it faster. */
export interface Diagnosis {
  /** The backend that `auto` gives. */
  readonly backend: BackendName;
  readonly reason: string;
  /** Everything that was tried, in order, with the outcome. */
  readonly attempts: readonly Attempt[];
  /** The BLAS of the native backend; undefined on the others. */
  readonly blas: BlasDiagnosis | undefined;
  /** Threads that a call may use, including the calling one: 1 unless native. */
  readonly threads: number;
  /** The CPU level of the kernels in use; undefined unless native. */
  readonly isa: IsaLevel | undefined;
  readonly cpu: {
    readonly model: string;
    /** Logical cores that this process may use. */
    readonly cores: number;
    /** The best CPU level of this machine; undefined unless native, because only the addon can ask the CPU. */
    readonly isaSupported: IsaLevel | undefined;
  };
  /** OPENBLAS_* and ZEROKARA_* variables that are set, and what each costs. */
  readonly environment: readonly VariableInUse[];
  readonly node: string;
  readonly platform: string;
  /** What to do to get the native backend or more speed, best first; empty when nothing can be improved. */
  readonly advice: readonly string[];
}

/**
 * What computes here, why, and what would make it faster.
 *
 * @throws {ArgumentError} if a ZEROKARA_ variable has a value that is not allowed
 * @throws {BackendError} if ZEROKARA_BACKEND names a backend that is not available
 * @example diagnose().backend   // 'native'
 */
export function diagnose(surroundings: Surroundings = {}): Diagnosis {
  const { env = platform.variables } = surroundings;
  const selection = selectBackend('auto', surroundings);
  const info = selection.addon?.info();
  const environment = variablesInUse(env, selection.backend.name, info);
  return {
    backend: selection.backend.name,
    reason: selection.backend.reason,
    attempts: selection.attempts,
    blas: info && native.blasDiagnosis(info),
    threads: selection.addon?.getThreads() ?? 1,
    isa: info?.isa,
    cpu: {
      model: platform.machine.cpu(),
      cores: platform.machine.cores(),
      isaSupported: info?.isaSupported,
    },
    environment,
    node: platform.machine.engine,
    platform: `${platform.machine.system}-${platform.machine.architecture}`,
    advice: adviceFor(
      selection.backend.name,
      info,
      environment,
      native.steps(selection.attempts, env['ZEROKARA_ADDON']),
    ),
  };
}

/**
 * What to do to get the native backend or more speed, best first, one sentence per step.
 *
 * @param steps to the native backend, if it is not the one in use
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
    // If a variable keeps the addon out, unsetting it is all there is to do.
    const forced = environment.some(
      ({ name, slows }) => slows && /^(ZEROKARA_(BACKEND|ADDON)|OPENBLAS_CORETYPE)$/.test(name),
    );
    return backend === 'native' || forced ? advice : [...advice, ...steps.map((step) => `${step}.`)];
  }
  if (info.serialized) {
    advice.push(
      'Use an OpenBLAS built with threads (Debian and Ubuntu: apt-get install libopenblas0-pthread): this one has no locks, so Workers wait for each other.',
    );
  }
  if (!info.hasMemory) {
    advice.push(
      'Raise the address space limit (ulimit -v): OpenBLAS has no memory for its packing buffer of 128 MB, so plain loops compute its products.',
    );
  }
  if (hasSlowKernels(info) && !isSet('OPENBLAS_CORETYPE')) {
    advice.push(
      `Set OPENBLAS_CORETYPE=${info.isaSupported === 'v4' ? 'SkylakeX' : 'Haswell'} before the program starts, or use an OpenBLAS built with DYNAMIC_ARCH: on this CPU of level ${info.isaSupported} it runs its kernels for ${info.corename}.`,
    );
  }
  return advice;
}
