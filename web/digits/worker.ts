/** The page's Worker: fetches the digits, then answers one request after another. Errors reach the page as sentences. */

import { defaultBackend } from 'zerokara';
import { pagePort } from '../shared/worker-port.js';
import { fetchDigits } from './fetch-digits.js';
import type { Answer, Request } from './messages.js';
import { PIXELS } from './packed-digits.js';
import { Session } from './session.js';

const port = pagePort<Answer, Request>();
let session: Session | undefined;
let isFetching = false;
/** What was asked before there were digits: the network to build, and all else. */
let build: Extract<Request, { type: 'build' }> | undefined;
let others: Request[] = [];

port.listen((request) => {
  if (session !== undefined) return session.answer(request);
  if (request.type === 'build') build = request;
  else others.push(request);
  // The first request builds the first network; after a failure the next one tries again.
  if (!isFetching) return begin();
});

async function begin(): Promise<void> {
  isFetching = true;
  try {
    const digits = await fetchDigits(new URL('digits.bin', self.location.href));
    const { name, reason } = defaultBackend();
    const trainCount = digits.train.length / PIXELS;
    port.post({ type: 'ready', trainCount, test: digits.test.slice(), backend: name, reason });
    session = new Session(digits, build!.settings, port.post);
  } catch (error) {
    // The drawing is still there then; a file is not opened minutes later.
    others = others.filter(({ type }) => type === 'look');
    return port.post({ type: 'unavailable', message: `The digits did not arrive. ${sentenceOf(error)}` });
  } finally {
    isFetching = false;
  }
  const begun = session;
  await Promise.all(others.map((request) => begun.answer(request)));
}

function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.endsWith('.') ? message : `${message}.`;
}
