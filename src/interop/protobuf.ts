/**
 * Protocol buffers, as far as an ONNX file needs them: three wire types, written and never read.
 *
 * Written here rather than by a library: these functions are shorter than the generated classes that a library would bring
 * for the messages of ONNX, and the arrays of a network go into the file in one copy.
 */

/** A message, or one field of it: bytes in pieces, joined once, at the end. */
export interface Message {
  readonly size: number;
  readonly pieces: readonly Uint8Array[];
}

/** The wire types: how the bytes behind a field's number are to be read. */
const VARINT = 0;
const WITH_LENGTH = 2;
const FOUR_BYTES = 5;

const TEXT = new TextEncoder();

/** Fields one after another. */
export function message(...fields: readonly Message[]): Message {
  return { size: fields.reduce((sum, { size }) => sum + size, 0), pieces: fields.flatMap(({ pieces }) => pieces) };
}

/** A field with a whole number of at least 0. */
export function integer(number: number, value: number): Message {
  return bytesOf([...varint(number * 8 + VARINT), ...varint(value)]);
}

/** A field with a float32. */
export function float(number: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytesOf([...varint(number * 8 + FOUR_BYTES), ...bytes]);
}

/** A field with text. */
export function text(number: number, value: string): Message {
  return nested(number, piece(TEXT.encode(value)));
}

/** A field with bytes, which are not copied. */
export function bytes(number: number, value: Uint8Array): Message {
  return nested(number, piece(value));
}

/** A field with a message. */
export function nested(number: number, value: Message): Message {
  return message(bytesOf([...varint(number * 8 + WITH_LENGTH), ...varint(value.size)]), value);
}

/** The bytes of a message. */
export function joined({ size, pieces }: Message): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of pieces) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const piece = (value: Uint8Array): Message => ({ size: value.length, pieces: [value] });
const bytesOf = (values: readonly number[]): Message => piece(Uint8Array.from(values));

/** Seven bits a byte, the lowest first; the eighth says that more follow. By division: shifts end at 32 bits. */
function varint(value: number): number[] {
  const groups: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
  return [...groups, rest];
}
