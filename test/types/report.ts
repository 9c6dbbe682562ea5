import { Dataset, MultiLayerNet, Tensor, Trainer } from 'zerokara';
import { writeReport } from 'zerokara/report';

const x = Tensor.randomUniform([300, 2], { low: -1, high: 1, seed: 1 });
const labels = Array.from({ length: 300 }, (_, i) => (x.data[2 * i]! + x.data[2 * i + 1]! > 0.5 ? 1 : 0));
const { train, test } = Dataset.from({ x, labels }).split({ test: 0.3, seed: 1 });
const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [8], outputSize: 2, seed: 1 });
const trainer = new Trainer(net, { train, test, epochs: 20, batchSize: 10, optimizer: 'adam', seed: 1 });

const history = trainer.fitSync();
const { confusionMatrix, loss, accuracy } = net.evaluate(test, { metrics: ['confusionMatrix'] });
writeReport('run.html', {
  title: 'Above the line',
  history,
  evaluation: {
    kind: 'classification',
    rows: `${test.size} test rows`,
    classes: ['below', 'above'],
    confusionMatrix: confusionMatrix!,
    metrics: { loss, accuracy: accuracy! },
  },
  layers: net.summary().layers,
  settings: { epochs: 20, optimizer: 'adam', seed: 1 },
}).then(() => console.log('run.html and run.json are written'));
