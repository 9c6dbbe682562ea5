/** The addon in Workers, each test in a separate process: what goes wrong here ends the process. */

import { describe, expect, test } from 'vitest';
import { addonFile } from '../../support/addon.js';
import { LONG } from '../../support/long.js';
import { runNode } from '../../support/run-node.js';

const path = addonFile();

/** Loads the addon of process.argv[1] or workerData in any thread. */
const OPEN = `
  const workers = require('node:worker_threads');
  function open(file) {
    const holder = { exports: {} };
    process.dlopen(holder, file);
    holder.exports.initialize((operation) => new Error(operation + ' refused'));
    return holder.exports;
  }
`;

/** Products and losses whose bits are summed up, over and over. */
const WORK = `${OPEN}
  function checksum(addon, rounds) {
    const random = (() => { let s = 7; return () => (s = (s * 16807) % 2147483647) / 2147483647 - 0.5; })();
    const a = Float32Array.from({ length: 100 * 784 }, random);
    const b = Float32Array.from({ length: 784 * 50 }, random);
    const c = new Float32Array(100 * 50);
    const labels = new Int32Array(100).map((_, i) => i % 50);
    let sum = 0;
    for (let i = 0; i < rounds; i++) {
      addon.gemm(false, false, 100, 50, 784, 1 + i, a, 784, b, 50, 0, c, 50);
      addon.activation(c, c, 5000, 2);
      sum += addon.softmaxCrossEntropy(c, c, labels, null, 100, 50, 0.01) + addon.sumOfSquares(c, 5000);
    }
    return sum;
  }
`;

/** How often two Workers are started and terminated. */
const PAIRS = LONG ? 50 : 10;

describe.skipIf(path === undefined)('the addon in Workers', () => {
  test('two Workers and the main thread compute the same bits at the same time', () => {
    const { status, signal, stdout, stderr } = runNode(
      `${WORK}
      const file = process.argv[1];
      const text = ${JSON.stringify(WORK)} + 'workers.parentPort.postMessage(checksum(open(workers.workerData), 300))';
      const results = [1, 2].map(() => new Promise((resolve, reject) =>
        new workers.Worker(text, { eval: true, workerData: file }).on('message', resolve).on('error', reject)));
      const own = checksum(open(file), 300);
      Promise.all(results).then((others) => console.log(others.every((sum) => Object.is(sum, own)), Number.isFinite(own)));`,
      { argv: [path!] },
    );
    expect({ status, signal, stdout, stderr }).toEqual({ status: 0, signal: null, stdout: 'true true', stderr: '' });
  });

  test(`${2 * PAIRS} Workers may be terminated in the middle of calls, good and refused`, () => {
    const { status, signal, stdout, stderr } = runNode(
      `${WORK}
      const text = ${JSON.stringify(WORK)} + \`
        const addon = open(workers.workerData);
        const x = new Float32Array(4);
        workers.parentPort.postMessage('running');
        for (;;) {
          checksum(addon, 1);
          for (let i = 0; i < 100; i++) try { addon.sumOfSquares(x, 5); } catch {}
        }\`;
      (async () => {
        const main = open(process.argv[1]);
        for (let i = 0; i < ${PAIRS}; i++) {
          await Promise.all([1, 2].map((n) => new Promise((resolve, reject) => {
            const worker = new workers.Worker(text, { eval: true, workerData: process.argv[1] });
            worker.on('error', reject);
            worker.on('message', () => setTimeout(() => worker.terminate().then(resolve), n * i % 7));
          })));
        }
        console.log(main.sumOfSquares(new Float32Array([3, 4]), 2));
      })();`,
      { argv: [path!] },
    );
    expect({ status, signal, stdout, stderr }).toEqual({ status: 0, signal: null, stdout: '25', stderr: '' });
  });

  test('a child process can be started after products were computed', () => {
    const { stdout } = runNode(
      `${WORK}
      checksum(open(process.argv[1]), 10);
      const { spawnSync } = require('node:child_process');
      let ok = 0;
      for (let i = 0; i < 20; i++) ok += spawnSync(process.execPath, ['--version']).status === 0;
      console.log(ok);`,
      { argv: [path!] },
    );
    expect(stdout).toBe('20');
  });

  test('JavaScript keeps its denormal numbers: the addon does not set flush-to-zero', () => {
    const { stdout } = runNode(
      `${WORK}
      checksum(open(process.argv[1]), 10);
      console.log(5e-324 * 1 > 0, 2 ** -1074 / 1);`,
      { argv: [path!] },
    );
    expect(stdout).toBe('true 5e-324');
  });
});
