/** What to do to get the native backend: one sentence per step, depending on what failed and where the package is. */

import { fs, path, workers } from '../../platform/node-modules.js';
import { packageRoot } from './addon-file.js';

const { existsSync } = fs;
const { join } = path;
const { isMainThread } = workers;

/** On the main thread OpenBLAS is loaded with one. */
const FEWER_THREADS = ', or load zerokara on the main thread before the Worker, which takes less';

/** What a build from source needs, by the names of each system. */
const TOOLS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'Install the Xcode command line tools (xcode-select --install) and CMake, whichever is missing',
  win32: 'Install the Visual Studio build tools, CMake and OpenBLAS, whichever is missing, and set OPENBLAS_HOME',
  linux:
    'Install a C++ compiler, make, CMake and OpenBLAS, whichever is missing (Debian and Ubuntu: apt-get install g++ make cmake libopenblas-dev; Fedora: dnf install gcc-c++ make cmake openblas-devel; Alpine: apk add g++ make cmake openblas-dev)',
};

/**
 * @param attempts what was tried, with the reasons for failure
 * @param addon the file that ZEROKARA_ADDON names, if it names one
 * @param root the folder of the package; empty if the code was bundled away from it
 * @returns sentences without their full stops, in the order in which to follow them
 */
export function stepsToNative(
  attempts: readonly { readonly ok: boolean; readonly outcome: string }[],
  addon: string | undefined,
  root: string = packageRoot() ?? '',
): readonly string[] {
  const failed = (words: string): boolean => attempts.some(({ ok, outcome }) => !ok && outcome.includes(words));
  if (failed('--no-addons'))
    return ['Start Node without --no-addons, or under the permission model with --allow-addons'];
  if (failed('address space')) return [`Raise the limit (ulimit -v)${isMainThread ? '' : FEWER_THREADS}`];
  if (failed('OPENBLAS_CORETYPE')) return ['Unset OPENBLAS_CORETYPE, or set it to kernels that this CPU can run'];
  if (addon) return ['Unset ZEROKARA_ADDON, or set it to a file that works'];
  if (root === '') {
    return [
      "Put zerokara.node from the package's prebuilds folder beside the bundle, or set ZEROKARA_ADDON to its path",
    ];
  }
  const tools = TOOLS[process.platform] ?? 'Install a C++ compiler, make, CMake and OpenBLAS, whichever is missing';
  // A clone has the sources; the published package does not.
  return [tools, existsSync(join(root, 'src')) ? `Run npm run build in ${root}` : 'Run npx zerokara build'];
}
