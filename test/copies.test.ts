/** Two copies of the package in one program: what one makes is taken by the other, or the error says what is wrong. */

import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runNode } from './support/run-node.js';

const root = resolve(import.meta.dirname, '..');
let folder: string;
/** Packages: `same` has our version, `older` calls itself 0.0.1. */
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'zerokara-copies-')));
  for (const name of ['same', 'older']) {
    cpSync(join(root, 'dist'), join(at(name), 'dist'), { recursive: true });
    cpSync(join(root, 'package.json'), join(at(name), 'package.json'));
  }
  const file = join(at('older'), 'dist', 'library.js');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(VERSION = )"\d+\.\d+\.\d+"/, '$1"0.0.1"'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a program says that has our copy as `ours` and another as `theirs`. */
function say(name: string, program: string): string[] {
  const script = `const ours = require(${JSON.stringify(join(root, 'dist'))});
    const theirs = require(${JSON.stringify(join(at(name), 'dist'))});
    if (ours.Dataset === theirs.Dataset) throw new Error('one copy');
    const attempt = (f) => { try { return f(); } catch (error) { return error.name + ' ' + error.message; } };
    ${program}`;
  const { stdout, stderr } = runNode(script, { argv: [folder], env: { ZEROKARA_BACKEND: 'js' } });
  expect(stderr).toBe('');
  return stdout.split('\n');
}

test('FOUND C5: a copy of the same version works as if it were one', () => {
  expect(
    say(
      'same',
      `const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
       const run = (a, b, c) => {
         const train = a.Dataset.from({ x: a.Tensor.from(x), labels: [0, 1, 1, 0] });
         const net = new b.TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2, seed: 1 });
         const trainer = new c.Trainer(net, { train, test: train, steps: 20, seed: 1 });
         return [...trainer.fitSync().losses, net.loss(train), net.loss(train.toTensors().x, [0, 1, 1, 0])].join();
       };
       const alone = run(ours, ours, ours);
       console.log([[theirs, ours, ours], [ours, theirs, ours], [ours, ours, theirs], [theirs, theirs, ours]]
         .map((copies) => run(...copies) === alone));
       const dict = new theirs.TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2, seed: 2 }).stateDict();
       const net = new ours.TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2, seed: 1 });
       net.loadStateDict(dict);
       console.log(net.params.W1.toArray().join() === dict.W1.toArray().join());
       console.log(ours.Tensor.from(theirs.Tensor.from([1, 2])).add(theirs.Tensor.from([3, 4])).toArray());
       console.log(new ours.Sequential([new theirs.Rescaling({ scale: 1 / 255 }), new theirs.Affine({ inputSize: 2, outputSize: 2 })]).byteScale);`,
    ),
  ).toEqual(['[ true, true, true, true ]', 'true', '[ 4, 6 ]', '1']);
});

test('FOUND C5: a run over a network of another copy is saved with its description, and resumed without it', () => {
  expect(
    say(
      'same',
      `const train = ours.Dataset.from({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [0, 1, 1, 0] });
       const net = new theirs.TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2, seed: 1 });
       const path = process.argv[1] + '/run.safetensors';
       const trainer = new ours.Trainer(net, { train, steps: 4, seed: 1 });
       trainer.fitSync();
       trainer.save(path)
         .then(() => ours.Trainer.resume(path, { train }))
         .then((resumed) => console.log(resumed.step, resumed.net.params.W1.toArray().join() === net.params.W1.toArray().join()));`,
    ),
  ).toEqual(['4 true']);
});

test('FOUND C5: of a copy of another version, tensors are numbers, and a data set is refused with both places', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(
    say(
      'older',
      `const train = theirs.Dataset.from({ x: [[0, 1]], labels: [1] });
       const net = new ours.TwoLayerNet({ inputSize: 2, hiddenSize: 4, outputSize: 2 });
       console.log(attempt(() => new ours.Trainer(net, { train, steps: 1 })));
       console.log(ours.Tensor.from(theirs.Tensor.from([1, 2])).add(theirs.Tensor.from([3, 4])).toArray());`,
    ),
  ).toEqual([
    `ArgumentError Trainer: train is a Dataset of zerokara 0.0.1 in ${at('older')}; expected a Dataset of zerokara ${version} in ${root}. Two copies are loaded; npm ls zerokara shows which packages require them`,
    '[ 4, 6 ]',
  ]);
});
