import { allocate, type Floats } from '../backend/backend.js';
import { Tensor } from '../tensor/tensor.js';

/** What a buffer's tensors have in common with others: their element type, and where they are computed with. */
type Kind = Pick<Tensor, 'dtype' | 'backend'>;

/**
 * A matrix that a layer owns and reuses, with as many rows as the current batch.
 *
 * Allocated at the first batch and when a batch is larger than any before. A shorter batch uses the leading rows. Tensors for
 * the last two row counts are kept, because epochs alternate between full batches and one short last batch: so steps
 * allocate nothing.
 */
export class RowBuffer {
  private data: Floats | undefined;
  private current: Tensor | undefined;
  private previous: Tensor | undefined;

  /** The first `rows` rows, (rows, width), of the dtype and backend of `like`; what they hold is unspecified. */
  rows(rows: number, width: number, like: Kind): Tensor {
    const { current } = this;
    if (current !== undefined && fits(current, rows, width, like)) return current;
    const { previous } = this;
    this.previous = current;
    if (previous !== undefined && fits(previous, rows, width, like)) {
      this.current = previous;
      return previous;
    }
    const size = rows * width;
    if (this.data === undefined || this.data.length < size || current?.dtype !== like.dtype) {
      this.data = allocate(like.dtype, size);
      this.previous = undefined; // it lies in the old array
    }
    this.current = new Tensor(this.data.subarray(0, size), [rows, width], like.backend);
    return this.current;
  }
}

function fits(tensor: Tensor, rows: number, width: number, like: Kind): boolean {
  return (
    tensor.shape[0] === rows &&
    tensor.shape[1] === width &&
    tensor.dtype === like.dtype &&
    tensor.backend === like.backend
  );
}
