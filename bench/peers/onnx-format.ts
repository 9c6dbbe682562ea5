/** Parts of an ONNX file, written by hand: the format is protocol buffers, of which two wire types are needed. */

const VARINT = 0;
const BYTES = 2;

/** The minimum that onnxruntime accepts: versions of the format and of the operators, both from 2021. */
const IR_VERSION = 7;
const OPSET = 13;

/** Numbers of types in the format: of elements, and of attributes. */
const FLOAT = 1;
const INT64 = 7;
const INTS = 7;

/** A graph from x, rows of `inputs` floats, to y, rows of `outputs`, for any number of rows. */
export function model(
  nodes: readonly Uint8Array[],
  initializers: readonly Uint8Array[],
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): Uint8Array {
  const graph = message(
    ...nodes.map((bytes) => field(1, bytes)),
    field(2, 'network'),
    ...initializers.map((bytes) => field(5, bytes)),
    field(11, value('x', inputs)),
    field(12, value('y', outputs)),
  );
  return message(field(1, IR_VERSION), field(7, graph), field(8, message(field(1, ''), field(2, OPSET))));
}

/** @param attributes lists of whole numbers by name, e.g. `{ kernel_shape: [5, 5] }` */
export const node = (
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, readonly number[]>> = {},
): Uint8Array =>
  message(
    ...inputs.map((name) => field(1, name)),
    field(2, output),
    field(4, type),
    ...Object.entries(attributes).map(([name, ints]) =>
      field(5, message(field(1, name), ...ints.map((int) => field(8, int)), field(20, INTS))),
    ),
  );

export const floats = (name: string, shape: readonly number[], data: Float32Array): Uint8Array =>
  tensor(name, shape, FLOAT, data);

/** A list of whole numbers, e.g. the new shape of a Reshape; −1 stands for what is left. */
export const wholeNumbers = (name: string, list: readonly number[]): Uint8Array =>
  tensor(name, [list.length], INT64, BigInt64Array.from(list, BigInt));

const tensor = (name: string, shape: readonly number[], type: number, data: Float32Array | BigInt64Array): Uint8Array =>
  message(
    ...shape.map((size) => field(1, size)),
    field(2, type),
    field(8, name),
    field(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );

/** A matrix of floats with `columns` columns and any number of rows. */
const value = (name: string, columns: number): Uint8Array => {
  const shape = message(field(1, message(field(2, 'N'))), field(1, message(field(1, columns))));
  return message(field(1, name), field(2, message(field(1, message(field(1, FLOAT), field(2, shape))))));
};

/** A field of a message: a number as a varint, text and bytes with their length. */
function field(number: number, content: number | string | Uint8Array): Uint8Array {
  if (typeof content === 'number') return message(varint((number << 3) | VARINT), varint(content));
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return message(varint((number << 3) | BYTES), varint(bytes.length), bytes);
}

function varint(n: number): Uint8Array {
  const bytes: number[] = [];
  let rest = n;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

function message(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
