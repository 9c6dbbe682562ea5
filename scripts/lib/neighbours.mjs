/**
 * Programs beside which the package is installed, and what each must say: those of examples/drop-in, which people copy,
 * and those of test/neighbours, which bring the tools that people have.
 *
 * `run` gets the installed copy and throws when something is not as it should be; what it returns is shown. Where the
 * packed binary is in reach, the backend must be native.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { platformName } from './platform.mjs';

const XOR = ['backend native', 'xor 0 1 1 0'];

/**
 * @typedef {object} Place
 * @property {string} folder the program, with its packages installed
 * @property {string} tarball the package
 * @property {(command: string, args: string[], options?: { cwd?: string, env?: object }) => string} say the output of a
 *   program that must end with 0
 * @property {string} elsewhere an empty folder with no packages in reach
 */

/** @type {{ name: string, folder: string, run: (place: Place) => string | Promise<string> }[]} */
export const NEIGHBOURS = [
  {
    name: 'commonjs',
    folder: 'examples/drop-in/commonjs',
    run: ({ say }) => expectLines(say('npm', ['start', '--silent']), XOR),
  },
  {
    name: 'esm',
    folder: 'examples/drop-in/esm',
    run: ({ say }) => expectLines(say('npm', ['start', '--silent']), XOR),
  },
  {
    name: 'worker',
    folder: 'examples/drop-in/worker',
    run({ say }) {
      const lines = say('npm', ['start', '--silent']).split('\n');
      const last = lines[lines.length - 1];
      expect(lines.filter((line) => line.endsWith('backend native')).length === 4, lines);
      expect(Number(/^best accuracy ([\d.]+)$/.exec(last)?.[1]) > 0.95, lines);
      return last;
    },
  },
  {
    name: 'typescript',
    folder: 'examples/drop-in/typescript',
    run: ({ say }) =>
      expectLines(say('npm', ['start', '--silent']), ['backend native', 'loss below 0.01 after 1000 epochs']),
  },
  {
    name: 'bundle',
    folder: 'examples/drop-in/bundle',
    run({ folder, say, elsewhere }) {
      say('npm', ['run', 'build', '--silent']);
      // Only out/ is shipped: away from every node_modules, and once without the native file.
      fs.cpSync(path.join(folder, 'out'), elsewhere, { recursive: true });
      const bundles = ['cjs/app.cjs', 'esm/app.mjs'].map((file) => path.join(elsewhere, file));
      for (const bundle of bundles) {
        expectLines(say(process.execPath, [bundle], { cwd: elsewhere }), XOR);
        fs.rmSync(path.join(path.dirname(bundle), 'zerokara.node'));
        expectLines(say(process.execPath, [bundle], { cwd: elsewhere }), ['backend wasm', XOR[1]]);
      }
      return 'native with the file beside it, wasm without';
    },
  },
  { name: 'server', folder: 'examples/drop-in/server', run: runServer },
  { name: 'bundlers', folder: 'test/neighbours/bundlers', run: runBundlers },
  {
    name: 'jest',
    folder: 'test/neighbours/jest',
    run({ say }) {
      say('npm', ['test', '--silent']);
      return "arrays of Jest's realm and of Node's are taken alike";
    },
  },
  {
    name: 'borders',
    folder: 'test/neighbours/borders',
    run: ({ say }) =>
      expectLines(say('npm', ['run', 'worker', '--silent']), ['worker true', 'json true', 'silent true']),
  },
  {
    name: 'copies',
    folder: 'test/neighbours/borders',
    run({ folder, say, tarball }) {
      const dependency = path.join(folder, 'dependency');
      fs.mkdirSync(dependency);
      fs.writeFileSync(path.join(dependency, 'package.json'), '{ "private": true }');
      say('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', tarball], { cwd: dependency });
      return expectLines(say('npm', ['run', 'copies', '--silent']), ['two copies true', XOR[1]]);
    },
  },
];

/** What every bundler makes is run away from every node_modules: with the native file beside it, and without. */
function runBundlers({ folder, say, elsewhere }) {
  say('npm', ['run', 'build', '--silent']);
  fs.cpSync(path.join(folder, 'out'), elsewhere, { recursive: true });
  const native = path.join(folder, 'node_modules/zerokara/prebuilds', platformName(), 'zerokara.node');
  const bundles = fs.readdirSync(elsewhere);
  expect(bundles.length === 6, bundles);
  for (const bundle of bundles) {
    const cwd = path.join(elsewhere, bundle);
    const program = fs.readdirSync(cwd).find((name) => name.startsWith('app.'));
    const answers = (backend) => [`backend ${backend}`, XOR[1], 'json true', 'DataError ZK_DATA'];
    expectLines(say(process.execPath, [program], { cwd }), answers('wasm'));
    fs.copyFileSync(native, path.join(cwd, 'zerokara.node'));
    expectLines(say(process.execPath, [program], { cwd }), answers('native'));
  }
  return bundles.join(', ');
}

/** The server in one process, its client in another; then Ctrl-C while it trains. */
async function runServer({ folder, say }) {
  const server = spawn(process.execPath, ['server.js'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let said = '';
    server.stdout.setEncoding('utf8').on('data', (text) => (said += text));
    while (!said.includes('\n')) await once(server.stdout, 'data', { signal: AbortSignal.timeout(30_000) });
    const address = /listening at (\S+), backend native/.exec(said)?.[1];
    expect(address !== undefined, said);

    const lines = say(process.execPath, ['load.js', address]).split('\n');
    expect(/^idle: /.test(lines[0]) && lines[2] === 'cancelled while running: true', lines);
    expect(Number(/accuracy ([\d.]+)$/.exec(lines[3])?.[1]) > 0.9, lines);
    // A slice and a step take about 10 ms. The bound leaves room for a machine with much other work, where p99 is 100 ms
    // also when nothing trains; a loop that does not yield would not answer before its 10,000 epochs are over.
    expect(Number(/^training: .*p99 ([\d.]+) ms/.exec(lines[1])?.[1]) < 5000, lines);

    const again = await fetch(`${address}/training`, { method: 'POST' });
    expect(again.status === 202, again.status);
    expect((await fetch(`${address}/training`, { method: 'POST' })).status === 409, 'a second training');
    server.kill('SIGINT');
    // Not at its exit: what it said last may come after that.
    const [code] = await once(server, 'close', { signal: AbortSignal.timeout(10_000) });
    expect(code === 0 && said.includes('saved model.safetensors'), `${code} ${said}`);
    expect(fs.existsSync(path.join(folder, 'model.safetensors')), 'no model.safetensors');
    return lines.slice(0, 2).join('; ');
  } finally {
    server.kill('SIGKILL');
  }
}

function expectLines(output, lines) {
  expect(output === lines.join('\n'), output);
  return lines.join(', ');
}

function expect(condition, found) {
  if (!condition) throw new Error(`unexpected: ${JSON.stringify(found)}`);
}
