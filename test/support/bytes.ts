/** A copy of the bytes of an array argument; undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (!ArrayBuffer.isView(value) || value.byteLength === 0) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
}
