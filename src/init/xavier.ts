/**
 * Xavier's scale for layers followed by sigmoid, tanh or nothing, in the book's form: √(1 / fanIn).
 *
 * Glorot and Bengio's own form is √(2 / (fanIn + fanOut)); the two agree where a layer has as many outputs as inputs.
 * Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward networks, 2010; Saito, §6.2.2.
 */
export function xavierDeviation(fanIn: number): number {
  return Math.sqrt(1 / fanIn);
}
