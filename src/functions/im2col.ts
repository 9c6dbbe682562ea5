/**
 * A convolution as a matrix product, as the book computes it: each place of the filter becomes a row.
 *
 * Source: Saito, Deep Learning from Scratch, §7.4.3. The library's own convolutions make no such matrix: they work in blocks
 * of images that stay in the cache.
 */

import { allocate } from '../backend/backend.js';
import { checkOptions } from '../options.js';
import { checkShape, requireShape, sizeOf } from '../tensor/shape.js';
import type { ImageShape } from '../tensor/shape-types.js';
import { Tensor } from '../tensor/tensor.js';
import {
  type Padding,
  requireImageShape,
  requirePadding,
  requireStride,
  requireWindowSize,
  slideOver,
  type WindowSize,
} from './windows.js';

/** The filter of an `im2col`, and its way over the images. */
export interface Im2colOptions {
  /** Height and width of the filter, or the side of a square one. */
  readonly kernelSize: WindowSize;
  /** Places from one position of the filter to the next; default 1. */
  readonly stride?: number;
  /** Zeros around each image: a number, 'valid' (none) or 'same'; default 'valid'. */
  readonly padding?: Padding;
}

/**
 * What the filter sees at each of its places, as rows: the image as columns.
 *
 * Shapes: x (N, height, width, channels) → (N · outHeight · outWidth, kernelHeight · kernelWidth · channels), so that
 * `im2col(x, …).matMul(W)` is the convolution for W (kernelHeight · kernelWidth · channels, filters). Padding gives zeros.
 *
 * @example im2col(Tensor.zeros([10, 7, 7, 3]), { kernelSize: 5 }).shape   // [90, 75]
 * @throws {ShapeError} unless x has four axes
 * @throws {ArgumentError} for a filter larger than the padded image
 */
export function im2col(x: Tensor, options: Im2colOptions): Tensor {
  requireShape('im2col', 'x', x, IMAGES, 'images, channels last');
  const columns = columnsOf('im2col', x.shape, options);
  const { data } = x;
  const rows = allocate(x.dtype, sizeOf(columns.shape), 'im2col');
  columns.forEach((column, place) => {
    rows[column] = data[place]!;
  });
  return new Tensor(rows, columns.shape, x.backend);
}

/**
 * The sum of what lies at each place of the images: the transpose of `im2col`, which turns the gradient of its rows into
 * the gradient of the images.
 *
 * Shapes: columns as `im2col` gives them → shape, (N, height, width, channels). What lies in the padding is dropped.
 *
 * @param shape the shape of the images
 * @example col2im(Tensor.ones([4, 4]), [1, 3, 3, 1], { kernelSize: 2 }).reshape([3, 3]).toArray()
 * // [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
 * @throws {ShapeError} for columns of another shape than that of `im2col` for these images
 * @throws {ArgumentError} for a filter larger than the padded image
 */
export function col2im(columns: Tensor, shape: readonly number[], options: Im2colOptions): Tensor {
  const images = checkShape('col2im', shape);
  requireShape('col2im', 'shape', { shape: images }, IMAGES, 'images, channels last');
  const places = columnsOf('col2im', images, options);
  requireShape('col2im', 'columns', columns, places.shape, 'what im2col gives for these images');
  const { data } = columns;
  const sums = new Tensor(allocate(columns.dtype, sizeOf(images), 'col2im'), images, columns.backend);
  places.forEach((column, place) => {
    sums.data[place]! += data[column]!;
  });
  return sums;
}

const IMAGES = ['N', 'height', 'width', 'channels'] as const;

/** The matrix of `im2col`, and its elements that do not lie in the padding. */
interface Columns {
  readonly shape: readonly [rows: number, columns: number];
  /** Calls `visit` with the number of an element of the matrix, and that of the element of the images which belongs there. */
  forEach(visit: (column: number, place: number) => void): void;
}

function columnsOf(operation: string, [n, ...images]: readonly number[], options: Im2colOptions): Columns {
  checkOptions(operation, options, ['kernelSize', 'stride', 'padding']);
  const image: ImageShape = requireImageShape(operation, images);
  const size = requireWindowSize(operation, 'kernelSize', options.kernelSize);
  const stride = requireStride(operation, options.stride ?? 1);
  const padding = requirePadding(operation, options.padding ?? 'valid');
  const { padTop, padLeft, outHeight, outWidth } = slideOver(operation, 'kernelSize', image, { size, stride, padding });
  const [height, width, channels] = image;
  const [kernelHeight, kernelWidth] = size;
  const shape = [n! * outHeight * outWidth, kernelHeight * kernelWidth * channels] as const;
  checkShape(operation, shape, 'the matrix');

  const forEach: Columns['forEach'] = (visit) => {
    let column = 0;
    for (let image = 0; image < n!; image++) {
      for (let oy = 0; oy < outHeight; oy++) {
        for (let ox = 0; ox < outWidth; ox++) {
          for (let ky = 0; ky < kernelHeight; ky++) {
            for (let kx = 0; kx < kernelWidth; kx++, column += channels) {
              const y = oy * stride + ky - padTop;
              const x = ox * stride + kx - padLeft;
              if (y < 0 || y >= height || x < 0 || x >= width) continue;
              const place = ((image * height + y) * width + x) * channels;
              for (let c = 0; c < channels; c++) visit(column + c, place + c);
            }
          }
        }
      }
    }
  };
  return { shape, forEach };
}
