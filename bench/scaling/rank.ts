/**
 * A rank of the library: `node rank.js <job folder> alone|distributed`. It trains with a Trainer, as a user would.
 *
 * Lines of the bench: `check <steps>` gives the losses of the first steps, without dropout; `run <steps>` makes as many more and
 * gives the microseconds of one, on rank 0.
 */

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { createBackend } from '../../src/backend/choose/load.js';
import { LEARNING_RATE, SEED } from '../../src/bench/jobs.js';
import { network } from '../../src/bench/workloads.js';
import { Distributed } from '../../src/distributed/distributed.js';
import { SGD } from '../../src/optim/sgd.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { readImageJobFolder } from '../image-job-folder.js';
import { adam, imageNetwork } from '../image-workloads.js';
import { jobData, readJobFolder } from '../job-folder.js';
import { readDataset, readParameters } from '../job-rows.js';
import { SOCKET } from './group.js';

/** Steps before any is timed. */
const WARM_UP = 6;

const backend = createBackend('native');

/** A Trainer of the job that has made no step. */
function trainerOf(folder: string, distributed: Distributed | undefined, dropout: boolean, steps: number): Trainer {
  const images = readImageJobFolder(folder);
  const { net, optimizer, train, batchSize } = images === undefined ? dense(folder) : imageParts(images, dropout);
  return new Trainer(net, {
    ...{ train, batchSize, steps, optimizer, seed: SEED, evaluate: false as const },
    ...(distributed === undefined ? {} : { distributed }),
  });
}

function dense(folder: string) {
  const data = jobData(readJobFolder(folder));
  const optimizer = new SGD({ learningRate: LEARNING_RATE });
  return { net: network(data, backend), optimizer, train: data.train, batchSize: data.batchSize };
}

function imageParts(job: NonNullable<ReturnType<typeof readImageJobFolder>>, dropout: boolean) {
  const net = imageNetwork(job, backend, { dropout, parameters: readParameters(job) });
  return { net, optimizer: adam(job), train: readDataset(job, 'train'), batchSize: job.batchSize };
}

async function main(folder: string, kind: string): Promise<void> {
  const distributed = kind === 'distributed' ? await Distributed.connect() : undefined;
  const rank = distributed?.rank ?? 0;
  const socket = connect(process.env[SOCKET]!);
  const answer = (reply: object): void => void socket.write(`${JSON.stringify({ rank, ...reply })}\n`);
  let trainer: Trainer | undefined;

  const commands: Record<string, (steps: number) => Promise<object>> = {
    async check(steps) {
      const fresh = trainerOf(folder, distributed, false, steps);
      return { losses: Array.from((await fresh.fit()).losses) };
    },
    async run(steps) {
      if (trainer === undefined) {
        trainer = trainerOf(folder, distributed, true, WARM_UP);
        await trainer.fit();
      }
      trainer.extend({ steps });
      const times: number[] = [];
      const before = distributed?.statistics.waitSeconds ?? 0;
      await trainer.fit({ onStep: () => void times.push(performance.now()) });
      const waited = (distributed?.statistics.waitSeconds ?? 0) - before;
      // From the first step to the last: what fit does before and after its steps is none of theirs.
      const microseconds = ((times.at(-1)! - times[0]!) / (times.length - 1)) * 1e3;
      return rank === 0 ? { microseconds, waiting: (waited / steps) * 1e6 } : {};
    },
  };

  answer({});
  for await (const line of createInterface({ input: socket })) {
    const [command, steps] = line.split(' ');
    try {
      answer(await commands[command!]!(Number(steps)));
    } catch (error) {
      answer({ error: (error as Error).message });
    }
  }
  await distributed?.close();
}

const [folder, kind] = process.argv.slice(2);
main(folder!, kind!).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
