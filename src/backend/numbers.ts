/** The arrays of numbers that the backends compute with, and the activations that they know. */

/** Arrays of the numbers that the backends compute with. */
export type Floats = Float32Array | Float64Array;

/** The element type of `Floats`. */
export type Dtype = 'float32' | 'float64';

/** Activation functions, applied element by element. Their derivative is expressed through the output y. */
export type Activation = 'identity' | 'relu' | 'sigmoid' | 'tanh';

/** Every activation; its index is the code that the compiled backends use. */
export const ACTIVATIONS = ['identity', 'relu', 'sigmoid', 'tanh'] as const satisfies readonly Activation[];
