import type { Operation } from '../../src/backend/backend.js';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { put, reshape, share } from '../support/spoil.js';
import type { Refusal } from './errors.js';

const isShared = 'lies in a SharedArrayBuffer; expected an array that no other thread can change during the call';
const integerRange = 'expected an integer in [0, 2147483648)';
const activations = 'expected "identity", "relu", "sigmoid" or "tanh"';
const mostCells = 'expected at most 256 (the place of a winner in its window is a byte)';
const inputs = 'images × shape.height × shape.width × shape.channels';

/** Whole messages about shapes and winners. */
export const CONVOLUTION_REFUSALS: Partial<Record<Operation, readonly Refusal[]>> = {
  convolution: [
    [reshape(5, { stride: 0 }), ArgumentError, 'convolution: shape.stride is 0; expected at least 1'],
    [reshape(5, { height: 1.5 }), ArgumentError, `convolution: shape.height is 1.5; ${integerRange}`],
    [
      put(5, undefined),
      ArgumentError,
      'convolution: shape is undefined; expected an object of sizes (height, width, channels, filters, kernelHeight, kernelWidth, stride, padTop, padLeft, outHeight, outWidth)',
    ],
    // More than 2³¹ elements, and more than 2⁶⁴: lengths are not wrapped.
    [
      reshape(5, { height: 2 ** 16, width: 2 ** 16 }),
      ShapeError,
      `convolution: x has 48 elements; expected at least 17179869184 (${inputs})`,
    ],
    [
      reshape(5, { height: 2 ** 30, width: 2 ** 30, channels: 2 ** 30 }),
      ShapeError,
      `convolution: x has 48 elements; expected at least 2.4758800785707605e+27 (${inputs})`,
    ],
    [put(6, 'swish'), ArgumentError, `convolution: f is "swish"; ${activations}`],
  ],
  maxPooling: [
    [
      reshape(4, { poolHeight: 17, poolWidth: 16 }),
      ArgumentError,
      `maxPooling: shape.poolHeight × shape.poolWidth is 272; ${mostCells}`,
    ],
    [reshape(4, { poolWidth: 0 }), ArgumentError, 'maxPooling: shape.poolWidth is 0; expected at least 1'],
    [put(1, new Int32Array(24)), DtypeError, 'maxPooling: winners is an Int32Array; expected a Uint8Array'],
    [share(1), ArgumentError, `maxPooling: winners ${isShared}`],
  ],
  maxPoolingBackward: [
    [
      put(2, new Uint8Array(24).fill(4)),
      ArgumentError,
      'maxPoolingBackward: winners[0] is 4; expected an integer in [0, 4) (shape.poolHeight × shape.poolWidth)',
    ],
  ],
};
