import { workers } from './node-modules.js';
import type { CallingWorker } from './platform.js';

/** What the thread runs: CommonJS, which Node takes as text, and which may import modules of both kinds. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const loaded = import(workerData.module).then((exports) => {
  const found = exports.default?.default ?? exports.default;
  if (typeof found === 'function') return found;
  throw new TypeError(workerData.module + ' has no function as its default export');
});
loaded.catch(() => {}); // each call tells it
parentPort.on('message', async (inputs) => {
  try {
    parentPort.postMessage({ value: await (await loaded)(...inputs, workerData.shared) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    parentPort.postMessage({ message, code: error?.code });
  }
});
`;

interface Answer {
  readonly value?: unknown;
  readonly message?: string;
  readonly code?: string;
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
  const endWith = (answer: Answer): void => {
    ended ??= answer;
    answerWith(ended);
  };
  worker.on('error', ({ message }: Error) => endWith({ message }));
  worker.on('exit', (code) => endWith({ message: `the Worker ended with code ${code}` }));
  return {
    async call(...inputs) {
      const { value, message, code } =
        ended ??
        (await new Promise<Answer>((resolve) => {
          settle = resolve;
          worker.postMessage(inputs);
        }));
      if (message === undefined) return value;
      throw Object.assign(new Error(message), code === undefined ? {} : { code });
    },
    async end() {
      await worker.terminate();
    },
  };
}
