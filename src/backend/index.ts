export {
  ACTIVATIONS,
  type Activation,
  type Backend,
  type BackendName,
  type Dtype,
  type Floats,
} from './backend.js';
export { type Diagnosis, diagnose } from './diagnose.js';
export { type Attempt, type BackendChoice, createBackend, defaultBackend, resolveBackend } from './load.js';
export { getThreads, setThreads } from './threads.js';
