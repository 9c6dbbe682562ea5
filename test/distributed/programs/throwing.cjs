/** Rank 1 fails while the others train: it throws, exits with 7 (`exit`), or stops answering (`silent`). */
const { Dataset, Distributed, Trainer, TwoLayerNet } = require('../../../dist/index.js');

async function main() {
  const distributed = await Distributed.connect();
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 1 });
  const rows = 64;
  const x = Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(i)]);
  const train = Dataset.from({ x, labels: x.map(([a]) => (a > 0 ? 1 : 0)), classes: 2 });
  const trainer = new Trainer(net, { train, steps: 1e9, evaluate: false, distributed, seed: 1 });
  if (distributed.rank === 1) {
    const { update } = trainer.optimizer;
    let left = 50;
    trainer.optimizer.update = function (...args) {
      if (left-- > 0) return update.apply(this, args);
      if (process.argv[2] === 'exit') process.exit(7);
      if (process.argv[2] === 'silent') for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      throw new RangeError('this rank has had enough');
    };
  }
  await trainer.fit();
}

main();
