// Gradients of convolutions, on the tiles of the convolution itself.

import { at } from './address';
import { addFour, addOne, GROUP, storeGroup } from './convolution-tiles';
import { endUnder, firstUnder, startOf } from './windows';

/** Sums of one image, and of all: four weights or places, and eight filters or channels. */
const tile = memory.data(4 * 4 * GROUP, 16);
const total = memory.data(4 * 4 * GROUP, 16);

/**
 * dw ← the gradient by w. The places of a tile are four weights that lie side by side in a row of the kernel; its sums run over
 * the places of the output. Each image is summed by itself, so that few additions follow each other.
 */
export function convolutionWeightGradient(
  dw: usize,
  x: usize,
  dz: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  stride: i32,
  padTop: i32,
  padLeft: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  const row = kernelWidth * channels;
  const image = height * width * channels;
  const output = outHeight * outWidth * filters;
  const across = at(0, stride * channels);
  const down = at(0, stride * width * channels);
  for (let ky = 0; ky < kernelHeight; ky++) {
    const firstY = firstUnder(ky, stride, padTop);
    const rows = endUnder(ky, stride, padTop, height, outHeight) - firstY;
    const top = startOf(firstY, stride, padTop) + ky;
    for (let t = 0; t < row; t += 4) {
      const count = min(4, row - t);
      // The places of the output where all four weights lie over the image.
      const firstAll = firstUnder(t / channels, stride, padLeft);
      const endAll = max(firstAll, endUnder((t + count - 1) / channels, stride, padLeft, width, outWidth));
      for (let first = 0; first < filters; first += GROUP) {
        memory.fill(total, 0, 4 * 4 * GROUP);
        // Without places there may be any number of images.
        for (let n = 0; n < images && rows > 0 && output > 0; n++) {
          memory.fill(tile, 0, 4 * 4 * GROUP);
          const line = at(x, n * image + <i32>top * width * channels);
          const gradients = at(dz, n * output + firstY * outWidth * filters + first);
          if (count === 4 && firstAll < endAll) {
            const from = line + <usize>((startOf(firstAll, stride, padLeft) * channels + t) << 2);
            addFour(
              tile,
              from,
              from + 4,
              from + 8,
              from + 12,
              // Of one place alone the step may be any multiple of 2³² bytes, and would be 0.
              endAll - firstAll === 1 ? 4 : across,
              down,
              at(gradients, firstAll * filters),
              at(0, filters),
              at(0, outWidth * filters),
              rows,
              endAll - firstAll,
            );
          }
          for (let i = 0; i < count; i++) {
            const kx = (t + i) / channels;
            const begin = firstUnder(kx, stride, padLeft);
            const end = endUnder(kx, stride, padLeft, width, outWidth);
            if (count === 4 && firstAll < endAll) {
              addPlaces(
                tile + 32 * i,
                line,
                t + i,
                begin,
                firstAll,
                rows,
                gradients,
                across,
                down,
                channels,
                filters,
                stride,
                padLeft,
                outWidth,
              );
              addPlaces(
                tile + 32 * i,
                line,
                t + i,
                endAll,
                end,
                rows,
                gradients,
                across,
                down,
                channels,
                filters,
                stride,
                padLeft,
                outWidth,
              );
            } else {
              addPlaces(
                tile + 32 * i,
                line,
                t + i,
                begin,
                end,
                rows,
                gradients,
                across,
                down,
                channels,
                filters,
                stride,
                padLeft,
                outWidth,
              );
            }
          }
          for (let i: usize = 0; i < 4 * 4 * GROUP; i += 16)
            v128.store(total + i, f32x4.add(v128.load(total + i), v128.load(tile + i)));
        }
        for (let i = 0; i < count; i++) {
          storeGroup(at(dw, (ky * row + t + i) * filters + first), total + 32 * i, min(GROUP, filters - first));
        }
      }
    }
  }
}

/** sums ← their old numbers + those of weight t over the places [begin, end) of the rows of the output. */
function addPlaces(
  sums: usize,
  line: usize,
  t: i32,
  begin: i32,
  end: i32,
  rows: i32,
  gradients: usize,
  across: usize,
  down: usize,
  channels: i32,
  filters: i32,
  stride: i32,
  padLeft: i32,
  outWidth: i32,
): void {
  if (begin >= end) return;
  const from = line + <usize>((startOf(begin, stride, padLeft) * channels + t) << 2);
  addOne(
    sums,
    from,
    across,
    down,
    at(gradients, begin * filters),
    at(0, filters),
    at(0, outWidth * filters),
    rows,
    end - begin,
  );
}

/** Filters whose weights are turned at a time, and the turned weights: eight channels for each filter. */
const DEPTH: i32 = 512;
const turned = memory.data(4 * GROUP * DEPTH, 16);

/**
 * dx ← the gradient by x: for each weight of the kernel, the places of the output times w, added where they belong. The places of
 * a tile are four of a row of the output, its sums run over filters, for eight channels.
 */
export function convolutionInputGradient(
  dx: usize,
  dz: usize,
  w: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  stride: i32,
  padTop: i32,
  padLeft: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  const image = height * width * channels;
  memory.fill(dx, 0, at(0, images * image));
  // Without columns there may be any number of rows.
  if (outHeight === 0 || outWidth === 0) return;
  const place = at(0, filters);
  for (let first = 0; first < channels; first += GROUP) {
    const count = min(GROUP, channels - first);
    for (let k = 0; k < kernelHeight * kernelWidth; k++) {
      const ky = k / kernelWidth;
      const kx = k % kernelWidth;
      const firstY = firstUnder(ky, stride, padTop);
      const endY = endUnder(ky, stride, padTop, height, outHeight);
      const firstX = firstUnder(kx, stride, padLeft);
      const endX = endUnder(kx, stride, padLeft, width, outWidth);
      for (let o = 0; o < filters && firstX < endX; o += DEPTH) {
        const depth = min(DEPTH, filters - o);
        turn(at(w, (k * channels + first) * filters + o), filters, count, depth);
        for (let n = 0; n < images; n++) {
          for (let oy = firstY; oy < endY; oy++) {
            const iy = <i32>(startOf(oy, stride, padTop) + ky);
            const line = at(dx, n * image + iy * width * channels + first);
            let gradients = at(dz, ((n * outHeight + oy) * outWidth + firstX) * filters + o);
            for (let ox = firstX; ox < endX; ox += 4) {
              const places = min(4, endX - ox);
              memory.fill(tile, 0, 4 * 4 * GROUP);
              // Places beyond the last one repeat it.
              addFour(
                tile,
                gradients,
                gradients + place * min(1, places - 1),
                gradients + place * min(2, places - 1),
                gradients + place * (places - 1),
                4,
                0,
                turned,
                4 * GROUP,
                0,
                1,
                depth,
              );
              gradients += 4 * place;
              for (let p = 0; p < places; p++) {
                const ix = <i32>(startOf(ox + p, stride, padLeft) + kx);
                addGroup(at(line, ix * channels), tile + 32 * p, count);
              }
            }
          }
        }
      }
    }
  }
}

/** turned ← `depth` filters of `count` channels of w, eight channels for each filter. */
function turn(w: usize, filters: i32, count: i32, depth: i32): void {
  for (let c = 0; c < count; c++) {
    for (let o = 0; o < depth; o++) store<f32>(at(turned, GROUP * o + c), load<f32>(at(w, c * filters + o)));
  }
}

/** The first `count` of eight numbers, added to an array. */
function addGroup(to: usize, from: usize, count: i32): void {
  if (count === GROUP) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    v128.store(to, f32x4.add(v128.load(to, 16), v128.load(from, 16)), 16);
  } else {
    for (let o: usize = 0; o < (<usize>count) << 2; o += 4) store<f32>(to + o, load<f32>(to + o) + load<f32>(from + o));
  }
}
