/** Tries a built addon in a process of its own, since a binary for another CPU would take the caller down with it. */
import { spawnSync } from 'node:child_process';

/** Milliseconds; a test takes less than one second. */
const PATIENCE = 60_000;

/**
 * @param {string} file
 * @param {(file: string) => void} attempt runs in the child: must not refer to anything outside itself
 * @returns {{ failure: string } | { summary: string }} why it cannot be used, or what it is
 */
export function selfTest(file, attempt = tryAddon) {
  const run = spawnSync(process.execPath, ['-e', `(${attempt})(process.argv[1])`, file], {
    encoding: 'utf8',
    // An OpenBLAS without memory asks for it for ever (src/backend/native/address-space.ts).
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  if (/** @type {NodeJS.ErrnoException | undefined} */ (run.error)?.code === 'ETIMEDOUT') {
    return { failure: `the addon was built but did not answer in ${PATIENCE / 1000} seconds` };
  }
  if (run.status === 0) return { summary: run.stdout.trim() };
  if (run.signal) return { failure: `the addon was built but ends the process with ${run.signal}` };
  const message = /^(?:\w*Error): (.*)$/m.exec(run.stderr)?.[1] ?? run.stderr.trim().split('\n').at(-1);
  return { failure: `the addon was built but does not work: ${message}` };
}

/** Runs in the child: must not refer to anything outside itself. */
function tryAddon(file) {
  const holder = { exports: {} };
  process.dlopen(holder, file);
  const addon = holder.exports;
  addon.initialize((operation) => new Error(`${operation} refused`));
  const c = new Float32Array(1).fill(Number.NaN);
  addon.gemm(false, false, 1, 1, 2, 1, new Float32Array([3, 4]), 2, new Float32Array([5, 6]), 1, 0, c, 1);
  if (c[0] !== 39) throw new Error(`3·5 + 4·6 = ${c[0]}`);
  const { blas, config, corename, isa } = addon.info();
  const library =
    blas === 'accelerate' ? 'Accelerate' : `${config.split(' ').slice(0, 2).join(' ')}, ${corename} kernels`;
  console.log(`${library}; CPU level ${isa}`);
}

/** The same for the addon of MPI: MPI itself begins only in a process that its launcher has started. */
export function tryMpiAddon(file) {
  const holder = { exports: {} };
  process.dlopen(holder, file);
  try {
    holder.exports.barrier();
  } catch (error) {
    if (!/MPI has not begun/.test(error.message)) throw error;
  }
  console.log('it opens');
}
