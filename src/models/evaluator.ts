import { Batches } from '../data/batches.js';
import { CHUNK_ROWS } from '../data/chunk.js';
import type { Dataset } from '../data/dataset.js';
import type { LossLayer } from '../layers/layer.js';
import type { Tensor } from '../tensor/tensor.js';
import { countRight } from './answers.js';
import type { Measures } from './measures.js';
import type { Evaluation, EvaluationState, Evaluator, Network } from './network.js';

/** Evaluates anything that turns rows into scores; `infer` may return a borrowed tensor. */
export class ChunkedEvaluator implements Evaluator {
  private readonly batches: Batches;
  private readonly rows: number;
  /** Sums over the chunks so far. */
  private loss = 0;
  private right = 0;

  constructor(
    dataset: Dataset,
    private readonly net: Pick<Network, 'dtype' | 'backend' | 'penalty'>,
    private readonly infer: (x: Tensor) => Tensor,
    private readonly lossLayer: LossLayer,
    /** Collects more figures of one evaluation; one that is gone on with later has none. */
    private readonly measures?: Measures,
  ) {
    this.rows = dataset.size;
    this.batches = new Batches(dataset, {
      batchSize: CHUNK_ROWS,
      sampling: 'inOrder',
      dtype: net.dtype,
      backend: net.backend,
    });
  }

  next(): Evaluation | undefined {
    const { x, labels, weights, size } = this.batches.next();
    const scores = this.infer(x);
    this.loss += this.lossLayer.loss(scores, labels, weights) * size;
    if (this.lossLayer.kind !== 'regression') this.right += countRight(this.lossLayer.kind, scores, labels);
    this.measures?.add(scores, labels, (of) => this.lossLayer.predict(of));
    if (this.batches.state().step !== 0) return undefined;

    const { right, rows } = this;
    const loss = this.loss / rows + (this.net.penalty?.() ?? 0);
    this.restart();
    return {
      loss,
      ...(this.lossLayer.kind === 'regression' ? {} : { accuracy: right / rows }),
      ...this.measures?.result(),
    };
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
