import { Command } from 'commander';
import { type Diagnosis, diagnose } from '../index.js';

/** `zerokara doctor`: which backend is used here, why, and what would make it faster. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Say which backend is used here, why, and what would make it faster.')
    .option('--json', 'print everything as JSON')
    .action(({ json }: { readonly json?: true }) => {
      const diagnosis = diagnose();
      console.log(json ? JSON.stringify(diagnosis, null, 2) : describe(diagnosis));
    });
}

/** The diagnosis as lines for people. */
function describe(diagnosis: Diagnosis): string {
  const { backend, reason, attempts, blas, threads, isa, cpu, environment, node, platform, advice } = diagnosis;
  const lines = [
    `backend   ${backend} (${reason})`,
    `node      ${node} on ${platform}`,
    `cpu       ${cpu.model}, ${cpu.cores} cores${cpu.isaSupported === undefined ? '' : `, level ${cpu.isaSupported}`}`,
  ];
  if (isa !== undefined) lines.push(`kernels   level ${isa}`, `threads   ${threads}`);
  if (blas !== undefined) {
    lines.push(
      `blas      ${blas.name}, kernels for ${blas.corename}, ${blas.threads} thread of its own (${blas.threading})`,
    );
    lines.push(`          ${blas.library}, linked ${blas.linkage === 'static' ? 'statically' : 'dynamically'}`);
    lines.push(`          ${blas.config}`);
    for (const addon of blas.sharedWith)
      lines.push(`          shared with ${addon}, which uses it on one thread as well`);
  }
  lines.push('', 'tried');
  for (const { tier, path, outcome } of attempts) lines.push(`  ${path ?? tier}: ${outcome}`);
  if (environment.length > 0) lines.push('', 'environment');
  for (const { name, value, meaning } of environment) lines.push(`  ${name}=${value}: it ${meaning}`);
  lines.push('', advice.length === 0 ? 'Nothing to do: this is as fast as it gets here.' : 'what to do');
  for (const sentence of advice) lines.push(`  ${sentence}`);
  return lines.join('\n');
}
