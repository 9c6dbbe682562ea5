/**
 * Whether a claimed derivative is right, judged only by values of the function.
 *
 * One central difference cannot tell a wrong derivative from its own errors: a step that is too large sees curvature, one
 * that is too small sees rounding, and a kink (ReLU at 0) shows at every step. So the slope is measured with a ladder of
 * steps, each a quarter of the one before, and each measurement says how far it can be trusted:
 *
 * - truncation: by how much two neighbouring extrapolations differ. Smooth: it falls with h⁴.
 * - kink: the bend (f(h) − 2f(0) + f(−h)) / h falls with h where f is smooth, and stays where the slope jumps.
 * - noise: the rounding of f, divided by the step.
 *
 * A claim is wrong only if it lies outside all three together.
 *
 * Source: Ridders, Accurate computation of F′(x) and F′(x)F″(x) (1982); Press et al., Numerical Recipes, §5.7.
 */

/** `right` or `wrong` beyond doubt, or doubtful: the slope jumps here, or rounding exceeds what is compared. */
export type Verdict = 'right' | 'wrong' | 'kink' | 'unresolved';

export interface SlopeComparison {
  readonly verdict: Verdict;
  readonly claimed: number;
  /** The measured slope. */
  readonly measured: number;
  /** How far the true slope may lie from `measured`; 0 where the two agree within the tolerance anyway. */
  readonly uncertainty: number;
}

export interface SlopeOptions {
  /** The size of x by which steps are chosen: the first one is 10⁻⁴ of it. */
  readonly scale: number;
  /** The absolute error of f(x), by rounding. */
  readonly noise: number;
  /** The absolute error of the claim, by rounding; no step makes the measurement better than this. */
  readonly claimNoise: number;
  /** The relative error that passes. */
  readonly tolerance: number;
}

/** The relative size of the last digit. */
const LAST_DIGIT = 2 ** -52;

/** The book's step, relative to the scale: one difference at this step settles most claims. */
const FIRST_STEP = 1e-4;

/** Each step of the ladder is the one before divided by this. */
const RATIO = 4;

/** Level k of the ladder takes the step scale / RATIOᵏ: first from START to finer ones, then to coarser ones. */
const START = 2;
const FINEST = 22;
const COARSEST = -6;

/** A claim is wrong if it is more than this many uncertainties away. */
export const CERTAIN = 4;

/** Up to this many times the noise, an uncertainty is rounding, which looks like curvature and kinks too. */
const BLURRED = 8;

/** A measurement settles a claim if its uncertainty is at most this part of it. */
export const RESOLVED = 1e-3;

/** Compares `claimed` with the slope of f at x. f may return NaN or infinity where a step leads too far. */
export function compareSlope(
  f: (x: number) => number,
  x: number,
  claimed: number,
  options: SlopeOptions,
): SlopeComparison {
  const { scale, tolerance } = options;
  const ladder = new Ladder(f, x, claimed, options);
  const first = ladder.difference(scale * FIRST_STEP);
  if (agree(first, claimed, tolerance)) {
    // Two zeros may be a slope that is lost in the last digit of f: a long step shows it.
    const lost = first === 0 && claimed === 0 && ladder.difference(scale) !== 0;
    if (!lost) return { verdict: 'right', claimed, measured: first, uncertainty: 0 };
  }

  for (let level = 0; level < START; level++) ladder.at(level); // only to see how steep f is further away
  const judge = (measurement: Measurement): Verdict | undefined => judged(measurement, claimed, tolerance);
  let best: Measurement | undefined;
  let suspect: Measurement | undefined;
  let coarsest = COARSEST;
  for (let level = START; level <= FINEST; level++) {
    const measurement = ladder.measure(level);
    if (suspect === undefined && best !== undefined && measurement.noise > best.uncertainty) break;
    const verdict = judge(measurement);
    if (verdict === 'right') return comparison('right', claimed, measurement);
    if (verdict === 'wrong') suspect = better(suspect, measurement);
    else if (suspect !== undefined) {
      if (measurement.uncertainty <= BLURRED * measurement.noise) break;
      // A long step is blind to a steep place that is narrower than itself.
      suspect = undefined;
      best = undefined;
      coarsest = level;
    }
    best = better(best, measurement);
  }
  if (suspect !== undefined) return comparison('wrong', claimed, suspect);

  for (let level = START - 1; level >= coarsest; level--) {
    if (best !== undefined && best.uncertainty > 16 * best.noise) break; // rounding is not the cause
    const measurement = ladder.measure(level);
    const verdict = judge(measurement);
    if (verdict !== undefined) return comparison(verdict, claimed, measurement);
    if (better(best, measurement) !== measurement) break;
    best = measurement;
  }

  if (best === undefined) {
    return { verdict: 'unresolved', claimed, measured: first, uncertainty: Number.POSITIVE_INFINITY };
  }
  if (best.uncertainty <= RESOLVED * largerOf(best.value, claimed)) return comparison('right', claimed, best);
  return comparison(best.isKink ? 'kink' : 'unresolved', claimed, best);
}

/** The slope by one pair of steps of the ladder, and what may be wrong with it. */
interface Measurement {
  readonly value: number;
  readonly uncertainty: number;
  readonly noise: number;
  /** Whether the uncertainty comes from a jump of the slope. */
  readonly isKink: boolean;
}

/** Right or wrong, if this measurement can decide. */
function judged(
  { value, uncertainty }: Measurement,
  claimed: number,
  tolerance: number,
): 'right' | 'wrong' | undefined {
  if (agree(value, claimed, tolerance)) return 'right';
  const allowed = CERTAIN * uncertainty + tolerance * largerOf(value, claimed);
  return Math.abs(value - claimed) > allowed ? 'wrong' : undefined;
}

function comparison(verdict: Verdict, claimed: number, { value, uncertainty }: Measurement): SlopeComparison {
  const agreed = verdict === 'right' && uncertainty > RESOLVED * largerOf(value, claimed);
  return { verdict, claimed, measured: value, uncertainty: agreed ? 0 : uncertainty };
}

/** The one with less uncertainty; uncertainty may be NaN where the function was not finite. */
function better(a: Measurement | undefined, b: Measurement): Measurement | undefined {
  if (!Number.isFinite(b.uncertainty)) return a;
  return a === undefined || b.uncertainty < a.uncertainty ? b : a;
}

/** One step of the ladder. */
interface Rung {
  /** (f(x + h) − f(x − h)) / 2h */
  readonly slope: number;
  /** (f(x + h) − 2f(x) + f(x − h)) / h: how much the slope differs between the two sides. */
  readonly bend: number;
  /** The rounding of the two values of f. */
  readonly rounding: number;
  /** The larger of the two slopes from x to x ± h. */
  readonly steepest: number;
}

class Ladder {
  private readonly rungs = new Map<number, Rung>();
  private readonly middle: number;

  constructor(
    private readonly f: (x: number) => number,
    private readonly x: number,
    private readonly claimed: number,
    private readonly options: SlopeOptions,
  ) {
    this.middle = f(x);
  }

  /** The central difference with step h. */
  difference(h: number): number {
    return this.rung(h).slope;
  }

  /** The slope by the steps of `level` and the two below it. */
  measure(level: number): Measurement {
    const [coarse, middle, fine] = [this.at(level), this.at(level + 1), this.at(level + 2)];
    const value = extrapolated(middle, fine);
    const truncation = Math.abs(value - extrapolated(coarse, middle));
    const kink = Math.abs(middle.bend - RATIO * fine.bend) / (RATIO - 1);
    // f is rounded, and so is x: a change of its last digit moves f by this much.
    const slope = Math.max(Math.abs(this.claimed), coarse.steepest, middle.steepest, fine.steepest);
    const inX = LAST_DIGIT * this.options.scale * slope;
    const noise = (2 * Math.max(this.options.noise, fine.rounding, inX)) / this.step(level + 2);
    // A slope is rounded like the steepest ones around it: y·(1 − y) of a saturated sigmoid is 0 because y is rounded to 1.
    const steepest = Math.max(...[...this.rungs.values()].map((rung) => rung.steepest).filter(Number.isFinite));
    const floor = this.options.claimNoise + 64 * LAST_DIGIT * steepest;
    const uncertainty = truncation + kink + noise + floor;
    return { value, uncertainty, noise, isKink: kink > uncertainty / 2 && kink > Math.abs(fine.bend) / RATIO };
  }

  private step(level: number): number {
    return this.options.scale * RATIO ** -level;
  }

  at(level: number): Rung {
    const known = this.rungs.get(level);
    if (known !== undefined) return known;
    const rung = this.rung(this.step(level));
    this.rungs.set(level, rung);
    return rung;
  }

  private rung(h: number): Rung {
    const { f, x, middle } = this;
    // The steps as they are after rounding.
    const up = x + h;
    const down = x - h;
    const above = f(up);
    const below = f(down);
    const right = (above - middle) / (up - x);
    const left = (middle - below) / (x - down);
    return {
      slope: (above - below) / (up - down),
      bend: right - left,
      steepest: largerOf(left, right),
      rounding: LAST_DIGIT * largerOf(above, below),
    };
  }
}

/** Richardson's extrapolation: the error of order h² cancels between two steps. */
function extrapolated(coarse: Rung, fine: Rung): number {
  return fine.slope + (fine.slope - coarse.slope) / (RATIO * RATIO - 1);
}

function agree(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * largerOf(a, b);
}

function largerOf(a: number, b: number): number {
  return Math.max(Math.abs(a), Math.abs(b));
}
