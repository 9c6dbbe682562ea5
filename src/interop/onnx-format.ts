/**
 * The messages of the ONNX format, by the numbers of their fields and types in onnx.proto.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

import { copyLittleEndian } from '../io/safetensors-types.js';
import { VERSION } from '../version.js';
import { bytes, float, integer, joined, type Message, message, nested, text } from './protobuf.js';

/**
 * Operators of 2021, the first with LayerNormalization, and the version of the format that came with them: the oldest that
 * can say what the layers compute, so that runtimes of the last years read the file.
 */
export const OPSET = 17;
const IR_VERSION = 8;

/** Types of elements. */
const FLOAT = 1;
export const INT64 = 7;

/** Types of attributes. */
const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;
const INTS_ATTRIBUTE = 7;

/** Options of an operator: whole numbers of at least 0, lists of them, and floats, which are marked. */
export type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;

/** One operator: what it reads, and the name of what it gives. */
export interface OnnxNode {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
}

/** A graph from x, rows of `inputs` floats, to y, rows of `outputs`, for any number of rows. */
export interface OnnxGraph {
  readonly name: string;
  readonly doc: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly nodes: readonly OnnxNode[];
  /** Encoded by `floatTensor` and `integerTensor`. */
  readonly constants: readonly Message[];
}

/** The bytes of an ONNX file. */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  return joined(
    message(
      integer(1, IR_VERSION),
      text(2, 'zerokara'),
      text(3, VERSION),
      nested(7, encodeGraph(graph)),
      nested(8, message(text(1, ''), integer(2, OPSET))),
    ),
  );
}

function encodeGraph({ name, doc, inputs, outputs, nodes, constants }: OnnxGraph): Message {
  return message(
    ...nodes.map((node) => nested(1, encodeNode(node))),
    text(2, name),
    ...constants.map((constant) => nested(5, constant)),
    text(10, doc),
    nested(11, rowsOf('x', inputs)),
    nested(12, rowsOf('y', outputs)),
  );
}

function encodeNode({ type, name, inputs, output, attributes }: OnnxNode): Message {
  return message(
    ...inputs.map((input) => text(1, input)),
    text(2, output),
    text(3, name),
    text(4, type),
    ...Object.entries(attributes).map(([attribute, value]) =>
      nested(5, message(text(1, attribute), ...attributeValue(value))),
    ),
  );
}

function attributeValue(value: Attributes[string]): Message[] {
  if (typeof value === 'number') return [integer(3, value), integer(20, INT_ATTRIBUTE)];
  if ('float' in value) return [float(2, value.float), integer(20, FLOAT_ATTRIBUTE)];
  return [...value.map((item) => integer(8, item)), integer(20, INTS_ATTRIBUTE)];
}

/** A constant array of float32. */
export function floatTensor(name: string, shape: readonly number[], data: Float32Array): Message {
  return constant(name, shape, FLOAT, data);
}

/** A constant list of whole numbers, e.g. the shape that a Reshape makes. */
export function integerTensor(name: string, list: readonly number[]): Message {
  return constant(name, [list.length], INT64, BigInt64Array.from(list, BigInt));
}

function constant(name: string, shape: readonly number[], type: number, data: Float32Array | BigInt64Array): Message {
  const raw = new Uint8Array(data.byteLength);
  copyLittleEndian(raw, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), data.BYTES_PER_ELEMENT);
  return message(...shape.map((length) => integer(1, length)), integer(2, type), text(8, name), bytes(9, raw));
}

/** A matrix of floats with `columns` columns and any number of rows. */
function rowsOf(name: string, columns: number): Message {
  const shape = message(nested(1, text(2, 'N')), nested(1, integer(1, columns)));
  return message(text(1, name), nested(2, nested(1, message(integer(1, FLOAT), nested(2, shape)))));
}
