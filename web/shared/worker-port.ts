/** Messages between a page and its Worker, and where the errors of a Worker are shown. */

/** One end of the line. */
export interface Port<Sent, Received> {
  /** Sends a message; the buffers of `transfer` move along and are empty here afterwards. */
  post(message: Sent, transfer?: Transferable[]): void;
  /** Calls `handler` for each message that arrives. */
  listen(handler: (message: Received) => unknown): void;
}

/** An error of the Worker, beside the messages of its own. */
interface Failure {
  readonly failure: string;
}

/** What a dedicated Worker's global object has; the types of the DOM know windows only. */
interface WorkerScope {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** The page's end: starts the Worker of a bundle beside the page. Errors become a sentence in the line of alerts. */
export function startWorker<Sent, Received>(file: string): Port<Sent, Received> {
  const worker = new Worker(file, { type: 'module' });
  worker.addEventListener('error', (event) => {
    // Without a message the file itself did not arrive.
    showAlert(event.message ? `The training stopped: ${event.message}` : `The program ${file} could not be loaded.`);
  });
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (handler) =>
      worker.addEventListener('message', ({ data }: MessageEvent<Received | Failure>) => {
        if (isFailure(data)) showAlert(data.failure);
        else handler(data);
      }),
  };
}

/** The Worker's end. What a handler throws, now or later, is told to the page. */
export function pagePort<Sent, Received>(): Port<Sent, Received> {
  const scope = globalThis as unknown as WorkerScope;
  const tell = (error: unknown): void => {
    const failure: Failure = { failure: error instanceof Error ? error.message : String(error) };
    scope.postMessage(failure, []);
  };
  return {
    post: (message, transfer = []) => scope.postMessage(message, transfer),
    listen: (handler) =>
      scope.addEventListener('message', ({ data }: MessageEvent<Received>) => {
        try {
          Promise.resolve(handler(data)).catch(tell);
        } catch (error) {
          tell(error);
        }
      }),
  };
}

/** Shows a sentence in the element with role="alert"; an empty one hides it. */
export function showAlert(sentence: string): void {
  const line = document.querySelector<HTMLElement>('[role="alert"]');
  if (line === null) return;
  line.hidden = sentence === '';
  if (line.textContent !== sentence) line.textContent = sentence;
}

function isFailure(data: unknown): data is Failure {
  return typeof (data as Partial<Failure> | null)?.failure === 'string';
}
