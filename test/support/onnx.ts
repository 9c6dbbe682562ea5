/** ONNX files: what is in them, read by code that shares nothing with the writer, and what another runtime makes of them. */

import { createRequire } from 'node:module';
import path from 'node:path';

/** The part of onnxruntime-node that is used here; its own types are not installed with the library. */
interface Runtime {
  readonly InferenceSession: {
    create(
      file: Uint8Array,
      options: object,
    ): Promise<{
      run(inputs: object): Promise<{ readonly y: { readonly data: Float32Array } }>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => object;
}

/** It has 290 MB, so it is installed with the bench's peers only: npm ci --prefix bench/peers --ignore-scripts. */
const runtime = ((): Runtime | undefined => {
  try {
    return createRequire(path.join(import.meta.dirname, '../../bench/peers/package.json'))('onnxruntime-node');
  } catch (error) {
    if (process.env['REQUIRE_ONNXRUNTIME'] === '1') throw error;
    return undefined;
  }
})();

/** Whether the bench's peers are installed, which have onnxruntime. */
export const hasOnnxruntime = runtime !== undefined;

/** The output of a file for rows, by onnxruntime. */
export async function runOnnx(file: Uint8Array, x: Float32Array, rows: number): Promise<Float32Array> {
  const { InferenceSession, Tensor } = runtime!;
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };
  const session = await InferenceSession.create(file, options);
  try {
    return (await session.run({ x: new Tensor('float32', x, [rows, x.length / rows]) })).y.data;
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
