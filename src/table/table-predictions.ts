import type { TargetEncoding } from './target-encoding.js';
import type { TableTask } from './training-options.js';

/** The class of a row, and how probable every class is. */
export interface ClassPrediction {
  /** The most probable class, by its name. */
  readonly label: string;
  /** Its probability, in [0, 1]. */
  readonly probability: number;
  /** Of every class by its name; JSON shows it as an object. */
  readonly probabilities: ReadonlyMap<string, number>;
}

/** What is predicted for a row: a class, or a number in the unit of the target. */
export type Prediction<T extends TableTask = TableTask> = T extends 'classification' ? ClassPrediction : number;

/** A Map that JSON can hold. */
class Probabilities extends Map<string, number> {
  toJSON(): Record<string, number> {
    return Object.fromEntries(this);
  }
}

/** @param outputs of the network: probabilities (N, classes), or standardised values (N, 1) */
export function predictionsOf(target: TargetEncoding, outputs: Float32Array): (ClassPrediction | number)[] {
  if (!('classes' in target)) return Array.from(outputs, (value) => value * target.deviation + target.mean);
  const { classes } = target;
  return Array.from({ length: outputs.length / classes.length }, (_, row) => {
    const probabilities = new Probabilities();
    let best = 0;
    classes.forEach((name, i) => {
      const probability = outputs[row * classes.length + i]!;
      probabilities.set(name, probability);
      if (probability > outputs[row * classes.length + best]!) best = i;
    });
    return { label: classes[best]!, probability: outputs[row * classes.length + best]!, probabilities };
  });
}
