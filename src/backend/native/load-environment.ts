/**
 * Variables of the environment for the moment in which OpenBLAS is loaded: it reads them once, and programs started
 * later should not inherit them.
 */

/**
 * Runs `load` with these variables set, and gives them their earlier values again. In a Worker, whose process.env is a
 * copy, it has no effect on C code.
 */
export function withEnvironment(variables: Readonly<Record<string, string>>, load: () => void): void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    load();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
