/** The arrays of numbers that the backends compute with, and the operations that they know by name. */

/** Arrays of the numbers that the backends compute with. */
export type Floats = Float32Array | Float64Array;

/** The element type of `Floats`. */
export type Dtype = 'float32' | 'float64';

/** The values of every option `dtype`. */
export const DTYPES = ['float32', 'float64'] as const satisfies readonly Dtype[];

/** Activation functions, applied element by element. Their derivative is expressed through the output y. */
export type Activation = 'identity' | 'relu' | 'sigmoid' | 'tanh';

/** Every activation; its index is the code that the compiled backends use, and so in the lists below. */
export const ACTIVATIONS = ['identity', 'relu', 'sigmoid', 'tanh'] as const satisfies readonly Activation[];

/** Functions of one number. */
export type UnaryOperation = 'exp' | 'log' | 'sqrt' | 'abs' | 'negate';

/** The names of UnaryOperation, in the order of the kernels' codes. */
export const UNARY_OPERATIONS = ['exp', 'log', 'sqrt', 'abs', 'negate'] as const satisfies readonly UnaryOperation[];

/** Functions of two numbers. */
export type BinaryOperation = 'add' | 'subtract' | 'multiply' | 'divide' | 'power' | 'maximum' | 'minimum';

/** The names of BinaryOperation, in the order of the kernels' codes. */
export const BINARY_OPERATIONS = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'power',
  'maximum',
  'minimum',
] as const satisfies readonly BinaryOperation[];

/** What becomes one number of many. */
export type Reduction = 'sum' | 'mean' | 'maximum' | 'minimum';

/** The names of Reduction, in the order of the kernels' codes. */
export const REDUCTIONS = ['sum', 'mean', 'maximum', 'minimum'] as const satisfies readonly Reduction[];

/** The lists of names that an argument may be one of. */
export const NAMES = { ACTIVATIONS, UNARY_OPERATIONS, BINARY_OPERATIONS, REDUCTIONS } as const;
