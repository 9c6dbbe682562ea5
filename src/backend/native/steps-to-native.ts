/** What a user does to get the native backend: one sentence per step, by what failed and where the package lies. */

import { fs, path } from '../../platform/node-modules.js';
import { packageRoot } from './addon-file.js';

const { existsSync } = fs;
const { join } = path;

/** What a build from source needs, and how each system calls it. */
const TOOLS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'Install what is missing of the Xcode command line tools (xcode-select --install) and CMake',
  win32: 'Install what is missing of the Visual Studio build tools, CMake and OpenBLAS, and set OPENBLAS_HOME',
  linux:
    'Install what is missing of a C++ compiler, make, CMake and OpenBLAS (Debian and Ubuntu: apt-get install g++ make cmake libopenblas-dev; Fedora: dnf install gcc-c++ make cmake openblas-devel; Alpine: apk add g++ make cmake openblas-dev)',
};

/**
 * @param attempts what was tried, with the reasons why it failed
 * @param addon the file that ZEROKARA_ADDON names, if it names one
 * @param root the folder of the package; empty if the code was bundled away from it
 * @returns sentences without their full stops, in the order in which they are to be done
 */
export function stepsToNative(
  attempts: readonly { readonly ok: boolean; readonly outcome: string }[],
  addon: string | undefined,
  root: string = packageRoot() ?? '',
): readonly string[] {
  const failed = (words: string): boolean => attempts.some(({ ok, outcome }) => !ok && outcome.includes(words));
  if (failed('--no-addons'))
    return ['Start Node without --no-addons, or under the permission model with --allow-addons'];
  if (failed('address space')) return ['Raise the limit (ulimit -v), or set OPENBLAS_NUM_THREADS=1'];
  if (failed('OPENBLAS_CORETYPE')) return ['Unset OPENBLAS_CORETYPE, or let it name kernels that this CPU can run'];
  if (addon) return ['Unset ZEROKARA_ADDON, or let it name a file that works'];
  if (root === '') {
    return [
      'Put zerokara.node from the prebuilds folder of the package beside the bundle, or name it by ZEROKARA_ADDON',
    ];
  }
  const tools = TOOLS[process.platform] ?? 'Install what is missing of a C++ compiler, make, CMake and OpenBLAS';
  // The sources are in a clone and not in the published package.
  return [tools, existsSync(join(root, 'src')) ? `Run npm run build in ${root}` : 'Run npx zerokara build'];
}
