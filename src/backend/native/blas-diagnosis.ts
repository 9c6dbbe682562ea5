/** The BLAS that the native backend uses, for people to read. */

import { fs } from '../../platform/node-modules.js';
import type { AddonInfo } from './addon.js';
import type { BlasDiagnosis } from './native-tier.js';

const { readFileSync } = fs;

export function blasDiagnosis(info: AddonInfo): BlasDiagnosis {
  const { blas, buildLibrary, linkage, config, corename, threading, threads, serialized } = info;
  const mapped = linkage === 'dynamic' && blas === 'openblas' ? mappedFiles() : [];
  return {
    name: blas,
    library: mapped.find((file) => /libopenblas[^/]*$/.test(file)) ?? buildLibrary,
    linkage,
    config,
    corename,
    threading,
    threads,
    serialized,
    sharedWith: mapped.filter((file) => file.endsWith('.node') && !/zerokara\.node$/.test(file) && usesOpenBlas(file)),
  };
}

/** The files mapped into this process, if the system says (Linux). */
function mappedFiles(): readonly string[] {
  try {
    const lines = readFileSync('/proc/self/maps', 'utf8').split('\n');
    return [...new Set(lines.map((line) => line.slice(line.indexOf('/'))).filter((file) => file.startsWith('/')))];
  } catch {
    return [];
  }
}

/** Whether an addon needs a shared OpenBLAS, or a BLAS that may be one: the file contains its name as plain text. */
function usesOpenBlas(file: string): boolean {
  try {
    return /lib(open)?blas\.so|libopenblas[\w.-]*\.so/.test(readFileSync(file, 'latin1'));
  } catch {
    return false;
  }
}
