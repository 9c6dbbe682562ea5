/**
 * Choosing a backend: the first one that works. Every failed attempt is recorded, with its reason.
 *
 * `auto` never throws because an addon is missing: every machine can run the last tier. What it chose, and why, is in
 * `backend.reason` and `diagnose()`.
 */

import { native } from '#native';
import { platform } from '#platform';
import { ArgumentError, BackendError, show } from '../../errors.js';
import { requireOneOf } from '../../options.js';
import type { Backend, BackendName } from '../backend.js';
import { createJsBackend } from '../js/js.js';
import type { Addon } from '../native/addon.js';
import { instantiate } from '../wasm/instance.js';
import { createWasmBackend } from '../wasm/wasm.js';
import { type BackendChoice, CHOICES, readSettings, type Settings, type Variables } from './settings.js';
import { warnWhenSlow } from './slow-warning.js';

export type { BackendChoice };

/** One thing that was tried while choosing, and its outcome. */
export interface Attempt {
  readonly tier: BackendName;
  /** The file, if the tier is one. */
  readonly path?: string;
  readonly ok: boolean;
  /** That it works, or why not, in plain words. */
  readonly outcome: string;
}

/** What a choice depends on; the defaults are the real ones. */
export interface Surroundings {
  /** The environment; settings.ts lists the variables that are read. */
  readonly env?: Variables;
  /** Files that may be the addon, best first. */
  readonly candidates?: readonly string[];
}

/** A backend and how it was found. */
export interface Selection {
  readonly backend: Backend;
  readonly attempts: readonly Attempt[];
  /** The addon, if the backend is native. */
  readonly addon: Addon | undefined;
}

/** What a tier returns when it works. */
interface Found {
  readonly outcome: string;
  readonly path?: string;
  readonly addon?: Addon;
  create(reason: string): Backend;
}

interface Tier {
  readonly name: BackendName;
  /** Tries the tier; adds failures to `attempts`. */
  open(settings: Settings, candidates: readonly string[] | undefined, attempts: Attempt[]): Found | undefined;
}

/** All tiers, fastest first. */
const TIERS: readonly Tier[] = [
  { name: 'native', open: openNative },
  { name: 'wasm', open: openWasm },
  { name: 'js', open: () => ({ outcome: 'plain TypeScript runs everywhere', create: createJsBackend }) },
];

function openNative(
  settings: Settings,
  candidates: readonly string[] = native.addonPaths(settings.addon),
  attempts: Attempt[],
): Found | undefined {
  if (native.missing !== undefined) attempts.push({ tier: 'native', ok: false, outcome: native.missing });
  for (const path of candidates) {
    try {
      const addon = native.openAddon(path, settings);
      return { path, outcome: 'loaded', addon, create: (reason) => native.createBackend(addon, reason) };
    } catch (error) {
      // A variable that asks for what this machine does not have is the user's mistake, not a fault of the file.
      if (error instanceof ArgumentError) throw error;
      attempts.push({ tier: 'native', path, ok: false, outcome: (error as Error).message });
    }
  }
  return undefined;
}

function openWasm({ relaxedSimd }: Settings, _candidates: unknown, attempts: Attempt[]): Found | undefined {
  try {
    const kernels = instantiate(relaxedSimd);
    const vectors = kernels.relaxed ? 'relaxed vectors' : 'vectors';
    return { outcome: `WebAssembly with ${vectors}`, create: (reason) => createWasmBackend(reason, kernels) };
  } catch (error) {
    attempts.push({ tier: 'wasm', ok: false, outcome: (error as Error).message });
    return undefined;
  }
}

/**
 * The backend for `choice`, with the attempts on the way to it. ZEROKARA_BACKEND overrides `auto`.
 *
 * @throws {ArgumentError} if `choice` is not a backend's name, or a ZEROKARA_ variable has a value that is not allowed
 * @throws {BackendError} if a backend was asked for by name and is not available
 */
export function selectBackend(choice: BackendChoice = 'auto', surroundings: Surroundings = {}): Selection {
  const { env = platform.variables, candidates } = surroundings;
  requireOneOf('createBackend', 'choice', choice, CHOICES);
  const settings = readSettings(env);
  const variable = choice === 'auto' ? settings.backend : undefined;
  const wanted = variable ?? choice;

  const attempts: Attempt[] = [];
  for (const tier of TIERS) {
    if (wanted !== 'auto' && wanted !== tier.name) continue;
    const found = tier.open(settings, candidates, attempts);
    if (found === undefined) continue;
    const { outcome, path, addon } = found;
    const reason = explain(wanted, variable, tier.name, found, attempts);
    attempts.push({ tier: tier.name, ...(path === undefined ? {} : { path }), ok: true, outcome });
    const backend = found.create(reason);
    // No warning for users who asked for js by name.
    const watched = wanted === 'auto' && tier.name === 'js' ? warnWhenSlow(backend) : backend;
    return { backend: watched, attempts, addon };
  }
  throw new BackendError({
    operation: 'createBackend',
    found: `the ${wanted} backend is not available${variable === undefined ? '' : ' (asked for by ZEROKARA_BACKEND)'}${listed(attempts)}`,
    fix: fixFor(wanted, attempts, settings),
  });
}

function fixFor(wanted: BackendChoice, attempts: readonly Attempt[], { addon }: Settings): string {
  if (native.missing !== undefined) return 'Use "auto", which takes the fastest that there is';
  return wanted === 'native' ? native.steps(attempts, addon).join('. ') : 'Use "auto", "native" or "js"';
}

/** One sentence on why a backend is used. */
function explain(
  wanted: BackendChoice,
  variable: BackendChoice | undefined,
  name: BackendName,
  { path }: Found,
  failed: readonly Attempt[],
): string {
  const where = path === undefined ? '' : ` from ${path}`;
  if (variable !== undefined && wanted !== 'auto') return `ZEROKARA_BACKEND asks for ${name}${where}`;
  if (wanted !== 'auto') return `${name} was asked for by name${where}`;
  if (name === 'native') return `the addon was loaded${where}`;
  return `no faster backend could be loaded${listed(failed)}`;
}

/** `: <path>: no such file; <path>: invalid ELF header`, or nothing. */
function listed(attempts: readonly Attempt[]): string {
  const lines = attempts.map(({ tier, path, outcome }) => `${path ?? tier}: ${outcome}`);
  return lines.length === 0 ? '' : `: ${lines.join('; ')}`;
}

/**
 * Makes a backend. `auto` takes the first that works of native, wasm and js; ZEROKARA_BACKEND overrides `auto`.
 *
 * @throws {ArgumentError} if `choice` is not a backend's name, or a ZEROKARA_ variable has a value that is not allowed
 * @throws {BackendError} if a backend was asked for by name and is not available; the message lists every path tried and why
 * @example createBackend('js').name   // 'js'
 */
export function createBackend(choice: BackendChoice = 'auto'): Backend {
  return selectBackend(choice).backend;
}

/** Backends already made for `resolveBackend`, by choice. */
const resolved = new Map<BackendChoice, Backend>();

/** The backend of everything that names none: that of `auto`, made once. */
export function defaultBackend(): Backend {
  return resolveBackend('auto');
}

/**
 * What a constructor's `backend` option means: a backend itself, the name of one, or undefined for the default.
 *
 * @throws {ArgumentError} if it is none of these
 * @throws {BackendError} if the named backend is not available
 */
export function resolveBackend(choice: Backend | BackendChoice | undefined = 'auto'): Backend {
  if (typeof choice === 'object' && choice !== null && typeof choice.gemm === 'function') return choice;
  if (typeof choice !== 'string') {
    throw new ArgumentError({
      operation: 'createBackend',
      found: `backend is ${show(choice)}`,
      expected: 'a Backend or one of "auto", "native", "wasm" and "js"',
    });
  }
  const known = resolved.get(choice);
  if (known !== undefined) return known;
  const backend = createBackend(choice);
  resolved.set(choice, backend);
  return backend;
}
