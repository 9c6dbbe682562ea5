/** The environment of the measurements: without it they mean nothing. */

export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  /** Mean number of running processes over the last minute, before the bench began. */
  readonly load: number;
  readonly system: string;
  readonly node: string;
  /** The variables that affect BLAS libraries and this one, as the measured processes saw them. */
  readonly variables: Readonly<Record<string, string>>;
}

const RELEVANT = /^(OPENBLAS|ZEROKARA|OMP|GOTO|MKL|KMP|GOMP|DNNL|ONEDNN|ATEN)_|^NODE_OPTIONS$/;

/** The environment variables in a report. */
export function relevantVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const variables = Object.entries(env).filter(([name, value]) => RELEVANT.test(name) && value !== undefined);
  return Object.fromEntries(variables) as Record<string, string>;
}

export function environmentLines({ cpu, cores, load, system, node, variables }: Environment): string[] {
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return [
    `CPU        ${cpu}, ${cores} cores, load ${load.toFixed(2)} at the start`,
    `system     ${system}, Node ${node}`,
    `variables  ${set.length === 0 ? 'none of OPENBLAS_*, ZEROKARA_*, OMP_*, MKL_* is set' : set.join(' ')}`,
  ];
}
