import { Dataset, DatasetStream, Random, Trainer, TwoLayerNet } from 'zerokara';

interface Reading {
  reading: number[];
  alarm: boolean;
}

/** Stands for a database: pages of 500 readings. */
async function* pages(): AsyncGenerator<Reading[]> {
  const random = new Random(1);
  for (let page = 0; page < 20; page++) {
    yield Array.from({ length: 500 }, () => {
      const reading = [random.normal(), random.normal(), random.normal()];
      return { reading, alarm: reading[0]! + reading[1]! > 1 };
    });
  }
}

const train = DatasetStream.from(
  async function* () {
    for await (const page of pages()) {
      for (const { reading, alarm } of page) yield { x: reading, labels: alarm ? 1 : 0 };
    }
  },
  { inputSize: 3, classes: 2, window: 2000, name: 'readings' },
);
async function main(): Promise<void> {
  const first: Reading[] = (await pages().next()).value;
  const validation = Dataset.from({
    x: first.map(({ reading }) => reading),
    labels: first.map(({ alarm }) => (alarm ? 1 : 0)),
  });

  const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
  const stop = new AbortController();
  const trainer = new Trainer(net, { train, validation, steps: 600, seed: 1 });
  await trainer
    .fit({ signal: stop.signal, onStep: ({ step }) => step === 250 && stop.abort('enough') })
    .catch(console.log);
  await trainer.save('readings.run');

  const resumed = await Trainer.resume('readings.run', { train, validation }); // reads the pass again up to its place
  const { epochs } = await resumed.fit();
  console.log(
    epochs.map(({ step }) => step),
    epochs.at(-1)!.validationAccuracy! > 0.95,
  );
}

main();
