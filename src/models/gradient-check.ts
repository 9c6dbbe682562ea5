import { DtypeError } from '../errors.js';
import { centralDifference } from '../functions/numerical.js';
import type { Targets } from '../layers/layer.js';
import { checkOptions, requireInteger, requirePositive } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Values } from '../tensor/values.js';
import type { Network } from './network.js';

export interface GradientCheckOptions {
  /** How many elements of each parameter are checked, drawn at random without repetition; default: all. */
  readonly samples?: number;
  /** The largest error that passes; default 1e-7. */
  readonly tolerance?: number;
  /** Seed of the drawn elements; drawn when absent. */
  readonly seed?: number;
}

export interface GradientCheckResult<K extends string = string> {
  /** Whether every error is at most `tolerance`. */
  readonly ok: boolean;
  /** The largest of `byParameter`. */
  readonly maxError: number;
  /** max |numerical − backpropagated| / max |backpropagated|, over the checked elements of each parameter. */
  readonly byParameter: Readonly<Record<K, number>>;
}

/**
 * Compares backpropagation with central differences of the loss, h = 1e-4.
 *
 * Costs two forward passes for each checked element. A ReLU input within ±h of 0 has no derivative to compare, and can
 * lift the error; another batch tells. Parameters are as before afterwards, also when the loss throws.
 *
 * Source: Saito, Deep Learning from Scratch, §5.7.3.
 *
 * @throws {DtypeError} for a float32 network: there, rounding swamps the difference
 * @example gradientCheck(net, x, labels, { samples: 100, seed: 1 })   // { ok: true, maxError: 3.1e-10, byParameter: … }
 */
export function gradientCheck<K extends string>(
  net: Network<K>,
  x: Values,
  labels: Targets,
  options: GradientCheckOptions = {},
): GradientCheckResult<K> {
  checkOptions('gradientCheck', options, ['samples', 'tolerance', 'seed']);
  const samples =
    options.samples === undefined ? undefined : requireInteger('gradientCheck', 'samples', options.samples, 1);
  const tolerance = requirePositive('gradientCheck', 'tolerance', options.tolerance ?? 1e-7);
  const random = new Random(resolveSeed('gradientCheck', options.seed), 'samples');
  if (net.dtype !== 'float64') {
    throw new DtypeError({
      operation: 'gradientCheck',
      found: `the network is ${net.dtype}`,
      expected: 'float64: in float32 rounding swamps the difference of two losses',
      fix: "Build the network with dtype: 'float64'",
    });
  }

  const backpropagated = net.gradient(x, labels);
  const byParameter = {} as Record<K, number>;
  for (const name in net.params) {
    const parameter = net.params[name];
    let difference = 0;
    let largest = 0;
    for (const i of drawIndices(parameter, samples, random)) {
      const numerical = centralDifference(() => net.loss(x, labels), parameter.data as Float64Array, i);
      const bp = backpropagated[name].data[i]!;
      difference = Math.max(difference, Math.abs(numerical - bp));
      largest = Math.max(largest, Math.abs(bp));
    }
    // Where backpropagation says 0 everywhere, only a numerical 0 agrees.
    byParameter[name] = difference === 0 ? 0 : difference / largest;
  }
  const maxError = Math.max(...Object.values<number>(byParameter));
  return { ok: maxError <= tolerance, maxError, byParameter };
}

/** All indices of a parameter, or `samples` different ones. */
function drawIndices(parameter: Tensor, samples: number | undefined, random: Random): Int32Array {
  const indices = Int32Array.from({ length: parameter.size }, (_, i) => i);
  if (samples === undefined || samples >= parameter.size) return indices;
  random.shuffle(indices);
  return indices.subarray(0, samples);
}
