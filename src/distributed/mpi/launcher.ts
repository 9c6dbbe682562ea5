/** Whether a launcher of MPI has started this process: by the variables that it sets. */

/** What a launcher says about this process. */
export interface Launched {
  /** The variable by which it was recognised. */
  readonly by: string;
  /** Processes that it started together; undefined if it does not say. */
  readonly size: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Open MPI and MPICH (and Intel MPI, which is one) name the number of processes. Slurm's srun names it too, but starts
 * programs without MPI as well: only with one of its interfaces to MPI is this a process of MPI.
 */
export function launchedBy(env: Environment): Launched | undefined {
  for (const by of ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE', 'MV2_COMM_WORLD_SIZE']) {
    if (env[by]) return { by, size: Number(env[by]) };
  }
  for (const by of ['PMIX_RANK', 'PMI_RANK', 'PMI_FD']) {
    if (!env[by]) continue;
    const tasks = env['SLURM_STEP_NUM_TASKS'];
    return { by, size: tasks === undefined ? undefined : Number(tasks) };
  }
  return undefined;
}
