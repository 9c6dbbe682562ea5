/**
 * The complementary error function, erfc(x) = 2/√π · ∫ e^(−t²) dt from x to ∞, to about 1e-16 relative.
 *
 * Source: W. J. Cody, Rational Chebyshev Approximations for the Error Function, Mathematics of Computation 23, 1969, with
 * the coefficients of his CALERF (1990): three rational functions, for |x| up to 0.46875, up to 4, and beyond.
 */

// erf(x) / x in x².
const A = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694];
const B = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
// e^(x²) · erfc(x) in x.
const C = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const D = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
// (1/√π − x · e^(x²) · erfc(x)) · x², in 1/x².
const P = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const Q = [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918];

/** Horner's rule, the highest coefficient first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
}

/**
 * @example complementaryError(0)   // 1
 */
export function complementaryError(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return 1 - (x * polynomial(A, x * x)) / polynomial(B, x * x);
  const tail = Math.exp(-size * size) * scaledTail(size);
  return x < 0 ? 2 - tail : tail;
}

/** e^(x²) · erfc(x) for x above 0.46875. */
function scaledTail(x: number): number {
  if (x <= 4) return polynomial(C, x) / polynomial(D, x);
  const inverse = 1 / (x * x);
  return (1 / Math.sqrt(Math.PI) - (inverse * polynomial(P, inverse)) / polynomial(Q, inverse)) / x;
}
