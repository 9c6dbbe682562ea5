export {
  ACTIVATIONS,
  type Activation,
  type Backend,
  type BackendName,
  type Dtype,
  type Floats,
} from './backend.js';
export { type Diagnosis, diagnose } from './choose/diagnose.js';
export { type Attempt, type BackendChoice, createBackend, defaultBackend, resolveBackend } from './choose/load.js';
export { getThreads, setThreads } from './choose/threads.js';
