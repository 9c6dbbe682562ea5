/** Paths that lead to something other than a regular file: nothing is read from them, and no rename replaces them. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import { writeFileAtomic } from '../../src/io/atomic-file.js';
import { loadTensors } from '../../src/io/load-tensors.js';
import { readFile } from '../../src/io/read-file.js';
import { platform } from '../../src/platform/node.js';
import type { Files } from '../../src/platform/platform.js';

const POSIX = process.platform !== 'win32';
const LINUX = process.platform === 'linux';
const LIBRARY = resolve(import.meta.dirname, '../../dist/index.js');

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'zerokara-special-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = new TextEncoder().encode('new');

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as Error).message;
}

/** Asserts that a save is refused, and that the thing is what and where it was and nothing lies beside it. */
async function expectUntouched(path: string, what: string): Promise<void> {
  const before = lstatSync(path);
  const beside = readdirSync(folder);
  expect(await messageOf(writeFileAtomic(path, [bytes], 'Network.save'))).toBe(
    `Network.save: ${path} ${what}; expected a regular file, or a name that is free`,
  );
  const after = lstatSync(path);
  expect([after.ino, after.mode, after.rdev]).toEqual([before.ino, before.mode, before.rdev]);
  expect(readdirSync(folder)).toEqual(beside);
}

describe.runIf(POSIX)('FOUND G3, L2: saving replaces regular files only', () => {
  test.runIf(LINUX)('a device node stays', async ({ skip }) => {
    const path = join(folder, 'null');
    // Root may make one, and in a container not always.
    if (spawnSync('mknod', [path, 'c', '1', '3']).status !== 0) skip('no device can be made here');
    await expectUntouched(path, 'is a device');
  });

  test('/dev/null stays', async () => {
    await expectUntouched('/dev/null', 'is a device');
  });

  test('a pipe stays', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    await expectUntouched(path, 'is a pipe');
  });

  test('a socket stays', async () => {
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await new Promise((done) => server.once('listening', done));
    await expectUntouched(path, 'is a socket');
    server.close();
  });

  test('a folder stays, even at the end of a link', async () => {
    mkdirSync(join(folder, 'folder'));
    symlinkSync('folder', join(folder, 'link'));
    await expectUntouched(join(folder, 'folder'), 'is a folder');
    await expectUntouched(join(folder, 'link'), 'is a folder');
  });

  test('a dangling link stays', async () => {
    symlinkSync('nowhere', join(folder, 'link'));
    await expectUntouched(join(folder, 'link'), 'is a symbolic link to nowhere, which does not exist');
  });

  test('a link to a link to a file is followed, and all links stay', async () => {
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'a'), 'old');
    symlinkSync('real/a', join(folder, 'first'));
    symlinkSync(join(folder, 'first'), join(folder, 'second'));
    await writeFileAtomic(join(folder, 'second'), [bytes]);
    expect(readFileSync(join(folder, 'real', 'a'), 'utf8')).toBe('new');
    expect([readlinkSync(join(folder, 'first')), readlinkSync(join(folder, 'second'))]).toEqual([
      'real/a',
      join(folder, 'first'),
    ]);
    expect(readdirSync(join(folder, 'real'))).toEqual(['a']);
  });

  test('a link that leads to itself is reported as the system reports it', async () => {
    symlinkSync('loop', join(folder, 'loop'));
    expect(await messageOf(writeFileAtomic(join(folder, 'loop'), [bytes]))).toBe(
      `writeFileAtomic: ${join(folder, 'loop')} cannot be written (ELOOP: too many symbolic links encountered); expected a file in a folder that exists and may be written to`,
    );
  });

  test.runIf(LINUX)('a new name in a folder of devices is refused', async () => {
    expect(await messageOf(writeFileAtomic('/dev/zerokara-no-such-device', [bytes], 'Network.save'))).toBe(
      'Network.save: /dev/zerokara-no-such-device lies in /dev, which belongs to the system; expected a regular file, or a name that is free',
    );
  });

  test('a pipe with the name of a stale file stays', async () => {
    const { host } = platform.files.process;
    const name = `.net.${host}-${2 ** 22 + 1}-0123456789abcdef.tmp`;
    execFileSync('mkfifo', [join(folder, name)]);
    await writeFileAtomic(join(folder, 'net'), [bytes]);
    expect(readdirSync(folder)).toEqual([name, 'net']);
  });

  test.runIf(LINUX)('an open file of the process stays, of any kind: /dev/stdout, /dev/fd, links to them', async () => {
    const open = openSync(join(folder, 'open'), 'w');
    symlinkSync(`/proc/self/fd/${open}`, join(folder, 'link'));
    for (const path of [`/dev/fd/${open}`, `/proc/self/fd/${open}`, join(folder, 'link')]) {
      expect(await messageOf(writeFileAtomic(path, [bytes], 'Network.save'))).toBe(
        `Network.save: ${path} lies in /proc/${process.pid}/fd, which belongs to the system; expected a regular file, or a name that is free`,
      );
    }
    closeSync(open);
    expect(readFileSync(join(folder, 'open'), 'utf8')).toBe('');
    expect(readdirSync(folder).sort()).toEqual(['link', 'open']);

    // With its output sent to a regular file, /dev/stdout leads to one.
    const program = `const { TwoLayerNet } = require(${JSON.stringify(LIBRARY)});
      new TwoLayerNet({ inputSize: 1, hiddenSize: 1, outputSize: 2, backend: 'js' }).save('/dev/stdout')
        .then(() => console.error('saved'), (error) => console.error(error.name, error.message));`;
    const output = openSync(join(folder, 'output'), 'w');
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', output, 'pipe'] });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    await new Promise((done) => child.once('close', done));
    closeSync(output);
    expect(said).toBe(
      'DataError TwoLayerNet.save: /dev/stdout lies in /dev, which belongs to the system; expected a regular file, or a name that is free\n',
    );
    expect(existsSync(join(folder, 'output'))).toBe(true);
    expect(readFileSync(join(folder, 'output'), 'utf8')).toBe('');
  });
});

describe.runIf(POSIX)('FOUND L3: only regular files are read', () => {
  test('an endless device is refused at once', async () => {
    expect(await messageOf(loadTensors('/dev/zero'))).toBe(
      'loadTensors: /dev/zero is a device; expected a safetensors file',
    );
  });

  test('a pipe that nobody writes to does not keep the program waiting', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    expect(await messageOf(readFile('loadMnist', path))).toBe(`loadMnist: ${path} is a pipe; expected a regular file`);
  });

  test('a device is not opened, and one that has taken the place of a file is not read', async () => {
    let opened = 0;
    let closed = 0;
    const files: Files = {
      ...platform.files,
      async openToRead(at) {
        opened++;
        const file = await platform.files.openToRead(at);
        return {
          ...file,
          close: async () => {
            closed++;
            await file.close();
          },
        };
      },
    };
    const refusal = 'f: /dev/zero is a device; expected a regular file';
    expect(await messageOf(readFile('f', '/dev/zero', undefined, { files }))).toBe(refusal);
    expect(opened).toBe(0);
    writeFileSync(join(folder, 'a'), 'text');
    const status = await platform.files.status(join(folder, 'a'));
    const late: Files = { ...files, status: async () => status };
    expect(await messageOf(readFile('f', '/dev/zero', undefined, { files: late }))).toBe(refusal);
    await readFile('f', join(folder, 'a'), undefined, { files });
    expect([opened, closed]).toEqual([2, 2]);
  });

  test('a folder is not a regular file', async () => {
    expect(await messageOf(readFile('f', folder, 'a file written by save'))).toBe(
      `f: ${folder} is a folder; expected a file written by save`,
    );
  });

  test('a missing file is reported with the reason', async () => {
    const path = join(folder, 'missing');
    expect(await messageOf(readFile('f', path))).toBe(`f: ${path} cannot be read (ENOENT: no such file or directory)`);
  });
});
