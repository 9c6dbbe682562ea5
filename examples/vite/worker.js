// The Worker: learns, and sends the network as the bytes of a file.
import { Dataset, Trainer, TwoLayerNet } from 'zerokara';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const xor = Dataset.from({ x, labels: [0, 1, 1, 0] });
const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 8, outputSize: 2, weightInitStd: 'he', seed: 1 });

// A function, because Vite makes Workers that cannot await at their top level.
async function learn() {
  await new Trainer(net, { train: xor, epochs: 2000 }).fit({
    onEpochEnd({ epoch, trainLoss }) {
      if (epoch % 100 === 0) postMessage({ epoch, loss: trainLoss });
    },
  });
  const bytes = net.toBytes();
  postMessage({ bytes }, [bytes.buffer]);
}

learn();
