/** The page's Worker: fetches the digits, then answers one request after another. Errors reach the page as sentences. */

import { defaultBackend } from 'zerokara';
import { pagePort } from '../shared/worker-port.js';
import { fetchDigits } from './fetch-digits.js';
import type { Answer, Request } from './messages.js';
import { PIXELS } from './packed-digits.js';
import { Session } from './session.js';

const port = pagePort<Answer, Request>();
let session: Session | undefined;

port.listen(async (request) => {
  // The first request builds the first network.
  if (session !== undefined) return session.answer(request);
  if (request.type !== 'build') return;
  const digits = await fetchDigits(new URL('digits.bin', self.location.href));
  const { name, reason } = defaultBackend();
  const trainCount = digits.train.length / PIXELS;
  port.post({ type: 'ready', trainCount, test: digits.test.slice(), backend: name, reason });
  session = new Session(digits, request.settings, port.post);
});
