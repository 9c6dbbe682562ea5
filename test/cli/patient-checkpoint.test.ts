import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { patientCheckpoint } from '../../src/cli/patient-checkpoint.js';
import { Dataset, StateError, Trainer, TwoLayerNet } from '../../src/index.js';
import { writerOf } from '../support/writer.js';

let folder: string;
const warnings: string[] = [];
const { exitCode } = process;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zerokara-patient-'));
  warnings.length = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  process.exitCode = exitCode;
});

/** Trains for four epochs, in which the states of some cannot be written: their names are those of folders. */
async function trainWithout(...epochs: readonly number[]): Promise<() => void> {
  const before = process.listeners('exit');
  const checkpoint = patientCheckpoint(folder, (warning) => warnings.push(warning));
  const [atExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
  process.removeListener('exit', atExit!);
  for (const epoch of epochs) mkdirSync(statePath(epoch));
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, backend: 'js', seed: 1 });
  const train = Dataset.from({ x: [[0, 1], [1, 0]], labels: [0, 1] }); // biome-ignore format: rows
  await new Trainer(net, { train, epochs: 4, seed: 1, callbacks: [checkpoint] }).fit();
  return () => atExit!(0);
}

const statePath = (epoch: number): string => join(folder, `epoch-${epoch}.safetensors`);
const goesOn = (epoch: number): string =>
  `${statePath(epoch)} is a folder; the training goes on, and the next epoch is written again`;

test('goes on after a state that cannot be written, tells it once, and writes the next that can be', async () => {
  const atExit = await trainWithout(2, 3);
  atExit();
  expect(warnings).toEqual([goesOn(2)]);
  expect(process.exitCode).toBe(exitCode);
  expect(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name),
  ).toEqual(['epoch-1.safetensors', 'epoch-4.safetensors']);
});

test('the process fails where the last state is missing', async () => {
  const atExit = await trainWithout(4);
  process.exitCode = undefined;
  atExit();
  expect(warnings).toEqual([goesOn(4), `${folder} lacks the last epochs: ${statePath(4)} is a folder`]);
  expect(process.exitCode).toBe(1);
});

test('a signal that has ended the run stays the status', async () => {
  const atExit = await trainWithout(4);
  process.exitCode = 130;
  atExit();
  expect(process.exitCode).toBe(130);
});

// Both have found the folder free; the second has written its flags over those of the first, which is told by the process that
// started this one.
test.skipIf(process.platform !== 'linux')('a run ends before it writes into the folder of another one', async () => {
  writeFileSync(join(folder, 'train.json'), JSON.stringify({ writer: writerOf(process.ppid) }));
  const training = trainWithout();
  await expect(training).rejects.toThrow(StateError);
  await expect(training).rejects.toThrow(`train: process ${process.ppid} is writing into ${folder}; `);
  expect(readdirSync(folder)).toEqual(['train.json']);
});
