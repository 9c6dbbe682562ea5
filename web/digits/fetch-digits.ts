import { type Digits, unpackDigits } from './packed-digits.js';

/** @throws {Error} in words, if the file cannot be fetched or is damaged */
export async function fetchDigits(url: URL): Promise<Digits> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new Error(`${url.pathname} cannot be fetched: the server answers ${response.status}`);
  }
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'));
  return unpackDigits(new Uint8Array(await new Response(unpacked).arrayBuffer()));
}
