import { ArgumentError, show } from '../errors.js';
import { complementaryError } from '../functions/error-function.js';
import { keepName } from '../identity.js';
import { checkOptions } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { LayerDescription } from './layer-types.js';

/** Which of the two common forms a `Gelu` computes. */
export interface GeluOptions {
  /** Whether Φ is the normal distribution itself (default true), or the approximation by tanh. */
  readonly exact?: boolean;
}

/** √(2/π), and the coefficient of x³ in the approximation. */
const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;
/** Beyond this |x|, Φ is 0 or 1 in double, and x³ might overflow. */
const FAR = 40;

/**
 * Gaussian error linear unit: y = x · Φ(x), with Φ the distribution function of the normal distribution;
 * dx = dy · (Φ(x) + x · φ(x)).
 *
 * With `exact: false`, Φ(x) = ½ (1 + tanh(√(2/π) · (x + 0.044715 x³))), as some published networks were trained.
 * Shapes: x, y, dx, dy (N, M). Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
 *
 * @example new Gelu().forward(Tensor.from([[1]], { dtype: 'float64' })).toArray()   // [[0.841344746068543]]
 * @throws {ArgumentError} if `exact` is neither true nor false
 */
export class Gelu extends ElementwiseLayer {
  static {
    keepName(Gelu, 'Gelu');
  }

  readonly exact: boolean;

  constructor(options: GeluOptions = {}) {
    super('Gelu');
    checkOptions('Gelu', options, ['exact']);
    const { exact = true } = options;
    if (typeof exact !== 'boolean') {
      throw new ArgumentError({ operation: 'Gelu', found: `exact is ${show(exact)}`, expected: 'true or false' });
    }
    this.exact = exact;
  }

  protected values({ data: y }: Tensor, { data: x }: Tensor): void {
    const gelu = this.exact ? exactGelu : tanhGelu;
    for (let i = 0; i < y.length; i++) y[i] = gelu(x[i]!);
  }

  protected gradients({ data: dx }: Tensor, { data: dy }: Tensor, { data: x }: Tensor): void {
    const slope = this.exact ? exactSlope : tanhSlope;
    for (let i = 0; i < dx.length; i++) dx[i] = dy[i]! * slope(x[i]!);
  }

  /** What `Sequential.from` builds this layer from. */
  describe(): LayerDescription {
    return { type: 'gelu', ...(this.exact ? {} : { exact: false }) };
  }
}

/** Φ(x). */
function normalDistribution(x: number): number {
  return complementaryError(-x * Math.SQRT1_2) / 2;
}

function exactGelu(x: number): number {
  return Math.abs(x) > FAR ? Math.max(x, 0) : x * normalDistribution(x);
}

function exactSlope(x: number): number {
  if (Math.abs(x) > FAR) return x > 0 ? 1 : 0;
  return normalDistribution(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

function tanhGelu(x: number): number {
  return Math.abs(x) > FAR ? Math.max(x, 0) : (x / 2) * (1 + Math.tanh(ROOT * (x + CUBIC * x * x * x)));
}

function tanhSlope(x: number): number {
  if (Math.abs(x) > FAR) return x > 0 ? 1 : 0;
  const t = Math.tanh(ROOT * (x + CUBIC * x * x * x));
  return (1 + t) / 2 + (x / 2) * (1 - t * t) * ROOT * (1 + 3 * CUBIC * x * x);
}
