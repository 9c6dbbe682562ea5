import type { Dataset } from '../data/dataset.js';
import type { Sequential } from '../models/sequential.js';
import { AdamW } from '../optim/adam-w.js';
import { checkOptions, requireInteger, requirePositive } from '../options.js';
import { resolveSeed } from '../random.js';
import { Trainer } from '../trainer/trainer.js';
import { divergingAs } from './table-divergence.js';

/** What `TableModel.partialFit` takes. */
export interface PartialFitOptions {
  /** Of Adam. Default: a quarter of the training's highest rate, a sixth of one that it rose to; then that of the call before. */
  readonly learningRate?: number;
  /** Rows of a step. Default 32. */
  readonly batchSize?: number;
  /** Seed of the order of the rows, an integer in [0, 2³²). Default: that of the model's training. */
  readonly seed?: number;
}

/** Adam over the calls of one model. */
export class PartialFits {
  private optimizer: AdamW | undefined;

  constructor(
    private readonly usualRate: number,
    private readonly usualSeed: number,
  ) {}

  /** Checks the options, and returns what goes once through the rows of a data set. */
  prepare(operation: string, options: PartialFitOptions): (net: Sequential, train: Dataset) => Promise<void> {
    checkOptions(operation, options, ['learningRate', 'batchSize', 'seed']);
    const { learningRate } = options;
    if (learningRate !== undefined) requirePositive(operation, 'learningRate', learningRate);
    const batchSize = requireInteger(operation, 'batchSize', options.batchSize ?? 32, 1);
    const seed = resolveSeed(operation, options.seed ?? this.usualSeed);
    return async (net, train) => {
      // Without decay: what it once was made small by, it should keep.
      this.optimizer ??= new AdamW({ learningRate: this.usualRate, weightDecay: 0 });
      if (learningRate !== undefined) this.optimizer.learningRate = learningRate;
      const { optimizer } = this;
      const trainer = new Trainer(net, { train, epochs: 1, batchSize, optimizer, seed, evaluate: false });
      await divergingAs(operation, () => trainer.fit());
    };
  }
}
