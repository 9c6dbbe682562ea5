/** `zerokara playground` as it is run: the built program in a process of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const program = resolve(import.meta.dirname, '../../dist/cli/zerokara.js');

/** Starts the server and waits for the line that tells its address. */
async function start(...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [program, 'playground', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, line };
}

async function end(child: ChildProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<unknown> {
  child.kill(signal);
  return (await once(child, 'exit'))[0];
}

describe.skipIf(!existsSync(program))('zerokara playground', () => {
  test('serves the pages and ends on Ctrl-C, with a connection open', async () => {
    const { child, line } = await start();
    expect(line).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
    const answer = await fetch(line.trim());
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(await answer.text()).toContain('<title>Points');
    expect(await end(child, 'SIGINT')).toBe(130);
  });

  test('prints address and port as JSON, and takes the port that it is given', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = spawnSync(process.execPath, [program, 'playground', '--port', String(port)], { encoding: 'utf8' });
    expect([taken.status, taken.stdout, taken.stderr]).toEqual([
      1,
      '',
      `zerokara: playground: --port is ${port}, which another program uses; expected a free port. Leave --port out to take any\n`,
    ]);
    other.close();
    await once(other, 'close');
    const { child, line } = await start('--json', '--port', String(port));
    expect(JSON.parse(line)).toEqual({ address: `http://127.0.0.1:${port}/`, port });
    expect(await end(child, 'SIGTERM')).toBe(143);
  });

  test.each([
    [['--port', '65536'], 'zerokara: playground: --port is 65536; expected an integer in [0, 65535]\n'],
    [['--port', '1.5'], 'zerokara: playground: --port is 1.5; expected an integer in [0, 65535]\n'],
    [['--port', 'http'], "error: option '--port <n>' argument 'http' is invalid. expected a number\n"],
    [['here'], "error: too many arguments for 'playground'. Expected 0 arguments but got 1.\n"],
  ])('refuses %j', (args, message) => {
    const run = spawnSync(process.execPath, [program, 'playground', ...args], { encoding: 'utf8', timeout: 30_000 });
    expect(run.stderr).toContain(message);
    expect([run.status, run.stdout]).toEqual([1, '']);
  });
});
