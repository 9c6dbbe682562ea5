/**
 * Runs programs one after another in one process, each when the one before has nothing left to do: loading the library takes
 * longer than most programs. Prints what they print, each behind its name in a line of its own.
 *
 * usage: node run-programs.cjs <program.cjs> …   in the folder of the programs
 */
const path = require('node:path');

const programs = process.argv.slice(2);

function next() {
  const program = programs.shift();
  if (program === undefined) return;
  console.log(`\0${path.basename(program, '.cjs')}`);
  require(path.resolve(program));
  setImmediate(() => {}); // without anything to do since the last time, beforeExit does not come again
}

// Comes whenever the process has nothing left to do, so after each program.
process.on('beforeExit', next);
next();
