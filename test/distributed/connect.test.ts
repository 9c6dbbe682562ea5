import { expect, test } from 'vitest';
import { launchedBy } from '../../src/distributed/mpi/launcher.js';
import { Dataset, DatasetStream, Distributed, Trainer, TwoLayerNet } from '../../src/index.js';
import { whyNoMpi } from '../support/mpi.js';
import { runNode } from '../support/run-node.js';

const why = whyNoMpi();

test('without a launcher a process is rank 0 of 1', async () => {
  const distributed = await Distributed.connect();
  expect(distributed).toMatchObject({ rank: 0, size: 1, localRank: 0, localSize: 1, deterministic: false });
  expect(String(distributed)).toBe('Distributed: rank 0 of 1');
  await distributed.barrier();
  await distributed.close();
});

test('a launcher is recognised by what it sets', () => {
  expect(launchedBy({})).toBeUndefined();
  expect(launchedBy({ SLURM_NTASKS: '4' })).toBeUndefined();
  expect(launchedBy({ OMPI_COMM_WORLD_SIZE: '4' })).toEqual({ by: 'OMPI_COMM_WORLD_SIZE', size: 4 });
  expect(launchedBy({ PMI_SIZE: '2', PMI_RANK: '1' })).toEqual({ by: 'PMI_SIZE', size: 2 });
  expect(launchedBy({ PMIX_RANK: '1', SLURM_STEP_NUM_TASKS: '8' })).toEqual({ by: 'PMIX_RANK', size: 8 });
  expect(launchedBy({ PMIX_RANK: '1' })).toEqual({ by: 'PMIX_RANK', size: undefined });
});

test('a launcher without the addon is an error with the line to type', () => {
  const script =
    "require('./dist/index.js').Distributed.connect().catch((e) => console.log(e.name + ': ' + e.message))";
  const env = { OMPI_COMM_WORLD_SIZE: '2', ZEROKARA_MPI_ADDON: '/nowhere/zerokara-mpi.node' };
  expect(runNode(script, { env }).stdout).toBe(
    'BackendError: Distributed.connect: OMPI_COMM_WORLD_SIZE says that MPI has started this process, and the MPI addon cannot be used (/nowhere/zerokara-mpi.node: no such file); expected the one that was built against the MPI of this machine. Build it: npx zerokara build --mpi (Debian and Ubuntu: apt-get install libopenmpi-dev openmpi-bin)',
  );
});

test.skipIf(why !== undefined)('an MPI that cannot begin is the same error at each call', () => {
  const connect = `const { Distributed } = require('./dist/index.js');
    const tell = (e) => console.log(e.name + ': ' + e.message);
    Distributed.connect().catch(tell).then(() => Distributed.connect()).catch(tell);`;
  const env = { OMPI_COMM_WORLD_SIZE: '3' };
  const mismatch = runNode(connect, { env }).stdout.split('\n');
  expect(mismatch[0]).toMatch(
    /^BackendError: Distributed\.connect: OMPI_COMM_WORLD_SIZE says that 3 processes were started, and the MPI of the addon sees 1 \(.+\); expected the launcher of the MPI that the addon was built against\. Start with the mpirun of that MPI, or build the addon again with the other mpicc first on the PATH: npx zerokara build --mpi$/,
  );
  expect(mismatch[1]).toBe(mismatch[0]);
  const begun = `const holder = { exports: {} };
    process.dlopen(holder, require('node:path').resolve('build/Release/zerokara-mpi.node'));
    holder.exports.begin();
    ${connect}`;
  const message =
    'BackendError: Distributed.connect: OMPI_COMM_WORLD_SIZE says that MPI has started this process, and it could not begin (begin: MPI begins once in a process); expected a process in which nothing else has begun MPI. Start with the mpirun of the MPI that the addon was built against';
  expect(runNode(begun, { env }).stdout.split('\n').slice(0, 2)).toEqual([message, message]);
});

test('options are checked', async () => {
  await expect(Distributed.connect({ bucketBytes: 0 })).rejects.toThrow(
    'Distributed.connect: bucketBytes is 0; expected an integer of at least 1',
  );
  await expect(Distributed.connect({ deterministic: 1 as unknown as boolean })).rejects.toThrow(
    'Distributed.connect: deterministic is 1; expected true or false',
  );
  await expect(Distributed.connect({ deterministic: true, synchronizeBatchNormalization: true })).rejects.toThrow(
    'Distributed.connect: deterministic and synchronizeBatchNormalization are both true; expected one of them: with deterministic a rank computes parts of a batch one after another, so that no layer has the statistics of all',
  );
});

test('a Trainer takes what connect returned, and a data set', async () => {
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2, seed: 1 });
  const train = Dataset.from({
    x: [
      [1, 2],
      [3, 4],
    ],
    labels: [0, 1],
  });
  expect(() => new Trainer(net, { train, steps: 1, distributed: {} as Distributed })).toThrow(
    'Trainer: distributed is an Object; expected await Distributed.connect()',
  );
  const stream = DatasetStream.from(async function* () {}, { inputSize: 2, classes: 2 });
  const distributed = await Distributed.connect({ deterministic: true });
  expect(() => new Trainer(net, { train: stream, steps: 1, distributed })).toThrow(
    'Trainer: train is a DatasetStream, and the ranks are deterministic; expected a Dataset: which rows of a stream a batch has depends on the number of ranks. Connect without deterministic',
  );
});

test('one process trains to the same bits with it as without', async () => {
  const distributed = await Distributed.connect();
  const runs = [{}, { distributed }].map((more) => {
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 5, outputSize: 2, seed: 1 });
    const x = Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(i)]);
    const train = Dataset.from({ x, labels: x.map(([a]) => (a! > 0 ? 1 : 0)), classes: 2 });
    const history = new Trainer(net, { train, test: train, epochs: 3, batchSize: 7, seed: 1, ...more }).fitSync();
    return [
      Array.from(history.losses),
      history.epochs.map(({ seconds: _, ...record }) => record),
      net.params.W1.toArray(),
    ];
  });
  expect(runs[1]).toEqual(runs[0]);
});
