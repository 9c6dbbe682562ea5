import { workers } from './node-modules.js';
import type { CallingWorker } from './platform.js';

/**
 * What the thread runs. It imports what it needs, so that Node may take it as CommonJS or, under --input-type=module, as a module. It is
 * text, because a bundler may change what `toString` gives of a function.
 */
const PROGRAM = `
import('node:worker_threads').then(({ parentPort, workerData }) => {
  const loaded = import(workerData.module).then((exports) => {
    const found = exports.default?.default ?? exports.default;
    if (typeof found === 'function') return found;
    throw new TypeError(workerData.module + ' has no function as its default export');
  });
  loaded.catch(() => {}); // each call reports it
  // Anything can be thrown: null, or an object that throws when it is read.
  const partsOf = (thrown) => {
    try {
      if (typeof thrown?.message !== 'string') return { message: String(thrown) };
      const { name, message, stack, code } = thrown;
      return JSON.parse(JSON.stringify({ name, message, stack, code }));
    } catch {
      return { message: 'something was thrown that cannot be read' };
    }
  };
  parentPort.on('message', async (inputs) => {
    try {
      parentPort.postMessage({ value: await (await loaded)(...inputs, workerData.shared) });
    } catch (error) {
      parentPort.postMessage({ thrown: partsOf(error) });
    }
  });
});
`;

/** The parts of an error that are kept on its way from the thread. */
interface Thrown {
  readonly message: string;
  readonly name?: unknown;
  readonly stack?: unknown;
  readonly code?: unknown;
}

interface Answer {
  readonly value?: unknown;
  readonly thrown?: Thrown;
}

/** A thread of Node that calls the default export of a module. */
export function startWorker(module: string, shared: unknown): CallingWorker {
  const worker = new workers.Worker(PROGRAM, { eval: true, workerData: { module, shared } });
  let settle: ((answer: Answer) => void) | undefined;
  let ended: Answer | undefined;
  const answerWith = (answer: Answer): void => {
    settle?.(answer);
    settle = undefined;
  };
  worker.on('message', answerWith);
  const endWith = (thrown: Thrown): void => {
    ended ??= { thrown };
    answerWith(ended);
  };
  // What nothing in the thread has caught, e.g. thrown by a timer.
  worker.on('error', (error: unknown) => {
    const isError = typeof (error as Partial<Thrown> | null)?.message === 'string';
    endWith(isError ? (error as Thrown) : { message: String(error) });
  });
  worker.on('exit', (code) => endWith({ message: `the Worker ended with code ${code}` }));
  return {
    async call(...inputs) {
      const { value, thrown } =
        ended ??
        (await new Promise<Answer>((resolve) => {
          settle = resolve;
          worker.postMessage(inputs);
        }));
      if (thrown === undefined) return value;
      throw errorOf(thrown);
    },
    async end() {
      await worker.terminate();
    },
  };
}

/** The error as it was thrown in the Worker, its stack the one from there: that names the line. */
function errorOf({ message, name, stack, code }: Thrown): Error {
  const error = new Error(message);
  for (const [part, value] of Object.entries({ name, stack })) {
    if (typeof value === 'string') Object.defineProperty(error, part, { value, writable: true, configurable: true });
  }
  return code === undefined ? error : Object.assign(error, { code });
}
