import { DtypeError } from '../errors.js';
import { CERTAIN, RESOLVED } from '../functions/slope.js';
import type { Targets } from '../layers/layer.js';
import { checkOptions, requireInteger, requirePositive } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { stridesOf } from '../tensor/shape.js';
import type { Values } from '../tensor/values.js';
import { type ComparedElement, type GradientCheckResult, judged } from './gradient-check-result.js';
import { requireNoDataset } from './input.js';
import { arrayLine, compareAlong, dot, elementLine } from './loss-line.js';
import { lastDigitWithinReach, roundingOfGradient, roundingOfLoss } from './loss-rounding.js';
import { requireNetworkValue } from './match.js';
import type { Network } from './network.js';
import { type LossVariable, type TrainingPass, trainingPass } from './training-pass.js';

/** What a gradient check compares, and how closely. */
export interface GradientCheckOptions {
  /**
   * How many elements of each array are compared, drawn at random without repetition, those whose gradient is not 0
   * first; default: all.
   */
  readonly samples?: number;
  /** The largest relative error of an element that passes; default 1e-7. */
  readonly tolerance?: number;
  /** Seed of the drawn elements; drawn when absent. */
  readonly seed?: number;
}

/**
 * Compares backpropagation with differences of the loss: every parameter, and dL/dx of every layer.
 *
 * Both sides use the training pass, with the same random numbers each time. An element costs two forward passes
 * from its layer on, and up to sixty where the first difference does not settle it. Backward runs twice, so that
 * accumulating gradients are found. Elements at a kink (ReLU at 0) have no derivative: they are compared on both sides of
 * it. Afterwards parameters, buffers and generators are as before, even when the check throws.
 *
 * Source: Saito, Deep Learning from Scratch, §5.7.3.
 *
 * @throws {ArgumentError} for a Dataset: give its x and labels
 * @throws {DtypeError} for a float32 network: there, rounding swamps the difference
 * @throws {StateError} if the loss of the same batch differs from call to call, or a layer writes into its x or dy
 * @example
 * console.log(String(gradientCheck(net, x, labels, { samples: 100, seed: 1 })))
 * // right: 43 elements compared; largest error 2.1e-10 at W1[0][3] (numerical 0.0113, backpropagated 0.0113)
 */
export function gradientCheck<K extends string>(
  net: Network<K>,
  x: Values,
  labels: Targets,
  options: GradientCheckOptions = {},
): GradientCheckResult<K> {
  if (typeof net?.lossAndGradient !== 'function') requireNetworkValue('gradientCheck', 'net is', net);
  requireNoDataset('gradientCheck', x);
  checkOptions('gradientCheck', options, ['samples', 'tolerance', 'seed']);
  const samples =
    options.samples === undefined
      ? Number.POSITIVE_INFINITY
      : requireInteger('gradientCheck', 'samples', options.samples, 1);
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
  const pass = trainingPass(net, x, labels);
  try {
    return new GradientCheck(pass, samples, tolerance, random).run();
  } finally {
    pass.close();
  }
}

/** Two gradients of the same batch may differ by this part of the largest element: the order of a sum may change. */
const REPEATED = 1e-9;

/** Errors above the tolerance that differ by a smaller part are equal: only rounding distinguishes them. */
const EQUAL = 1e-4;

/** One array being checked. */
interface Subject {
  readonly variable: LossVariable;
  readonly gradient: Float64Array;
  /** The largest magnitude in `gradient`. */
  readonly largest: number;
  /** How far rounding may have moved each element of `gradient`. */
  readonly rounding: Float64Array;
  /** The natural step of each element. */
  readonly scales: Float64Array;
}

/** One check, array by array. */
class GradientCheck {
  /** How far rounding may move the loss as it is, and at most within a natural step. */
  private readonly noise: number;
  private readonly lastDigit: number;
  private readonly errors = { parameter: {} as Record<string, number>, input: {} as Record<string, number> };
  private readonly counts = { compared: 0, zeros: 0, kinks: 0, excused: 0, unresolved: 0 };
  private readonly faults: string[] = [];
  /** The worst element of the array that is being checked. */
  private worst: ComparedElement | undefined;

  constructor(
    private readonly pass: TrainingPass,
    private readonly samples: number,
    private readonly tolerance: number,
    private readonly random: Random,
  ) {
    this.noise = roundingOfLoss(pass);
    this.lastDigit = lastDigitWithinReach(pass);
  }

  run<K extends string>(): GradientCheckResult<K> {
    const { pass, errors, counts, faults, tolerance } = this;
    const worst: ComparedElement[] = [];
    for (const variable of pass.variables) {
      this.worst = undefined;
      errors[variable.of][variable.name] = this.check(variable);
      if (this.worst !== undefined) worst.push(this.worst);
    }
    const byParameter = errors.parameter as Record<K, number>;
    const { unchecked } = pass;
    return judged(
      { byParameter, byInput: errors.input, worst: worstOf(worst, tolerance), ...counts, faults, unchecked },
      tolerance,
    );
  }

  /** The largest error of one array. */
  private check(variable: LossVariable): number {
    const first = variable.gradient().slice();
    const gradient = variable.gradient().slice();
    this.requireRepeated(variable, first, gradient);
    const scales = stepScales(variable.values);
    const rounding = roundingOfGradient(this.pass, this.random, variable, gradient).map(
      (change, i) => change + this.lastDigit / scales[i]!,
    );
    const subject: Subject = { variable, gradient, largest: largestOf(gradient), rounding, scales };

    const [drawn, left] = this.draw(gradient);
    const largest = this.compareElements(subject, drawn);
    if (largest > this.tolerance) return largest;
    const fault = this.compareWhole(subject);
    if (fault === undefined) return largest;
    // One of the others is wrong; it is named if it can be found.
    const ofOthers = this.compareElements(subject, left);
    if (ofOthers <= this.tolerance) this.faults.push(fault);
    return Math.max(largest, ofOthers);
  }

  /** Adds a fault if another backward pass changes a gradient. */
  private requireRepeated({ name }: LossVariable, first: Float64Array, second: Float64Array): void {
    const allowed = REPEATED * largestOf(first);
    const i = first.findIndex((value, j) => Math.abs(value - second[j]!) > allowed);
    if (i < 0) return;
    this.faults.push(
      `the gradient of ${name} changes from pass to pass: ${first[i]}, then ${second[i]} (it must be overwritten, not added to)`,
    );
  }

  /** The indices to compare, drawn at random, those with a gradient other than 0 first; and the indices left. */
  private draw(gradient: Float64Array): [drawn: readonly number[], left: readonly number[]] {
    const indices = Int32Array.from(gradient, (_, i) => i);
    if (this.samples >= indices.length) return [[...indices], []];
    this.random.shuffle(indices);
    const ordered = [...indices.filter((i) => gradient[i] !== 0), ...indices.filter((i) => gradient[i] === 0)];
    return [ordered.slice(0, this.samples), ordered.slice(this.samples)];
  }

  private compareElements(subject: Subject, indices: readonly number[]): number {
    return indices.reduce((largest, i) => Math.max(largest, this.compareElement(subject, i)), 0);
  }

  /** The error of one element; counts the element, and remembers it if it is the worst. */
  private compareElement({ variable, gradient, largest, rounding, scales }: Subject, i: number): number {
    const { counts, noise, tolerance } = this;
    const comparison = compareAlong(elementLine(variable, i), gradient[i]!, {
      scale: scales[i]!,
      noise,
      claimNoise: rounding[i]!,
      tolerance,
    });
    const { verdict, atKink, measured, claimed, uncertainty } = comparison;
    if (atKink) counts.kinks++;
    // What is doubtful for the element itself may still be negligible next to the largest of its array.
    if (verdict !== 'right' && verdict !== 'wrong' && !(uncertainty <= RESOLVED * largest)) {
      counts[verdict === 'kink' ? 'excused' : 'unresolved']++;
      return 0;
    }
    counts.compared++;
    if (measured === 0 && claimed === 0) counts.zeros++;
    const unexplained = Math.abs(measured - claimed) - (verdict === 'wrong' ? 0 : CERTAIN * uncertainty);
    const error = unexplained <= 0 ? 0 : unexplained / Math.max(Math.abs(measured), Math.abs(claimed));
    const most = this.worst?.error ?? 0;
    // Among equal errors the first is named, whichever way the backend rounds.
    if (this.worst === undefined || error > (most > tolerance ? most * (1 + EQUAL) : most)) {
      const index = placeOf(i, variable.shape);
      this.worst = { array: variable.name, index, numerical: measured, backpropagated: claimed, error };
    }
    return error;
  }

  /** A sentence if the array as a whole is wrong: along its own gradient, or along random signs, which see zeros too. */
  private compareWhole({ variable, gradient, rounding, scales }: Subject): string | undefined {
    const { noise, tolerance, random } = this;
    const signs = scales.map((scale) => (random.integer(2) === 0 ? scale : -scale));
    for (const direction of [withinScales(gradient, scales), signs]) {
      const { verdict, wrongBeside, measured, claimed } = compareAlong(
        arrayLine(variable, direction),
        dot(gradient, direction),
        {
          scale: 1,
          noise,
          claimNoise: direction.reduce((sum, step, i) => sum + Math.abs(step) * rounding[i]!, 0),
          tolerance,
        },
      );
      // Many elements have many kinks, whose effects can cancel; beside the kinks they do not.
      if (verdict !== 'wrong' || !wrongBeside) continue;
      return `${variable.name} as a whole is wrong: along one direction the loss changes by ${measured}, by backpropagation ${claimed}`;
    }
    return undefined;
  }
}

/**
 * The worst of the worst elements of each array. A mistake in dL/dx of a layer makes all that comes before the layer wrong by
 * the same part: then the array nearest to the loss is named, which is that layer's own.
 */
function worstOf(found: readonly ComparedElement[], tolerance: number): ComparedElement | undefined {
  const largest = found.reduce<ComparedElement | undefined>(
    (most, other) => (most === undefined || other.error > most.error ? other : most),
    undefined,
  );
  if (largest === undefined || largest.error <= tolerance) return largest;
  return found.filter(({ error }) => error >= largest.error * (1 - EQUAL)).at(-1);
}

/** The natural step of each element: its size, or the root mean square of the array where that is larger; 1 if all are 0. */
function stepScales(values: Float64Array): Float64Array {
  const typical = Math.sqrt(dot(values, values) / values.length) || 1;
  return values.map((value) => Math.max(Math.abs(value), typical));
}

/** The gradient as a direction: stretched so that no element moves by more than its scale. */
function withinScales(gradient: Float64Array, scales: Float64Array): Float64Array {
  const stretch = gradient.reduce(
    (least, slope, i) => (slope === 0 ? least : Math.min(least, scales[i]! / Math.abs(slope))),
    Number.MAX_VALUE,
  );
  return gradient.map((slope) => slope * stretch);
}

function largestOf(numbers: Float64Array): number {
  return numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The index of element `i` along each axis. */
function placeOf(i: number, shape: readonly number[]): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(i / stride) % shape[axis]!);
}
