/**
 * The waist of the library: everything above it is written once, everything below it once for each backend.
 *
 * Plain functions over typed arrays. Outputs come first, then inputs, then sizes, then options; `gemm` and `axpy` keep
 * the order of BLAS. Matrices are row-major. All `Floats` of one call are of one type: Float32Array or Float64Array.
 *
 * Common to all functions:
 * - Sizes are whole numbers in [0, 2³¹); an array may be longer than its sizes need, and the excess is not touched. A
 *   call with nothing to write returns at once. A sum over no rows is written as 0; a loss of no elements is 0, for any
 *   scale.
 * - Typed arrays of other realms are accepted. A detached array has no elements: it is accepted where none are needed.
 * - NaN propagates, also through comparisons, maxima and exponentials. An operand is skipped because it is zero
 *   only where the other factor is known to be finite.
 * - Infinite numbers follow IEEE arithmetic. Backends may differ between a number, ±∞ and NaN only where a sum
 *   overflows, or where a number below the smallest normal one is multiplied by a factor that is infinite in the type.
 * - A factor that multiplies elements (alpha, beta, the scale of `gatherRows`) is first rounded to their type, as in
 *   BLAS. docs/numerics.md derives the tolerances of everything that rounds.
 * - The wasm backend computes float32; it passes float64, and what does not fit in its 2 GB, to the js backend.
 * - An output must not overlap any other array of the call, unless its description says "may be the same array": the
 *   same start, type and number of elements used.
 * - Outputs, labels and indices must not lie in a SharedArrayBuffer (another thread could change a label between its
 *   check and its use); float and uint8 inputs may.
 * - Arguments are checked before anything is written, so a call that throws leaves every array as it was.
 *
 * @throws {ArgumentError} for a size or a scalar that is not a number or out of range, or a label out of range
 * @throws {DtypeError} for an array of an element type that the function does not take
 * @throws {ShapeError} for an array too short for its sizes, or a leading dimension shorter than its row
 */

import { platform } from '#platform';
import { ArgumentError, formatBytes } from '../errors.js';
import { isFloat32 } from '../identity.js';
import type { ArithmeticFunctions } from './arithmetic.js';
import type { ConvolutionFunctions, ConvolutionShape, PoolingShape } from './convolutions.js';
import type { Activation, Dtype, Floats } from './numbers.js';

export type { ConvolutionShape, PooledConvolutionShape, PoolingShape } from './convolutions.js';
export {
  ACTIVATIONS,
  type Activation,
  BINARY_OPERATIONS,
  type BinaryOperation,
  DTYPES,
  type Dtype,
  type Floats,
  REDUCTIONS,
  type Reduction,
  UNARY_OPERATIONS,
  type UnaryOperation,
} from './numbers.js';

/** Where the arithmetic happens. */
export type BackendName = 'native' | 'wasm' | 'js';

export interface Backend extends ConvolutionFunctions, ArithmeticFunctions {
  readonly name: BackendName;

  /** Why this backend was chosen, in one sentence; e.g. why a faster one is not available. */
  readonly reason: string;

  /**
   * c ← alpha · op(a) · op(b) + beta · c. For Float32Array this is BLAS sgemm, for Float64Array dgemm.
   *
   * op(a) is m × k, op(b) is k × n, c is m × n; op transposes where its flag is true. `ld*` counts elements between the
   * starts of stored rows: a is stored m × k (lda ≥ k), or k × m (lda ≥ m) when `transA`; b likewise; ldc ≥ n.
   * With k = 0 or alpha = 0, a and b are not read: c ← beta · c. With beta = 0 the old c is never read, so it may hold
   * NaN. Elements of c between n and ldc are not touched. An alpha of ±∞ or NaN multiplies the whole sum over k.
   */
  gemm(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    alpha: number,
    a: Floats,
    lda: number,
    b: Floats,
    ldb: number,
    beta: number,
    c: Floats,
    ldc: number,
  ): void;

  /**
   * y ← f(x·w + b): a layer in one call. y is m × n, x is m × k, w is k × n, b has n.
   *
   * Equals, to the bit, `gemm` with alpha = 1 and beta = 0, then `biasActivation`.
   */
  affine(y: Floats, x: Floats, w: Floats, b: Floats, m: number, n: number, k: number, f: Activation): void;

  /** y ← f(y + bias) in place; y is m × n, bias has n. Equals adding bias to each row, then `activation` in place. */
  biasActivation(y: Floats, bias: Floats, m: number, n: number, f: Activation): void;

  /**
   * dz ← dy · f′ and db ← column sums of dz, in one pass; dz, dy, y are m × n, db has n.
   *
   * f′ is taken at the output y: 1 for identity, y > 0 ? 1 : 0 for relu, y · (1 − y) for sigmoid, 1 − y² for tanh.
   * Equals `activationBackward`, then `columnSums`. dz may be the same array as dy. For identity y is not read.
   */
  biasActivationBackward(dz: Floats, db: Floats, dy: Floats, y: Floats, m: number, n: number, f: Activation): void;

  /** y ← f(x), n elements. y may be the same array as x. relu(NaN) is NaN; relu(−0) is 0 of either sign. */
  activation(y: Floats, x: Floats, n: number, f: Activation): void;

  /** dx ← dy · f′(at the output y), n elements; see `biasActivationBackward`. dx may be the same array as dy. */
  activationBackward(dx: Floats, dy: Floats, y: Floats, n: number, f: Activation): void;

  /** y ← x where x > 0, else alpha · x; n elements. y may be the same array as x. */
  leakyRelu(y: Floats, x: Floats, n: number, alpha: number): void;

  /** dx ← dy where the input x > 0, else alpha · dy; n elements. dx may be the same array as dy. */
  leakyReluBackward(dx: Floats, dy: Floats, x: Floats, n: number, alpha: number): void;

  /** y ← log(1 + eˣ) = max(x, 0) + log(1 + e^(−|x|)), n elements. y may be the same array as x. */
  softplus(y: Floats, x: Floats, n: number): void;

  /** dx ← dy · σ(x), at the input x; n elements. dx may be the same array as dy. */
  softplusBackward(dx: Floats, dy: Floats, x: Floats, n: number): void;

  /**
   * y ← x · Φ(x), n elements. Φ is the normal distribution if `exact`, else σ(2u) = ½ (1 + tanh u) with
   * u = √(2/π) · (x + 0.044715 x³). y may be the same array as x.
   */
  gelu(y: Floats, x: Floats, n: number, exact: boolean): void;

  /** dx ← dy · (Φ(x) + x · Φ′(x)), at the input x; n elements. dx may be the same array as dy. */
  geluBackward(dx: Floats, dy: Floats, x: Floats, n: number, exact: boolean): void;

  /**
   * out[j] ← Σ over rows r of x[r, j]; x is m × n, out has n. Rows are added in blocks, then the sums of the
   * blocks, so that the rounding error does not grow with the number of rows; the order depends on the sizes alone.
   */
  columnSums(out: Floats, x: Floats, m: number, n: number): void;

  /**
   * y[r, :] ← softmax of x[r, :] for each of the m rows, with the row's maximum subtracted first.
   * A row with a NaN or a +∞ becomes NaN. y may be the same array as x.
   */
  softmax(y: Floats, x: Floats, m: number, n: number): void;

  /**
   * Returns the loss scale · Σᵣ wᵣ · lossᵣ of softmax, then cross-entropy against class indices, and writes its
   * gradient.
   *
   * lossᵣ = log Σⱼ exp(logits[r, j]) − logits[r, labels[r]], by log-sum-exp, so no exp overflows and no log of 0 is
   * taken; summed in row order in double. dlogits[r, j] ← scale · wᵣ · (softmax(logits)[r, j] − (j = labels[r])). If
   * `dlogits` is null, the gradient is left out; if `weights` is null, all wᵣ = 1. Scale is 1/m for a mean, and a
   * double for either type of arrays. dlogits may be the same array as logits.
   */
  softmaxCrossEntropy(
    dlogits: Floats | null,
    logits: Floats,
    labels: Int32Array,
    weights: Floats | null,
    m: number,
    n: number,
    scale: number,
  ): number;

  /**
   * The same for rows of targets t (m × n), which need not sum to 1:
   * lossᵣ = Σⱼ t[r, j] · (log Σ exp(logits[r, :]) − logits[r, j]) and
   * dlogits[r, j] ← scale · wᵣ · (y[r, j] · Σⱼ t[r, j] − t[r, j]). The loss is summed term by term, so that an infinite
   * target makes it ∞, or NaN where its term is 0 · ∞.
   */
  softmaxCrossEntropyDense(
    dlogits: Floats | null,
    logits: Floats,
    targets: Floats,
    weights: Floats | null,
    m: number,
    n: number,
    scale: number,
  ): number;

  /**
   * Returns the loss scale · Σᵣ wᵣ · lossᵣ of the sigmoid, then binary cross-entropy, and writes its gradient.
   *
   * lossᵣ = Σⱼ t₀ · log(1 + eᶻ) + t₁ · log(1 + e⁻ᶻ) over the logits z of the row, with the share of yes t₁ = yes[r, j] and that
   * of no t₀ = no[r, j], or 1 − t₁ if `no` is null; computed so that no exp overflows. dlogits ← scale · wᵣ · (t₀ · σ(z) − t₁ · σ(−z)).
   * All are m × n, weights m. Null `dlogits` and `weights`, scale, the order of the sum and what dlogits may be:
   * see `softmaxCrossEntropy`.
   */
  sigmoidCrossEntropy(
    dlogits: Floats | null,
    logits: Floats,
    yes: Floats,
    no: Floats | null,
    weights: Floats | null,
    m: number,
    n: number,
    scale: number,
  ): number;

  /**
   * Returns scale · Σᵣ wᵣ · ½ Σⱼ d² with d = y[r, j] − targets[r, j], and writes dy ← scale · wᵣ · d. Everything is computed in
   * double and dy rounded once, to the same bits on every backend. Null `dy` and `weights`, and scale: see
   * `softmaxCrossEntropy`. dy may be the same array as y.
   */
  squaredError(
    dy: Floats | null,
    y: Floats,
    targets: Floats,
    weights: Floats | null,
    m: number,
    n: number,
    scale: number,
  ): number;

  /**
   * The same with Huber's loss of d, ½ d² where |d| ≤ delta, else delta · (|d| − ½ delta); dy ← scale · wᵣ · d, d held within
   * [−delta, delta]. delta is a double for either type.
   */
  huber(
    dy: Floats | null,
    y: Floats,
    targets: Floats,
    weights: Floats | null,
    m: number,
    n: number,
    scale: number,
    delta: number,
  ): number;

  /** out[r] ← the column of the first maximum of row r; the first NaN wins over every number. n ≥ 1 unless m = 0. */
  argMaxRows(out: Int32Array, x: Floats, m: number, n: number): void;

  /**
   * out[i, :] ← scale · source[indices[start + i], :] for i in [0, count); rows are `width` long.
   *
   * The source holds as many whole rows as fit. Each element is one product, rounded once in the type of `out`.
   * `indices` is the whole order of an epoch, so that a backend can prefetch the next rows; only
   * indices[start … start + count) are checked and used. A float source has the type of `out`; bytes go with either.
   */
  gatherRows(
    out: Floats,
    source: Floats | Uint8Array,
    indices: Int32Array,
    start: number,
    count: number,
    width: number,
    scale: number,
  ): void;

  /** y ← alpha · x + y, n elements. x and y must not overlap. */
  axpy(n: number, alpha: number, x: Floats, y: Floats): void;

  /** Σ x[i]² over n elements, summed in double. */
  sumOfSquares(x: Floats, n: number): number;

  /** x ← alpha · x, n elements. */
  scale(x: Floats, n: number, alpha: number): void;

  /** y ← a · b, n elements. y may be the same array as a. */
  multiply(y: Floats, a: Floats, b: Floats, n: number): void;

  /** y ← min(max(x, low), high), n elements: held within [low, high]. NaN stays NaN. y may be the same array as x. */
  clip(y: Floats, x: Floats, n: number, low: number, high: number): void;

  /**
   * w ← w − rate · d, n elements, with d = g + decay · w: the gradient of the loss and of ½ · decay · Σ w².
   *
   * This and the following are the update rules of src/optim: one pass over memory each, d meaning the same in all. w are
   * parameters and g their gradient; the other outputs are what a rule remembers, and are read before they are written.
   * Factors, and what is computed of factors alone (1 − beta, momentum²), are rounded to the element type once.
   */
  sgdUpdate(w: Floats, g: Floats, n: number, rate: number, decay: number): void;

  /** v ← momentum · v − rate · d; w ← w + v. */
  momentumUpdate(w: Floats, v: Floats, g: Floats, n: number, rate: number, momentum: number, decay: number): void;

  /** w ← w + momentum² · v − (1 + momentum) · rate · d with the old v; v ← momentum · v − rate · d. */
  nesterovUpdate(w: Floats, v: Floats, g: Floats, n: number, rate: number, momentum: number, decay: number): void;

  /** h ← h + d²; w ← w − rate · d / (√h + epsilon). */
  adaGradUpdate(w: Floats, h: Floats, g: Floats, n: number, rate: number, epsilon: number, decay: number): void;

  /** h ← rho · h + (1 − rho) · d²; w ← w − rate · d / (√h + epsilon). */
  rmsPropUpdate(
    w: Floats,
    h: Floats,
    g: Floats,
    n: number,
    rate: number,
    rho: number,
    epsilon: number,
    decay: number,
  ): void;

  /**
   * m ← beta1 · m + (1 − beta1) · d; v ← beta2 · v + (1 − beta2) · d²; w ← keep · w − rate · m / (root · √v + epsilon).
   *
   * Bias corrections arrive as numbers: in `rate`, and where epsilon stands beside the corrected root in `root`. `keep` is
   * 1, or less where weights decay by themselves (AdamW) rather than through d.
   */
  adamUpdate(
    w: Floats,
    m: Floats,
    v: Floats,
    g: Floats,
    n: number,
    rate: number,
    beta1: number,
    beta2: number,
    root: number,
    epsilon: number,
    decay: number,
    keep: number,
  ): void;

  /**
   * Layer normalisation of the rows of x: normalized ← (x − mean) / √(variance + epsilon), y ← gamma · normalized + beta, with the
   * mean and the biased variance of each row. y, normalized and x are m × n, variance has m, gamma and beta have n. Everything is
   * computed in double and rounded once when it is stored; the sums of a row may be in any order. Rows without columns have
   * variance 0. `normalized` and `variance`, which backward needs, may be null. epsilon is taken as a double.
   */
  layerNormalization(
    y: Floats,
    normalized: Floats | null,
    variance: Floats | null,
    x: Floats,
    gamma: Floats,
    beta: Floats,
    m: number,
    n: number,
    epsilon: number,
  ): void;

  /**
   * The gradients of `layerNormalization`, from what it wrote: dbeta ← column sums of dy, dgamma ← those of dy · normalized, and
   * dx ← (g − mean of g − normalized · mean of g · normalized) / √(variance + epsilon), the means over the row of g = gamma · dy.
   * All in double; the rows of a column are added in order. `dx` null leaves it out.
   */
  layerNormalizationBackward(
    dx: Floats | null,
    dgamma: Floats,
    dbeta: Floats,
    dy: Floats,
    normalized: Floats,
    variance: Floats,
    gamma: Floats,
    m: number,
    n: number,
    epsilon: number,
  ): void;

  /**
   * Batch normalisation of the columns of x: mean[j] and variance[j] ← the mean and the biased variance of column j,
   * normalized ← (x − mean) / √(variance + epsilon), y ← gamma · normalized + beta. y, normalized and x are m × n, the others
   * have n. With m = 0 mean and variance are 0. Rows are added in order, everything is computed in double and rounded once
   * when it is stored: all backends give the same bits. epsilon is taken as a double.
   */
  batchNormalization(
    y: Floats,
    normalized: Floats,
    mean: Floats,
    variance: Floats,
    x: Floats,
    gamma: Floats,
    beta: Floats,
    m: number,
    n: number,
    epsilon: number,
  ): void;

  /**
   * The gradients of `batchNormalization`, from what it wrote: dbeta ← column sums of dy, dgamma ← those of dy · normalized,
   * and dx ← gamma / √(variance + epsilon) · (dy − dbeta / m − normalized · dgamma / m), with the sums in double. `dx` null
   * leaves it out. The same bits on every backend.
   */
  batchNormalizationBackward(
    dx: Floats | null,
    dgamma: Floats,
    dbeta: Floats,
    dy: Floats,
    normalized: Floats,
    variance: Floats,
    gamma: Floats,
    m: number,
    n: number,
    epsilon: number,
  ): void;

  /** y ← gamma / √(variance + epsilon) · (x − mean) + beta, column by column, in double. The same bits on every backend. */
  batchNormalizationInference(
    y: Floats,
    x: Floats,
    mean: Floats,
    variance: Floats,
    gamma: Floats,
    beta: Floats,
    m: number,
    n: number,
    epsilon: number,
  ): void;
}

/** The functions of a backend without its name. */
export type Functions = Omit<Backend, 'name' | 'reason'>;

/** The name of a backend function. */
export type Operation = keyof Functions;

/** The arguments as compiled code has them: a name is its index in the list of its kind, a shape so many numbers. */
type Compiled<Arguments> = Arguments extends [infer First, ...infer Others]
  ? [
      ...([First] extends [string] ? [number] : [First] extends [ConvolutionShape | PoolingShape] ? number[] : [First]),
      ...Compiled<Others>,
    ]
  : [];

/** The functions as compiled code has them. */
export type CompiledFunctions = {
  readonly [Name in Operation]: Functions[Name] extends (...args: infer Arguments) => infer Result
    ? (...args: Compiled<Arguments>) => Result
    : never;
};

/** @returns 'float32' or 'float64', by the type of the array */
export function dtypeOf(data: Floats): Dtype {
  return isFloat32(data) ? 'float32' : 'float64';
}

/**
 * A new array of n zeros.
 *
 * @param operation the public call that needs it, for the error message
 * @throws {ArgumentError} if this process cannot allocate that much
 */
export function allocate(dtype: Dtype, n: number, operation = 'Tensor'): Floats {
  return withinMemory<Floats>(operation, dtype, n, () =>
    dtype === 'float32' ? new Float32Array(n) : new Float64Array(n),
  );
}

/** Below so many bytes, zeros take less time than asking Node for unwritten memory; beyond, not every platform has it. */
const [LEAST_UNWRITTEN, MOST_UNWRITTEN] = [2 ** 16, 2 ** 31];

/**
 * A new array of n numbers, for a result that is written before it is read. Where the platform can leave memory unwritten, it
 * is not filled with zeros first.
 *
 * @throws {ArgumentError} if this process cannot allocate that much
 */
export function allocateUnwritten(dtype: Dtype, n: number, operation = 'Tensor'): Floats {
  const bytes = BYTES_OF[dtype] * n;
  if (bytes < LEAST_UNWRITTEN || bytes > MOST_UNWRITTEN) return allocate(dtype, n, operation);
  return withinMemory<Floats>(operation, dtype, n, () => {
    const buffer = platform.unwritten(bytes);
    return dtype === 'float32' ? new Float32Array(buffer) : new Float64Array(buffer);
  });
}

const BYTES_OF = { uint8: 1, int32: 4, float32: 4, float64: 8 } as const;

/**
 * The result of `make`, an array of n numbers.
 *
 * @throws {ArgumentError} if this process cannot allocate that much
 */
export function withinMemory<A>(operation: string, dtype: Dtype | 'int32' | 'uint8', n: number, make: () => A): A {
  try {
    return make();
  } catch (error) {
    if ((error as Error).name !== 'RangeError') throw error; // of any realm
    const found = `${n} ${dtype} numbers take ${formatBytes(n * BYTES_OF[dtype])}`;
    throw new ArgumentError({ operation, found, expected: 'no more than this process can allocate' }, { cause: error });
  }
}
