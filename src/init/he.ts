/**
 * He's scale for layers followed by ReLU: √(2 / fanIn), which keeps the variance although half of the outputs are cut.
 *
 * Source: He et al., Delving Deep into Rectifiers, 2015; Saito, Deep Learning from Scratch, §6.2.3.
 */
export function heDeviation(fanIn: number): number {
  return Math.sqrt(2 / fanIn);
}
