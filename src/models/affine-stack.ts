import type { Activation, Backend, Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { standardDeviation, type WeightInitStd } from '../init/standard-deviation.js';
import { Affine } from '../layers/affine.js';
import { Random } from '../random.js';

/** What all layers of a stack share. */
export interface StackOptions {
  readonly weightInitStd: WeightInitStd | undefined;
  readonly seed: number;
  readonly dtype: Dtype;
  readonly backend: Backend | BackendChoice | undefined;
}

/**
 * Affine layers from sizes[0] to sizes[1] to … to sizes[n], the i-th with activations[i], the last with none.
 *
 * All weights come from one generator, first layer first.
 *
 * @throws {ArgumentError} for a weightInitStd that is none, in the name of `operation`
 */
export function affineStack(
  operation: string,
  sizes: readonly number[],
  activations: readonly Activation[],
  { weightInitStd, seed, dtype, backend }: StackOptions,
): Affine[] {
  if (weightInitStd !== undefined) standardDeviation(operation, weightInitStd, sizes[0]!);
  const random = new Random(seed, 'weights');
  const resolved = resolveBackend(backend);
  return sizes.slice(1).map(
    (outputSize, i) =>
      new Affine({
        inputSize: sizes[i]!,
        outputSize,
        activation: activations[i] ?? 'identity',
        ...(weightInitStd === undefined ? {} : { weightInitStd }),
        random,
        dtype,
        backend: resolved,
      }),
  );
}
