/** What the choice of a backend asks of the native tier. `#native` is the one of the platform. */

import type { Backend } from '../backend.js';
import type { Addon, AddonInfo, AddonSettings } from './addon.js';

/** The BLAS that the native backend uses, for people to read. */
export interface BlasDiagnosis {
  readonly name: 'openblas' | 'accelerate';
  /** The library file in use, or the one linked in. */
  readonly library: string;
  readonly linkage: 'static' | 'dynamic';
  readonly config: string;
  /** The CPU that its kernels are for. */
  readonly corename: string;
  readonly threading: string;
  /** The library's own threads, always 1 for OpenBLAS. */
  readonly threads: number;
  /** Whether calls take turns because the library has no locks. */
  readonly serialized: boolean;
  /** Other addons of this process that use the same library, and so run it on one thread as well. */
  readonly sharedWith: readonly string[];
}

/** What an addon is opened with. */
export interface OpenSettings extends AddonSettings {
  /** OPENBLAS_CORETYPE, if it is set. */
  readonly coreType?: string | undefined;
}

export interface NativeTier {
  /** Why there is no native backend on this platform; undefined where there may be one. */
  readonly missing: string | undefined;

  /** The files to try, best first; only the named one, if ZEROKARA_ADDON names one. */
  addonPaths(named: string | undefined): readonly string[];

  /**
   * Opens, initializes and tests the addon at `path`.
   *
   * @throws {ArgumentError} if this machine does not have the level that `settings` asks for
   * @throws {Error} whose message says in plain words why the file cannot be used
   */
  openAddon(path: string, settings: OpenSettings): Addon;

  /** A backend over an opened addon. */
  createBackend(addon: Addon, reason: string): Backend;

  /** The addons that this thread has opened. */
  openedAddons(): readonly Addon[];

  /** What to do to get the native backend: sentences without their full stops, in order. */
  steps(
    attempts: readonly { readonly ok: boolean; readonly outcome: string }[],
    addon: string | undefined,
  ): readonly string[];

  blasDiagnosis(info: AddonInfo): BlasDiagnosis;

  /** How many threads a call may use, unless somebody says another number. */
  defaultThreads(): number;

  /** Why OpenBLAS must not be loaded with the kernels of that name; undefined if it may. */
  unusableCoreType(coreType: string | undefined): string | undefined;
}
