import { withinMemory } from '../backend/backend.js';

/** Bytes that a layer owns and reuses: as many as the largest batch so far needed. */
export class ByteBuffer {
  private bytes: Uint8Array = new Uint8Array(0);

  /**
   * At least `count` bytes; larger arrays replace the old one, whose bytes are lost.
   *
   * @throws {ArgumentError} if this process cannot allocate that much
   */
  atLeast(count: number): Uint8Array {
    if (this.bytes.length < count) this.bytes = bytesOf(count);
    return this.bytes;
  }
}

/** A function of its own: the closure's `count` would otherwise be allocated at each call of `atLeast`. */
function bytesOf(count: number): Uint8Array {
  return withinMemory('Tensor', 'uint8', count, () => new Uint8Array(count));
}
