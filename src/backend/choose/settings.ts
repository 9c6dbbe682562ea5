/** The environment variables that decide the choice of a backend: all are read and checked here before any is used. */

import { requireInteger, requireOneOf } from '../../options.js';
import type { BackendName } from '../backend.js';
import { ISA_LEVELS, type IsaLevel, MOST_THREADS } from '../native/addon.js';

/** A backend by name, or `auto`: the fastest that works here. */
export type BackendChoice = 'auto' | BackendName;

export const CHOICES = ['auto', 'native', 'wasm', 'js'] as const satisfies readonly BackendChoice[];

/** Variables by name, like `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The value of ZEROKARA_ISA that keeps the wasm backend from relaxed SIMD. */
export const WITHOUT_RELAXED_SIMD = 'wasm-simd';

const ISA_CHOICES = [...ISA_LEVELS, WITHOUT_RELAXED_SIMD] as const;

/** What the variables ask for; undefined where one is empty or not set. */
export interface Settings {
  /** ZEROKARA_BACKEND: replaces the choice `auto`. */
  readonly backend: BackendChoice | undefined;
  /** ZEROKARA_ADDON: the only file that is tried as the addon. */
  readonly addon: string | undefined;
  /** ZEROKARA_ISA: the CPU level of the native kernels. */
  readonly isa: IsaLevel | undefined;
  /** Whether the wasm backend may use relaxed SIMD: not with ZEROKARA_ISA=wasm-simd. */
  readonly relaxedSimd: boolean;
  /** ZEROKARA_THREADS: the threads that a call of the native backend may use. */
  readonly threads: number | undefined;
  /** OPENBLAS_CORETYPE: the CPU whose kernels OpenBLAS runs, in OpenBLAS's own words. */
  readonly coreType: string | undefined;
}

/** @throws {ArgumentError} for a variable whose value is not allowed, even if the backend used does not need it */
export function readSettings(variables: Variables): Settings {
  const textOf = (name: string): string | undefined => variables[name] || undefined;
  const oneOf = <T extends string>(name: string, choices: readonly T[]): T | undefined => {
    const value = textOf(name);
    return value === undefined ? undefined : requireOneOf('createBackend', name, value, choices);
  };
  const threads = textOf('ZEROKARA_THREADS');
  const isa = oneOf('ZEROKARA_ISA', ISA_CHOICES);
  return {
    backend: oneOf('ZEROKARA_BACKEND', CHOICES),
    addon: textOf('ZEROKARA_ADDON'),
    isa: isa === WITHOUT_RELAXED_SIMD ? undefined : isa,
    relaxedSimd: isa !== WITHOUT_RELAXED_SIMD,
    threads:
      threads === undefined
        ? undefined
        : requireInteger(
            'createBackend',
            'ZEROKARA_THREADS',
            /^\d+$/.test(threads) ? Number(threads) : threads,
            1,
            MOST_THREADS,
          ),
    coreType: textOf('OPENBLAS_CORETYPE'),
  };
}
