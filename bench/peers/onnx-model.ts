/** The network as an ONNX file, written by hand: the format is protocol buffers, of which two wire types are needed. */

import type { PeerJob } from './job.js';

const VARINT = 0;
const BYTES = 2;

/** The minimum that onnxruntime accepts: versions of the format and of the operators, both from 2021. */
const IR_VERSION = 7;
const OPSET = 13;
const FLOAT = 1;

/** x → Gemm → activation → … → Gemm → Softmax → y, for any number of rows. */
export function onnxModel({ layers, activation }: Pick<PeerJob, 'layers' | 'activation'>): Uint8Array {
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  let input = 'x';
  layers.forEach(({ inputs, outputs, W, b }, l) => {
    initializers.push(tensor(`W${l}`, [inputs, outputs], W), tensor(`b${l}`, [outputs], b));
    nodes.push(node('Gemm', [input, `W${l}`, `b${l}`], `z${l}`));
    const last = l + 1 === layers.length;
    nodes.push(node(last ? 'Softmax' : activation === 'relu' ? 'Relu' : 'Sigmoid', [`z${l}`], last ? 'y' : `y${l}`));
    input = `y${l}`;
  });
  const graph = message(
    ...nodes.map((bytes) => field(1, bytes)),
    field(2, 'network'),
    ...initializers.map((bytes) => field(5, bytes)),
    field(11, value('x', layers[0]!.inputs)),
    field(12, value('y', layers.at(-1)!.outputs)),
  );
  return message(field(1, IR_VERSION), field(7, graph), field(8, message(field(1, ''), field(2, OPSET))));
}

const node = (type: string, inputs: readonly string[], output: string) =>
  message(...inputs.map((name) => field(1, name)), field(2, output), field(4, type));

const tensor = (name: string, shape: readonly number[], data: Float32Array) =>
  message(
    ...shape.map((size) => field(1, size)),
    field(2, FLOAT),
    field(8, name),
    field(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );

/** A matrix of floats with `columns` columns and any number of rows. */
const value = (name: string, columns: number) => {
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
