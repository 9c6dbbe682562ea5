export {
  ACTIVATIONS,
  type Activation,
  type Backend,
  type BackendName,
  BINARY_OPERATIONS,
  type BinaryOperation,
  type ConvolutionShape,
  type Dtype,
  type Floats,
  type PooledConvolutionShape,
  type PoolingShape,
  REDUCTIONS,
  type Reduction,
  UNARY_OPERATIONS,
  type UnaryOperation,
} from './backend.js';
export { type Diagnosis, diagnose } from './choose/diagnose.js';
export { type Attempt, type BackendChoice, createBackend, defaultBackend, resolveBackend } from './choose/load.js';
export { getThreads, setThreads } from './choose/threads.js';
