import { Batches } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import type { LossLayer } from '../layers/layer.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Evaluation, EvaluationState, Evaluator } from './network.js';

/** Rows of one chunk: enough that calls cost nothing beside the arithmetic, few enough that 784 columns stay in the L2 cache. */
const CHUNK_ROWS = 250;

/** Evaluates whatever turns rows into scores; `infer` may return a borrowed tensor. */
export class ChunkedEvaluator implements Evaluator {
  private readonly batches: Batches;
  private readonly rows: number;
  /** Sums over the chunks so far. */
  private loss = 0;
  private right = 0;

  constructor(
    dataset: Dataset,
    like: Pick<Tensor, 'dtype' | 'backend'>,
    private readonly infer: (x: Tensor) => Tensor,
    private readonly lossLayer: LossLayer,
  ) {
    this.rows = dataset.size;
    this.batches = new Batches(dataset, {
      batchSize: CHUNK_ROWS,
      sampling: 'inOrder',
      dtype: like.dtype,
      backend: like.backend,
    });
  }

  next(): Evaluation | undefined {
    const { x, labels, size } = this.batches.next();
    const scores = this.infer(x);
    this.loss += this.lossLayer.loss(scores, labels) * size;
    if (this.lossLayer.kind === 'classification') this.right += countRight(scores, labels);
    if (this.batches.state().step !== 0) return undefined;

    const { loss, right, rows } = this;
    this.restart();
    return this.lossLayer.kind === 'classification'
      ? { loss: loss / rows, accuracy: right / rows }
      : { loss: loss / rows };
  }

  restart(): void {
    this.restore({ chunk: 0, loss: 0, right: 0 });
  }

  state(): EvaluationState {
    return { chunk: this.batches.state().step, loss: this.loss, right: this.right };
  }

  restore({ chunk, loss, right }: EvaluationState): void {
    this.batches.restore({ step: chunk, random: undefined });
    this.loss = loss;
    this.right = right;
  }
}

/** How many rows have their largest score at their label; a soft label counts as its largest entry. */
export function countRight(scores: Tensor, labels: Int32Array | Tensor): number {
  const predicted = classesOf(scores);
  const expected = labels instanceof Int32Array ? labels : classesOf(labels);
  let right = 0;
  for (let row = 0; row < predicted.length; row++) {
    if (predicted[row] === expected[row]) right++;
  }
  return right;
}

/** The column of the largest entry of each row of an (N, classes) tensor. */
export function classesOf(scores: Tensor): Int32Array {
  const [n, classes] = scores.shape as [number, number];
  const indices = new Int32Array(n);
  scores.backend.argMaxRows(indices, scores.data, n, classes);
  return indices;
}
