import { existsSync } from 'node:fs';
import { Dataset, Trainer, TwoLayerNet } from 'zerokara';

const file = 'xor-run.safetensors';

async function main(): Promise<void> {
  const train = Dataset.from({
    x: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    labels: [0, 1, 1, 0],
  });
  const trainer = existsSync(file)
    ? await Trainer.resume(file, { train })
    : new Trainer(new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, seed: 1 }), { train, epochs: 2_000 });

  // A process killed at any moment leaves the last complete file, and the next process continues from there.
  const onEpochEnd = ({ epoch }: { epoch: number }) => (epoch % 100 === 0 ? trainer.save(file) : undefined);
  if (!trainer.isComplete) await trainer.fit({ onEpochEnd });
  console.log(trainer.history.epochs.length, trainer.history.warnings);
}

main();
