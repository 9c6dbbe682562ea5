/** What the compiled addon is and what it can do: types and limits, without anything of Node. */

import type { CompiledFunctions, Operation } from '../backend.js';

/** CPU levels that the kernels are compiled for, slowest first. */
export const ISA_LEVELS = ['baseline', 'v3', 'v4'] as const;

export type IsaLevel = (typeof ISA_LEVELS)[number];

/** What the addon says about itself. */
export interface AddonInfo {
  readonly blas: 'openblas' | 'accelerate';
  /** The file name of the library that it was linked against. */
  readonly buildLibrary: string;
  readonly linkage: 'static' | 'dynamic';
  /** The threading model of the library loaded at run time; it is set to one thread. */
  readonly threading: 'pthread' | 'openmp' | 'serial' | 'system';
  /** The library's own description of its version and options. */
  readonly config: string;
  /** The CPU that the library's kernels are for, e.g. `Haswell`. */
  readonly corename: string;
  /** OpenBLAS threads: 1. Accelerate says 0, because it decides by itself. */
  readonly threads: number;
  /** Whether calls take turns because the library has no locks. */
  readonly serialized: boolean;
  /** Whether the library has memory for packing; without it the addon's own loops compute the products. */
  readonly hasMemory: boolean;
  /** The CPU level in use, and the best one this machine has. */
  readonly isa: IsaLevel;
  readonly isaSupported: IsaLevel;
}

/** What the addon exports: the backend's functions, and those that configure and describe it. */
export interface Addon extends CompiledFunctions {
  initialize(explain: (operation: Operation, passed: unknown[]) => Error, isa?: string, threads?: number): boolean;
  info(): AddonInfo;
  /** Threads that a call may use: one number for the whole process. */
  getThreads(): number;
  setThreads(threads: number): void;
}

/** What an addon is initialized with. */
export interface AddonSettings {
  /** The CPU level to use; default the best of this machine. */
  readonly isa?: IsaLevel | undefined;
  /** The threads that a call may use; default that of this machine. */
  readonly threads?: number | undefined;
}

/** The most threads that are possible (`kMostThreads` in native/kernels/team.h). */
export const MOST_THREADS = 64;
