/** Statistics of a batch that several processes share: from those of each part to those of the whole. */

import type { Tensor } from '../tensor/tensor.js';
import type { GatherOfParts } from './layer.js';
import { RowBuffer } from './row-buffer.js';

/** What the forward pass has written from the rows of this process, and what it read. */
interface Normalized {
  readonly y: Tensor;
  readonly normalized: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly x: Tensor;
  readonly gamma: Tensor;
  readonly beta: Tensor;
}

/** The same of the backward pass; dy is that of the mean loss over the rows of this process. */
interface Gradients {
  readonly dx: Tensor | undefined;
  readonly dgamma: Tensor;
  readonly dbeta: Tensor;
  readonly normalized: Tensor;
  readonly variance: Tensor;
  readonly gamma: Tensor;
}

/**
 * Each process sends how many numbers a channel has in its rows, and two sums or moments of each channel: one exchange for
 * each pass. All compute the whole from the same numbers in the same order, so that it has the same bits everywhere.
 *
 * Source: Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979.
 */
export class BatchStatistics {
  readonly #own: Float64Array;
  readonly #corrections: RowBuffer = new RowBuffer();

  constructor(
    private readonly gather: GatherOfParts,
    private readonly channels: number,
    private readonly epsilon: number,
  ) {
    this.#own = new Float64Array(1 + 2 * channels);
  }

  /** Mean and variance become those of all rows, and what was made of x with those of these rows is made anew. */
  normalize({ y, normalized, mean, variance, x, gamma, beta }: Normalized): void {
    const { channels, epsilon } = this;
    const count = x.size / channels;
    const { all, parts, total } = this.exchange(count, mean, variance);
    for (let c = 0; c < channels; c++) {
      let center = 0;
      for (let at = 0; at < parts; at += 1 + 2 * channels) center += (all[at]! / total) * all[at + 1 + c]!;
      let spread = 0;
      for (let at = 0; at < parts; at += 1 + 2 * channels) {
        const away = all[at + 1 + c]! - center;
        spread += (all[at]! / total) * (all[at + 1 + channels + c]! + away * away);
      }
      mean.data[c] = center;
      variance.data[c] = spread;
    }
    const { backend } = gamma;
    const [one, zero] = [filled(gamma, 1), filled(gamma, 0)];
    const of = [mean.data, variance.data] as const;
    backend.batchNormalizationInference(normalized.data, x.data, ...of, one, zero, count, channels, epsilon);
    backend.batchNormalizationInference(y.data, x.data, ...of, gamma.data, beta.data, count, channels, epsilon);
  }

  /**
   * dx ← that by the means of dy and dy · x̂ over all rows: what it has by those over these rows differs from it by
   * γ / √(σ² + ε) · (a + x̂ · b), with the differences a and b of the means. dγ and dβ stay those of these rows, as the gradients of
   * other layers do.
   */
  correct({ dx, dgamma, dbeta, normalized, variance, gamma }: Gradients): void {
    const { channels, epsilon } = this;
    const count = normalized.size / channels;
    const { all, parts, total } = this.exchange(count, dbeta, dgamma);
    if (dx === undefined) return;
    const slope = filled(gamma, 0);
    const shift = filled(gamma, 0);
    for (let c = 0; c < channels; c++) {
      const [a, b] = [1 + c, 1 + channels + c].map((place) => {
        let sum = 0;
        // The mean loss of a part counts in that of the batch as its rows do.
        for (let at = 0; at < parts; at += 1 + 2 * channels) sum += (all[at]! / total) * all[at + place]!;
        return (this.#own[place]! - sum) / count;
      });
      slope[c] = gamma.data[c]! * b!;
      shift[c] = (gamma.data[c]! / Math.sqrt(variance.data[c]! + epsilon)) * a!;
    }
    const { backend } = gamma;
    const correction = this.#corrections.rows(dx.shape[0]!, dx.shape[1]!, dx);
    backend.batchNormalizationInference(
      correction.data,
      normalized.data,
      filled(gamma, 0),
      variance.data,
      slope,
      shift,
      count,
      channels,
      epsilon,
    );
    backend.axpy(dx.size, 1, correction.data, dx.data);
  }

  /** The numbers of all processes, their length, and how many numbers of a channel there are in all. */
  private exchange(
    count: number,
    first: Tensor,
    second: Tensor,
  ): { readonly all: Float64Array; readonly parts: number; readonly total: number } {
    const own = this.#own;
    own[0] = count;
    own.set(first.data, 1);
    own.set(second.data, 1 + this.channels);
    const all = this.gather(own);
    let total = 0;
    for (let at = 0; at < all.length; at += own.length) total += all[at]!;
    return { all, parts: all.length, total };
  }
}

function filled({ data }: Tensor, value: number): Tensor['data'] {
  return data.slice().fill(value);
}
