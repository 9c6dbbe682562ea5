import { workers } from './node-modules.js';

/** What the thread runs: CommonJS, which Node takes as text. Each message from outside lets it give one result more. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
let [asked, wake] = [0, () => {}];
parentPort.on('message', () => {
  asked++;
  wake();
});
const partsOf = (error) => ({ message: error?.message ?? String(error), code: error?.code });
(async () => {
  try {
    const { module, name, input } = workerData;
    for await (const value of require(module)[name](input)) {
      while (asked === 0) await new Promise((resolve) => (wake = resolve));
      asked--;
      const memory = Object.values(value).map(({ buffer }) => buffer);
      parentPort.postMessage({ value }, memory);
    }
    parentPort.postMessage({ isDone: true });
  } catch (error) {
    const cause = error?.cause === undefined ? undefined : partsOf(error.cause);
    parentPort.postMessage({ error: { ...partsOf(error), complaint: error?.complaint, cause } });
  }
  parentPort.close();
})();
`;

interface Fault {
  readonly message: string;
  readonly code?: string | undefined;
  readonly complaint?: unknown;
  readonly cause?: Fault | undefined;
}

interface Answer {
  readonly value?: unknown;
  readonly isDone?: true;
  readonly error?: Fault;
}

/** The results of an async generator that runs in a thread of its own; it ends with the loop over them. */
export async function* iterateInThread(
  module: string,
  name: string,
  input: unknown,
  ahead: number,
): AsyncGenerator<unknown, void, undefined> {
  // Without the arguments of this process, which may load what only it needs.
  const worker = new workers.Worker(PROGRAM, { eval: true, execArgv: [], workerData: { module, name, input } });
  const answers: Answer[] = [];
  let wake = (): void => {};
  const take = (answer: Answer): void => {
    answers.push(answer);
    wake();
  };
  worker.on('message', take);
  worker.on('error', ({ message }: Error) => take({ error: { message } }));
  worker.on('exit', (code) => take({ error: { message: `the thread ended with code ${code}` } }));
  // Only who waits for a result keeps the process alive.
  worker.unref();
  for (let i = 0; i < ahead; i++) worker.postMessage('next');
  try {
    for (;;) {
      while (answers.length === 0) {
        worker.ref();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        worker.unref();
      }
      const { value, isDone, error } = answers.shift()!;
      if (error !== undefined) throw errorOf(error);
      if (isDone === true) return;
      worker.postMessage('next');
      yield value;
    }
  } finally {
    await worker.terminate();
  }
}

function errorOf({ message, code, complaint, cause }: Fault): Error {
  const error = new Error(message, cause === undefined ? {} : { cause: errorOf(cause) });
  return Object.assign(error, code === undefined ? {} : { code }, complaint === undefined ? {} : { complaint });
}
