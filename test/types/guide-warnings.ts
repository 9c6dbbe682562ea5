import { Dataset, Tensor, Trainer, TwoLayerNet } from 'zerokara';

const x = Tensor.randomUniform([100, 2], { seed: 1 });
for (let i = 0; i < 100; i++) x.data[2 * i]! *= 50_000; // an income beside a share
const labels = Array.from({ length: 100 }, (_, i) => (x.data[2 * i + 1]! > 0.5 ? 1 : 0));

const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });
const trainer = new Trainer(net, { train: Dataset.from({ x, labels }), epochs: 5, optimizer: 'adam', seed: 1 });
for (const warning of trainer.fitSync().warnings) console.log(warning);
