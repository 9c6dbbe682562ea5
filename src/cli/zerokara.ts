/** The command `zerokara`: names its subcommands and turns errors of the library into one line. */

import { Command } from 'commander';
import { version } from '../../package.json';
import { ZerokaraError } from '../index.js';
import { benchCommand } from './bench.js';
import { buildCommand } from './build.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { exportCommand } from './export.js';
import { inspectCommand } from './inspect.js';
import { endWithReader } from './interruption.js';
import { playgroundCommand } from './playground.js';
import { predictCommand } from './predict.js';
import { searchCommand } from './search.js';
import { trainCommand } from './train.js';
import { adviseOn } from './usage-errors.js';

endWithReader();

const program = new Command('zerokara')
  .description('Trains small neural networks at BLAS speed.')
  .version(version)
  .showHelpAfterError('(zerokara --help lists the commands)')
  .addCommand(trainCommand())
  .addCommand(evaluateCommand())
  .addCommand(predictCommand())
  .addCommand(inspectCommand())
  .addCommand(exportCommand())
  .addCommand(searchCommand())
  .addCommand(doctorCommand())
  .addCommand(buildCommand())
  .addCommand(benchCommand())
  .addCommand(playgroundCommand())
  .addHelpText(
    'after',
    `
exit status: 0 done · 1 a mistake in the input, or a failure, with one sentence that says which · 128 + n ended by signal n:
129 SIGHUP, 130 SIGINT (Ctrl-C), 143 SIGTERM, 141 the output is no longer read; train stops and saves before it ends this way`,
  );

for (const command of program.commands) adviseOn(command);

program.parseAsync().catch((error: unknown) => {
  // A mistake in the input, or a refusal of the system, is reported by its message alone; anything else is a defect and shows where it
  // happened.
  console.error(isOfSystem(error) || error instanceof ZerokaraError ? `zerokara: ${error.message}` : error);
  process.exitCode = 1;
});

/** Whether the system has refused something, e.g. the name of a working folder that has been removed. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  const { errno, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return typeof errno === 'number' && typeof syscall === 'string';
}
