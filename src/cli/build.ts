import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, Option } from 'commander';
import { packageRoot } from '../backend/native/addon-file.js';
import { diagnose } from '../index.js';
import { formatSeconds } from './numbers.js';

/** The answer of scripts/build-addon.mjs, which the package contains. */
type Built =
  | { readonly ok: true; readonly method: 'cmake' | 'gyp'; readonly file: string; readonly summary: string }
  | { readonly ok: false; readonly method: string; readonly reason: string; readonly remedy?: string };

interface BuildScript {
  buildAddon(options: { readonly with?: string; readonly quiet: boolean }): Promise<Built>;
  buildMpiAddon(options: { readonly quiet: boolean }): Promise<Built>;
}

interface BuildFlags {
  readonly with?: 'cmake' | 'gyp';
  readonly mpi?: true;
  readonly verbose?: true;
}

const METHODS = { cmake: 'CMake', gyp: 'node-gyp' };

/** `zerokara build`: compiles the addon of this copy of the package for this machine. */
export function buildCommand(): Command {
  return new Command('build')
    .description('Build the native addon from source, with the compiler and OpenBLAS of this machine.')
    .addOption(
      new Option('--with <tool>', 'build tool; default CMake if it is installed, else node-gyp').choices([
        'cmake',
        'gyp',
      ]),
    )
    .option('--mpi', 'build the addon for training on several machines instead; needs MPI, e.g. Open MPI')
    .option('--verbose', "show the tools' own output")
    .action(build);
}

async function build({ with: tool, mpi, verbose }: BuildFlags): Promise<void> {
  const root = packageRoot();
  const script = root && join(root, 'scripts', 'build-addon.mjs');
  if (!script || !existsSync(script)) {
    return fail('the sources of the addon are not beside this program', 'Install the package zerokara, unbundled');
  }
  const isMpi = mpi === true;
  if (isMpi && tool === 'gyp') return fail('the addon of MPI is built by CMake, which finds MPI', 'Leave out --with');
  console.log(
    `building the addon${isMpi ? ' of MPI' : ''} in ${root}; this takes ${isMpi ? 'some seconds' : 'a minute or so'}`,
  );
  const start = performance.now();
  const quiet = verbose !== true;
  const { buildAddon, buildMpiAddon } = (await import(pathToFileURL(script).href)) as BuildScript;
  const result = await (isMpi
    ? buildMpiAddon({ quiet })
    : buildAddon({ quiet, ...(tool === undefined ? {} : { with: tool }) }));
  if (!result.ok) {
    const unexplained = result.reason.startsWith('the build failed') && verbose !== true;
    return fail(result.reason, result.remedy ?? (unexplained ? 'Use --verbose for more' : undefined));
  }

  const seconds = formatSeconds((performance.now() - start) / 1000);
  console.log(`built by ${METHODS[result.method]} in ${seconds}: ${result.file}`);
  console.log(`tested in a separate process: ${result.summary}`);
  if (isMpi) return console.log('now: mpirun -n 2 npx zerokara train …, or Distributed.connect() in a program');
  const { backend, reason } = diagnose();
  console.log(`zerokara now computes with the ${backend} backend: ${reason}`);
}

/** One line with the reason and the remedy. */
function fail(reason: string, remedy: string | undefined): void {
  const next = remedy === undefined ? '' : ` ${remedy}.`;
  console.error(`zerokara build: ${reason}.${next} Nothing was built, and nothing was changed.`);
  process.exitCode = 1;
}
