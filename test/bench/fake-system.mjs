/** A system of the bench that computes nothing: `node fake-system.mjs <log> <folder> <kind>`. */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [log, , kind] = process.argv.slice(2);
const say = (reply) => console.log(JSON.stringify(reply));

if (kind === 'absent') say({ error: 'its library is not installed' });
else {
  console.log('a library may print what it likes');
  say({ ready: true, versions: `${kind} 1.0`, workloads: ['step', 'step/by-hand', 'unknown'] });
  for await (const line of createInterface({ input: process.stdin })) {
    appendFileSync(log, `${kind}: ${line}\n`);
    const [command, workload] = line.split(' ');
    if (command === 'check') say({ values: [kind === 'wrong' ? 9 : 1] });
    else if (kind === 'crash' && workload === 'step') {
      console.error('Segmentation fault');
      process.exit(1);
    } else say({ median: kind === 'slow' ? 200 : 100, min: 90, iterations: 5 });
  }
}
