/** Inputs of reports for the tests: a classifier, a regression, and one whose every text is hostile. */
import type { ReportInput } from '../../src/report/report-input.js';

const epoch = (epoch: number) => ({
  epoch,
  step: 8 * epoch,
  trainLoss: 2.3 / epoch,
  trainAccuracy: 1 - 0.9 / epoch,
  validationLoss: 2.4 / epoch ** 0.9,
  validationAccuracy: 1 - 0.93 / epoch,
  learningRate: 0.1,
  seconds: 0.0123456789,
});

/** A grey square, lighter from corner to corner. */
const image = { height: 4, width: 4, bytes: Uint8Array.from({ length: 16 }, (_, i) => 16 * i) };

export const CLASSIFIER: ReportInput = {
  title: 'species of iris.csv',
  description: '4 columns, 3 classes; trained on 105 rows.',
  history: {
    epochs: Array.from({ length: 12 }, (_, i) => epoch(i + 1)),
    warnings: ['Columns of x differ widely in scale. Standardize them'],
  },
  evaluation: {
    kind: 'classification',
    rows: '38 test rows',
    classes: ['setosa', 'versicolor', 'virginica'],
    confusionMatrix: [
      [12, 0, 0],
      [0, 11, 2],
      [0, 1, 12],
    ],
    metrics: { loss: 0.123456789, accuracy: 35 / 38 },
  },
  importance: {
    metric: 'accuracy',
    columns: [
      { name: 'sepal length', mean: 0.0123, deviation: 0.004 },
      { name: 'petal width', mean: 0.31, deviation: 0.02 },
      { name: 'petal length', mean: 0.29, deviation: 0.03 },
      { name: 'sepal width', mean: -0.002, deviation: 0.001 },
    ],
  },
  mistakes: [
    {
      row: 17,
      actual: 'versicolor',
      predicted: 'virginica',
      probability: 0.987654321,
      cells: { 'petal width': 1.7, sort: 'wild', garden: null },
    },
    {
      row: 4,
      actual: 'virginica',
      predicted: 'versicolor',
      probability: 0.6,
      cells: { 'petal width': 1.5, sort: 'tame', garden: true },
    },
    { row: 9, actual: 'virginica', predicted: 'setosa', probability: 0.51, image },
  ],
  layers: [
    { layer: 'Affine', activation: 'relu', outputShape: [50], parameters: 250 },
    { layer: 'Affine', outputShape: [3], parameters: 153 },
  ],
  settings: { optimizer: 'adam', 'learning rate': 0.001, batchNorm: false, seed: 4_294_967_295 },
  environment: { node: 'v20.19.2 on linux-x64', backend: 'native' },
};

const rows = Array.from({ length: 3000 }, (_, i) => i / 10 + Math.sin(i));

export const REGRESSION: ReportInput = {
  title: 'progression of diabetes.csv',
  history: { epochs: [{ epoch: 1, step: 10, trainLoss: 0.7, learningRate: 0.001, seconds: 0.5 }] },
  evaluation: {
    kind: 'regression',
    rows: '3,000 test rows',
    target: 'progression',
    actual: Float64Array.from(rows),
    predicted: rows.map((value, i) => value + 20 * Math.cos(7 * i)),
    metrics: { rmse: 14.142, r2Score: 0.48 },
  },
  mistakes: [{ row: 1, actual: 30.5, predicted: 271.25, cells: { age: 59 } }],
};

/** Ten classes and a gallery of mistakes. */
export const DIGITS: ReportInput = {
  title: 'Handwritten digits',
  evaluation: {
    kind: 'classification',
    rows: '10,000 held-out digits',
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
    confusionMatrix: Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: 10 }, (_, j) => (i === j ? 950 + 7 * i : (i * 31 + j * 17) % 13)),
    ),
    metrics: { loss: 0.0812345, accuracy: 0.9765, precision: 0.9764, recall: 0.9763, f1Score: 0.9762 },
  },
  mistakes: Array.from({ length: 36 }, (_, i) => ({
    row: 100 * i + 7,
    actual: String(i % 10),
    predicted: String((i + 3) % 10),
    probability: 1 - i / 100,
    image: { height: 28, width: 28, bytes: Uint8Array.from({ length: 784 }, (_, k) => (k * (i + 1)) % 256) },
  })),
  history: CLASSIFIER.history!,
};

/** Every text of the input replaced by one that would run, or load, or end an element. */
export function hostile(input: ReportInput): ReportInput {
  const texts = [
    '<script>alert(1)</script>',
    '"><img src=https://example.org/x onerror=alert(1)>',
    "'); background: url(https://example.org/y",
    '</style></svg></table><iframe src="javascript:alert(2)">',
    '{a|b} {b} %s $& \u0000 \u202e',
    '__proto__',
    'constructor',
  ];
  let next = 0;
  const spoiled = (value: unknown): unknown => {
    if (typeof value === 'string') return texts[next++ % texts.length];
    if (Array.isArray(value)) return value.map(spoiled);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === 'kind' ? item : spoiled(item)]));
  };
  const all = spoiled(input) as ReportInput;
  const named = Object.fromEntries(texts.map((text) => [text, text]));
  return {
    ...all,
    settings: named,
    environment: named,
    mistakes: all.mistakes!.map((mistake) => ({ ...mistake, cells: named })),
  };
}
