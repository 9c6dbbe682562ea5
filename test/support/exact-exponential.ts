/** eˣ far beyond double precision, in whole numbers: the reference against which ulps are counted. */

/** Bits after the point: e⁻⁷⁴⁵ is 2⁻¹⁰⁷⁵, and 100 digits of it should be correct. */
const BITS = 1400n;
const ONE = 1n << BITS;

/** eˣ · 2¹⁴⁰⁰, for x in [−745, 1]. */
export function exactExponential(x: number): bigint {
  // x is m · 2⁻¹⁰⁷⁴ for a whole m; halved ten times, its series converges in a few dozen terms.
  const halved = fixed(x) >> 10n;
  let term = ONE;
  let sum = ONE;
  for (let i = 1n; term !== 0n; i++) {
    term = ((term * halved) >> BITS) / i;
    sum += term;
    if (term === -1n) break; // a negative number is shifted towards −∞ and never reaches 0
  }
  for (let i = 0; i < 10; i++) sum = (sum * sum) >> BITS;
  return sum;
}

/** A double as a whole number of 2⁻¹⁴⁰⁰. */
export function fixed(x: number): bigint {
  const [mantissa, exponent] = split(x);
  const shift = BITS + BigInt(exponent);
  return shift >= 0n ? mantissa << shift : mantissa >> -shift;
}

/** x = mantissa · 2^exponent with a whole mantissa. */
function split(x: number): [mantissa: bigint, exponent: number] {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0]!;
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  return [x < 0 ? -mantissa : mantissa, Math.max(biased, 1) - 1075];
}
