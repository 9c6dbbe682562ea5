/** The tests' own modules as a page loads them. */

import { resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { sourceAliases } from '../../scripts/lib/source-aliases.mjs';

export const ROOT: string = resolve(import.meta.dirname, '../..');

/** A module of the tests for a page, with the sources of the library inside. */
export async function bundleForPage(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    alias: { ...sourceAliases(ROOT, 'browser'), ...options.alias },
    logLevel: 'silent',
  });
  return outputFiles![0]!.text;
}
