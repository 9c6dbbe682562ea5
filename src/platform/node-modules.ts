/**
 * Node's built-in modules.
 *
 * The library is CommonJS. A bundler that makes one ES module of it turns `require('node:fs')` into a call that throws,
 * unless a banner brings a `require` along. `process.getBuiltinModule` needs neither; Node has it from 20.16 and 22.3 on.
 */

declare const require: (name: string) => unknown;

const { getBuiltinModule = () => undefined } = process as {
  readonly getBuiltinModule?: (name: string) => unknown;
};

// Each `require` has a literal name, because bundlers look for it.
export const crypto = (getBuiltinModule('node:crypto') ?? require('node:crypto')) as typeof import('node:crypto');
export const fs = (getBuiltinModule('node:fs') ?? require('node:fs')) as typeof import('node:fs');
export const modules = (getBuiltinModule('node:module') ?? require('node:module')) as typeof import('node:module');
export const os = (getBuiltinModule('node:os') ?? require('node:os')) as typeof import('node:os');
export const path = (getBuiltinModule('node:path') ?? require('node:path')) as typeof import('node:path');
export const stream = (getBuiltinModule('node:stream') ?? require('node:stream')) as typeof import('node:stream');
export const url = (getBuiltinModule('node:url') ?? require('node:url')) as typeof import('node:url');
export const workers = (getBuiltinModule('node:worker_threads') ??
  require('node:worker_threads')) as typeof import('node:worker_threads');
export const zlib = (getBuiltinModule('node:zlib') ?? require('node:zlib')) as typeof import('node:zlib');
