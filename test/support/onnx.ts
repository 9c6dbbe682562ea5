/** ONNX files: what is in them, read by code that shares nothing with the writer, and what another runtime makes of them. */

import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';

/** The output of a file for rows, by onnxruntime. */
export async function runOnnx(file: Uint8Array, x: Float32Array, rows: number): Promise<Float32Array> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session = await InferenceSession.create(file, options);
  try {
    const { y } = await session.run({ x: new OnnxTensor('float32', x, [rows, x.length / rows]) });
    return y!.data as Float32Array;
  } finally {
    await session.release();
  }
}

type Fields = readonly (readonly [field: number, content: number | Uint8Array])[];

/** The fields of a message: whole numbers, and bytes for all else. */
export function fieldsOf(message: Uint8Array): Fields {
  const fields: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = (): number => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = message[at++]!;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const wire = key % 8;
    if (wire === 0) fields.push([(key - wire) / 8, varint()]);
    else {
      const length = wire === 5 ? 4 : varint();
      fields.push([(key - wire) / 8, message.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}

const all = (message: Uint8Array, field: number): Uint8Array[] =>
  fieldsOf(message).flatMap(([number, content]) => (number === field ? [content as Uint8Array] : []));
const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** What a file says beside its numbers. */
export function readOnnx(file: Uint8Array) {
  const graph = all(file, 7)[0]!;
  return {
    irVersion: fieldsOf(file).find(([field]) => field === 1)![1],
    opset: fieldsOf(all(file, 8)[0]!).find(([field]) => field === 2)![1],
    producer: [...all(file, 2), ...all(file, 3)].map(utf8).join(' '),
    name: utf8(all(graph, 2)[0]!),
    doc: utf8(all(graph, 10)[0]!),
    /** The operators in order. */
    operators: all(graph, 1).map((node) => utf8(all(node, 4)[0]!)),
    nodes: all(graph, 1).map((node) => utf8(all(node, 3)[0]!)),
    constants: all(graph, 5).map((tensor) => utf8(all(tensor, 8)[0]!)),
  };
}
