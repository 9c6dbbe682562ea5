/** Threads that call a module: what comes back, and that nothing thrown there ends this process. */

import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { startWorker } from '../../src/platform/calling-worker.js';
import type { CallingWorker } from '../../src/platform/platform.js';
import { runNode } from '../support/run-node.js';

const library = fileURLToPath(new URL('../../dist/index.mjs', import.meta.url));
const module = new URL('./called.mjs', import.meta.url).href;
let worker: CallingWorker;
afterEach(() => worker.end());

const start = (shared: unknown = {}): CallingWorker => {
  worker = startWorker(module, shared);
  return worker;
};

/** What the call rejects with. */
const thrownBy = (what: string): Promise<unknown> =>
  start()
    .call(what)
    .then(
      (value) => expect.unreachable(`it returned ${String(value)}`),
      (error: unknown) => error,
    );

describe('startWorker', () => {
  test('returns what the function returns, which has the shared argument last, call after call', async () => {
    const { call } = start({ numbers: [1, 2] });
    expect(await call('echo', 7)).toEqual(['echo', 7, { numbers: [1, 2] }]);
    expect(await call('echo')).toEqual(['echo', { numbers: [1, 2] }]);
  });

  test('an error keeps name, message, code and the stack that names its line; the next call goes on', async () => {
    const error = (await thrownBy('type')) as NodeJS.ErrnoException;
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'TypeError', message: 'not a number', code: 'OWN' });
    expect(error.stack).toMatch(/^TypeError: not a number\n.*called\.mjs:\d+/);
    expect(Object.keys(error)).toEqual(['code']);
    expect(await worker.call('echo', 1)).toEqual(['echo', 1, {}]);
  });

  test('whatever is thrown, it makes an error of it', async () => {
    const { call } = start();
    await expect(call('null')).rejects.toThrow(new Error('null'));
    await expect(call('text')).rejects.toThrow(new Error('a text'));
    await expect(call('number')).rejects.toThrow(new Error('7'));
    await expect(call('unreadable')).rejects.toThrow(new Error('something was thrown that cannot be read'));
    await expect(call('function')).rejects.toMatchObject({ name: 'DataCloneError' }); // what it returns cannot be sent
    expect(await call('echo')).toEqual(['echo', {}]);
  });

  test.each([
    ['null later', 'null'],
    ['error later', 'a timer threw'],
    ['rejection later', 'nobody awaits this'],
    ['exit', 'the Worker ended with code 3'],
  ])('after %s, which ends the thread, this and all later calls reject', async (what, message) => {
    await expect(start().call(what)).rejects.toThrow(message);
    await expect(worker.call('echo')).rejects.toThrow(message);
  });

  test('inputs that cannot be sent reject their call alone', async () => {
    await expect(start().call(() => {})).rejects.toMatchObject({ name: 'DataCloneError' });
    expect(await worker.call('echo')).toEqual(['echo', {}]);
  });

  test('a module that is missing, or has no such function, is told by each call', async () => {
    worker = startWorker(new URL('./missing.mjs', import.meta.url).href, {});
    await expect(worker.call('echo')).rejects.toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' });
    await expect(worker.call('echo')).rejects.toThrow('missing.mjs');
    await worker.end();
    worker = startWorker('data:text/javascript,export default 7', {});
    await expect(worker.call('echo')).rejects.toThrow('7 has no function as its default export');
  });

  test.skipIf(!existsSync(library))('runs in a program of --input-type=module, where text has no require', () => {
    const script = `
      import { randomSearch, uniform } from ${JSON.stringify(pathToFileURL(library).href)};
      const objective = new URL(${JSON.stringify(new URL('./called.mjs', import.meta.url).href)});
      const { best } = await randomSearch({ space: { rate: uniform(0, 1) }, trials: 2, seed: 1, objective });
      console.log(best.scores);
    `;
    const { stdout, stderr } = runNode(script, { flags: ['--input-type=module', '--max-old-space-size=500'] });
    expect(stdout, stderr).toBe('[ 0.5 ]');
  });
});
