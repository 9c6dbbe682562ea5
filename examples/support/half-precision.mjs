// Rounding to 16-bit floats: 1 sign, 5 exponent and 10 fraction bits.

/** The largest finite one, (2 − 2⁻¹⁰) · 2¹⁵. */
const LARGEST = 65504;

/** The nearest 16-bit float; of two equally near ones the even one. */
export function toHalf(x) {
  if (!Number.isFinite(x) || x === 0) return x;
  // The exponent is at least −14: below, floats are spaced evenly.
  const exponent = Math.max(-14, exponentOf(Math.abs(x)));
  const spacing = 2 ** (exponent - 10);
  const rounded = roundToEven(x / spacing) * spacing; // the quotient is exact: a division by a power of 2
  return Math.abs(rounded) > LARGEST ? Math.sign(x) * Number.POSITIVE_INFINITY : rounded;
}

/** ⌊log₂ x⌋ for x > 0; Math.log2 may round up to a whole number. */
function exponentOf(x) {
  const exponent = Math.floor(Math.log2(x));
  if (2 ** exponent > x) return exponent - 1;
  return 2 ** (exponent + 1) <= x ? exponent + 1 : exponent;
}

function roundToEven(x) {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/**
 * Rounds every parameter of a network to 16-bit floats.
 *
 * @param {{ params: Record<string, { data: Float32Array | Float64Array }> }} net
 */
export function roundWeights({ params }) {
  for (const { data } of Object.values(params)) for (let i = 0; i < data.length; i++) data[i] = toHalf(data[i]);
}
