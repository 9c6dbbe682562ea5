import type { Tensors } from '../layers/layer.js';
import { sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Attributes, encodeOnnx, floatTensor, integerTensor, type OnnxNode } from './onnx-format.js';
import type { Message } from './protobuf.js';

/**
 * A graph under construction: the value that rows lead to so far, and how it lies in memory.
 *
 * Here images are rows with channels last, (N, height · width · channels). ONNX's convolutions and poolings take channels
 * first, (N, channels, height, width). So the value is turned once, before the first of them, and stays turned: each column's
 * constants are turned with it, and the weights of the affine layer at the end take its columns in their new order. Nothing
 * is turned back unless images are what the network gives.
 */
export class RowGraph {
  /** One row of the value as the network has it, e.g. [28, 28, 1]. */
  shape: readonly number[];

  /** Whether the value is (N, channels, height, width), and not (N, columns). */
  #isTurned = false;
  #value = 'x';
  /** What the nodes and constants of the current layer are called. */
  #place = 'x';
  readonly #inputs: number;
  readonly #names: ReadonlyMap<Tensor, string>;
  readonly #nodes: OnnxNode[] = [];
  readonly #constants: Message[] = [];
  readonly #used: Set<string> = new Set();

  /**
   * @param shape one row of x
   * @param tensors the network's parameters and buffers, whose names their constants get
   */
  constructor(shape: readonly number[], tensors: Tensors) {
    this.shape = shape;
    this.#inputs = sizeOf(shape);
    this.#names = new Map(Object.entries(tensors).map(([name, tensor]) => [tensor, name]));
  }

  get isTurned(): boolean {
    return this.#isTurned;
  }

  /** Columns of a row. */
  get columns(): number {
    return sizeOf(this.shape);
  }

  /** The name of the value, for operators that read it twice. */
  get value(): string {
    return this.#value;
  }

  /** @param place the layer whose nodes follow, e.g. `layer2` */
  enter(place: string): void {
    this.#place = place;
  }

  /** Appends an operator on the value, whose result is the value from now on. */
  append(type: string, others: readonly string[] = [], attributes: Attributes = {}): void {
    this.apply(type, [this.#value, ...others], attributes);
  }

  /** The same for an operator that does not read the value first. */
  apply(type: string, inputs: readonly string[], attributes: Attributes = {}): void {
    const name = this.#unique(type);
    this.#nodes.push({ type, name, inputs, output: name, attributes });
    this.#value = name;
  }

  /** A constant that belongs to no parameter. @returns its name */
  scalar(name: string, number: number): string {
    return this.#constant(this.#unique(name), [], Float32Array.of(number));
  }

  /** A list of whole numbers. @returns its name */
  list(name: string, numbers: readonly number[]): string {
    const unique = this.#unique(name);
    this.#constants.push(integerTensor(unique, numbers));
    return unique;
  }

  /** A parameter or buffer as it is, or another arrangement of it. @returns its name */
  parameter(tensor: Tensor, arranged: Pick<Tensor, 'data' | 'shape'> = tensor): string {
    return this.#constant(this.#names.get(tensor)!, arranged.shape, Float32Array.from(arranged.data));
  }

  /** A parameter or buffer with a number for each column, in the order of the value. */
  perColumn(tensor: Tensor): string {
    const turned = this.#isTurned ? tensor.reshape([...this.shape]).transpose([2, 0, 1]) : tensor;
    return this.parameter(tensor, turned);
  }

  /** W of a product with the value, whose rows are the columns of the value; the value becomes a matrix. */
  weights(W: Tensor): string {
    if (!this.#isTurned) return this.parameter(W);
    const [height, width, channels] = this.shape as readonly [number, number, number];
    const turned = W.reshape([height * width, channels, W.shape[1]!])
      .transpose([1, 0, 2])
      .reshape([...W.shape]);
    this.#reshape([0, this.columns]);
    this.#isTurned = false;
    return this.parameter(W, turned);
  }

  /** (N, height · width · channels) → (N, channels, height, width). */
  turn(): void {
    if (this.#isTurned) return;
    const [height, width, channels] = this.shape as readonly [number, number, number];
    // With one channel, or one place, both arrangements are the same numbers in the same order.
    if (channels === 1 || height * width === 1) this.#reshape([0, channels, height, width]);
    else {
      this.#reshape([0, height, width, channels]);
      this.append('Transpose', [], { perm: [0, 3, 1, 2] });
    }
    this.#isTurned = true;
  }

  /** Back to rows with channels last. */
  turnBack(): void {
    if (!this.#isTurned) return;
    const [height, width, channels] = this.shape as readonly [number, number, number];
    if (channels > 1 && height * width > 1) this.append('Transpose', [], { perm: [0, 2, 3, 1] });
    this.#reshape([0, this.columns]);
    this.#isTurned = false;
  }

  /** The value as a matrix with that many columns, row after row. */
  asMatrix(columns: number): void {
    this.#reshape([-1, columns]);
  }

  /** The bytes of an ONNX file, with the value as y. */
  encode(name: string, doc: string): Uint8Array {
    this.turnBack();
    if (this.#nodes.length === 0) this.append('Identity');
    const last = this.#nodes.length - 1;
    const nodes = this.#nodes.map((node, i) => (i === last ? { ...node, output: 'y' } : node));
    const constants = this.#constants;
    return encodeOnnx({ name, doc, inputs: this.#inputs, outputs: this.columns, nodes, constants });
  }

  /** @param shape 0 keeps the number of rows */
  #reshape(shape: readonly number[]): void {
    this.append('Reshape', [this.list('shape', shape)]);
  }

  #constant(name: string, shape: readonly number[], data: Float32Array): string {
    this.#constants.push(floatTensor(name, shape, data));
    return name;
  }

  /** `layer2/Gemm`, and `layer2/Gemm2` where the first is taken. The slash is in no parameter's name. */
  #unique(kind: string): string {
    let name = `${this.#place}/${kind}`;
    for (let number = 2; this.#used.has(name); number++) name = `${this.#place}/${kind}${number}`;
    this.#used.add(name);
    return name;
  }
}
