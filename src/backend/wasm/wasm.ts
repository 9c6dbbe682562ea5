/**
 * The backend in WebAssembly with 128-bit vectors: what runs fast where no addon can be had.
 *
 * Float32 is computed by the kernels of assembly/, on copies of the operands in the module's memory; float64, which is
 * for checks and figures rather than speed, and operands that do not fit in 2 GB, by the js backend.
 */

import {
  checkActivation,
  checkActivationBackward,
  checkArgMaxRows,
  checkAxpy,
  checkBiasActivation,
  checkBiasActivationBackward,
  checkColumnSums,
  checkGatherRows,
  checkGemm,
  checkSoftmax,
  checkSoftmaxCrossEntropy,
  checkSoftmaxCrossEntropyDense,
  checkSumOfSquares,
} from '../arguments.js';
import { ACTIVATIONS, type Backend } from '../backend.js';
import { createJsBackend } from '../js/js.js';
import { instantiate, type Kernels, Scratch } from './instance.js';

export { instantiate };

/**
 * @param reason why this backend is used, one sentence for people
 * @param kernels an instance of the module that nobody else uses, if there is one already
 * @throws {BackendError} where WebAssembly or its vectors are missing
 */
export function createWasmBackend(reason: string, kernels: Kernels = instantiate()): Backend {
  return { name: 'wasm', reason, ...functionsOver(kernels, new Scratch(kernels.memory, kernels.HEAP_BASE.value)) };
}

/** Each function checks, copies in, computes, copies out. The js backend, which checks too, takes what is not float32. */
function functionsOver(kernels: Kernels, scratch: Scratch): Omit<Backend, 'name' | 'reason'> {
  const js = createJsBackend('computes for the wasm backend what is not float32');
  const single = (array: unknown): boolean => array instanceof Float32Array;
  const gemmScratch = kernels.gemmScratch();

  return {
    gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
      if (!single(c)) return js.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      checkGemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      if (m === 0 || n === 0) return;
      // Without a product (alpha may round to 0) only c is read: nothing for vectors to do.
      if (k === 0 || Math.fround(alpha) === 0 || !scratch.begin(4, 4 * (m * k + k * n + m * n) + gemmScratch)) {
        return js.gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      }
      const packed = scratch.reserve(gemmScratch);
      const left = transA ? scratch.putMatrix(a, k, m, lda) : scratch.putMatrix(a, m, k, lda);
      const right = transB ? scratch.putMatrix(b, n, k, ldb) : scratch.putMatrix(b, k, n, ldb);
      const product = beta === 0 ? scratch.reserve(4 * m * n) : scratch.putMatrix(c, m, n, ldc);
      kernels.gemm(+transA, +transB, m, n, k, alpha, left, right, beta, product, packed);
      scratch.takeMatrix(c, product, m, n, ldc);
    },

    biasActivation(y, bias, m, n, f) {
      if (!single(y)) return js.biasActivation(y, bias, m, n, f);
      checkBiasActivation(y, bias, m, n, f);
      if (!scratch.begin(3, 4 * (2 * m * n + n))) return js.biasActivation(y, bias, m, n, f);
      const x = scratch.put(y, m * n);
      const added = scratch.put(bias, n);
      const sum = scratch.reserve(4 * m * n);
      kernels.addBias(sum, x, added, m, n);
      // Where x was, f of the sum may go.
      if (f !== 'identity') kernels.activation(x, sum, m * n, ACTIVATIONS.indexOf(f));
      scratch.take(y, f === 'identity' ? sum : x, m * n);
    },

    biasActivationBackward(dz, db, dy, y, m, n, f) {
      if (!single(dz)) return js.biasActivationBackward(dz, db, dy, y, m, n, f);
      checkBiasActivationBackward(dz, db, dy, y, m, n, f);
      const count = m * n;
      if (!scratch.begin(3, 4 * (2 * count + n))) return js.biasActivationBackward(dz, db, dy, y, m, n, f);
      const gradient = scratch.put(dy, count);
      const output = f === 'identity' ? 0 : scratch.put(y, count);
      const sums = scratch.reserve(4 * n);
      if (f !== 'identity') kernels.activationBackward(gradient, output, count, ACTIVATIONS.indexOf(f));
      kernels.columnSums(sums, gradient, m, n);
      scratch.take(dz, gradient, count);
      scratch.take(db, sums, n);
    },

    activation(y, x, n, f) {
      if (!single(y)) return js.activation(y, x, n, f);
      checkActivation(y, x, n, f);
      if (!scratch.begin(2, 8 * n)) return js.activation(y, x, n, f);
      const result = scratch.reserve(4 * n);
      kernels.activation(result, scratch.put(x, n), n, ACTIVATIONS.indexOf(f));
      scratch.take(y, result, n);
    },

    activationBackward(dx, dy, y, n, f) {
      if (!single(dx)) return js.activationBackward(dx, dy, y, n, f);
      checkActivationBackward(dx, dy, y, n, f);
      if (!scratch.begin(2, 8 * n)) return js.activationBackward(dx, dy, y, n, f);
      const gradient = scratch.put(dy, n);
      kernels.activationBackward(gradient, scratch.put(y, n), n, ACTIVATIONS.indexOf(f));
      scratch.take(dx, gradient, n);
    },

    columnSums(out, x, m, n) {
      if (!single(out)) return js.columnSums(out, x, m, n);
      checkColumnSums(out, x, m, n);
      if (!scratch.begin(2, 4 * (m * n + n))) return js.columnSums(out, x, m, n);
      const sums = scratch.reserve(4 * n);
      kernels.columnSums(sums, scratch.put(x, m * n), m, n);
      scratch.take(out, sums, n);
    },

    softmax(y, x, m, n) {
      if (!single(y)) return js.softmax(y, x, m, n);
      checkSoftmax(y, x, m, n);
      if (!scratch.begin(2, 8 * m * n)) return js.softmax(y, x, m, n);
      const result = scratch.reserve(4 * m * n);
      kernels.softmax(result, scratch.put(x, m * n), m, n);
      scratch.take(y, result, m * n);
    },

    softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale) {
      if (!single(logits)) return js.softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale);
      checkSoftmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale);
      const count = m * n;
      if (!scratch.begin(4, 4 * (2 * count + 2 * m))) {
        return js.softmaxCrossEntropy(dlogits, logits, labels, weights, m, n, scale);
      }
      const gradient = scratch.reserve(4 * count);
      const x = scratch.put(logits, count);
      const t = scratch.put(labels, m);
      const w = weights === null ? 0 : scratch.put(weights, m);
      const loss = scale * kernels.softmaxCrossEntropy(gradient, x, t, w, m, n, scale);
      if (dlogits !== null) scratch.take(dlogits, gradient, count);
      return loss;
    },

    softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale) {
      if (!single(logits)) return js.softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale);
      checkSoftmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale);
      const count = m * n;
      if (!scratch.begin(4, 4 * (3 * count + m))) {
        return js.softmaxCrossEntropyDense(dlogits, logits, targets, weights, m, n, scale);
      }
      const gradient = scratch.reserve(4 * count);
      const x = scratch.put(logits, count);
      const t = scratch.put(targets, count);
      const w = weights === null ? 0 : scratch.put(weights, m);
      const loss = scale * kernels.softmaxCrossEntropyDense(gradient, x, t, w, m, n, scale);
      if (dlogits !== null) scratch.take(dlogits, gradient, count);
      return loss;
    },

    argMaxRows(out, x, m, n) {
      if (!single(x)) return js.argMaxRows(out, x, m, n);
      checkArgMaxRows(out, x, m, n);
      if (!scratch.begin(2, 4 * (m * n + m))) return js.argMaxRows(out, x, m, n);
      const columns = scratch.reserve(4 * m);
      kernels.argMaxRows(columns, scratch.put(x, m * n), m, n);
      scratch.takeIntegers(out, columns, m);
    },

    gatherRows(out, source, indices, start, count, width, scale) {
      if (!single(out)) return js.gatherRows(out, source, indices, start, count, width, scale);
      checkGatherRows(out, source, indices, start, count, width, scale);
      const total = count * width;
      if (!scratch.begin(2, 5 * total)) return js.gatherRows(out, source, indices, start, count, width, scale);
      const result = scratch.reserve(4 * total);
      if (source instanceof Uint8Array) {
        const bytes = scratch.reserve(total);
        for (let i = 0; i < count; i++) {
          scratch.putBytes(bytes + i * width, source, indices[start + i]! * width, width);
        }
        kernels.scaleBytes(result, bytes, total, scale);
      } else {
        for (let i = 0; i < count; i++) {
          scratch.putFloats(result + 4 * i * width, source as Float32Array, indices[start + i]! * width, width);
        }
        kernels.scaleFloats(result, total, scale);
      }
      scratch.take(out, result, total);
    },

    axpy(n, alpha, x, y) {
      if (!single(y)) return js.axpy(n, alpha, x, y);
      checkAxpy(n, alpha, x, y);
      if (!scratch.begin(2, 8 * n)) return js.axpy(n, alpha, x, y);
      const sum = scratch.put(y, n);
      kernels.axpy(n, alpha, scratch.put(x, n), sum);
      scratch.take(y, sum, n);
    },

    sumOfSquares(x, n) {
      if (!single(x)) return js.sumOfSquares(x, n);
      checkSumOfSquares(x, n);
      if (!scratch.begin(1, 4 * n)) return js.sumOfSquares(x, n);
      return kernels.sumOfSquares(scratch.put(x, n), n);
    },
  };
}
