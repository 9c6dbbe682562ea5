// Convolutions: the filters are innermost, where w and y lie side by side.

import { activation } from './activations';
import { at } from './address';
import { endInside, endUnder, firstInside, firstUnder, startOf } from './windows';

/** y ← f(x ∗ w + b). */
export function convolution(
  y: usize,
  x: usize,
  w: usize,
  b: usize,
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
  code: i32,
): void {
  let z = y;
  for (let n = 0; n < images; n++) {
    const image = at(x, n * height * width * channels);
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        sumWindow(
          z,
          filters,
          image,
          w,
          b,
          height,
          width,
          channels,
          filters,
          kernelHeight,
          kernelWidth,
          startOf(oy, stride, padTop),
          startOf(ox, stride, padLeft),
        );
        z = at(z, filters);
      }
    }
  }
  activation(y, images * outHeight * outWidth * filters, code);
}

/** z ← b + x ∗ w for the window of one image that begins at (top, left): the `strip` filters that start at w and b. */
export function sumWindow(
  z: usize,
  strip: i32,
  image: usize,
  w: usize,
  b: usize,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  top: i64,
  left: i64,
): void {
  for (let o = 0; o < strip; o++) store<f32>(at(z, o), load<f32>(at(b, o)));
  const firstX = firstInside(left);
  const count = (endInside(left, kernelWidth, width) - firstX) * channels;
  // Without places inside a row there may be any number of rows.
  if (count <= 0) return;
  const endY = endInside(top, kernelHeight, height);
  for (let ky = firstInside(top); ky < endY; ky++) {
    // The pixels of a row of the window follow each other in x, and their weights in w.
    const from = at(image, (<i32>(top + ky) * width + <i32>(left + firstX)) * channels);
    let weights = at(w, (ky * kernelWidth + firstX) * channels * filters);
    for (let i = 0; i < count; i++) {
      const factor = load<f32>(at(from, i));
      for (let o = 0; o < strip; o++) {
        store<f32>(at(z, o), load<f32>(at(z, o)) + factor * load<f32>(at(weights, o)));
      }
      weights = at(weights, filters);
    }
  }
}

/** dw ← the gradient by w: for each weight the sum over images and places of the output. */
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
  for (let ky = 0; ky < kernelHeight; ky++) {
    const firstY = firstUnder(ky, stride, padTop);
    const endY = endUnder(ky, stride, padTop, height, outHeight);
    for (let kx = 0; kx < kernelWidth; kx++) {
      const firstX = firstUnder(kx, stride, padLeft);
      const endX = endUnder(kx, stride, padLeft, width, outWidth);
      for (let c = 0; c < channels; c++) {
        memory.fill(dw, 0, at(0, filters));
        // Without places there may be any number of images.
        for (let n = 0; n < images && firstY < endY && firstX < endX; n++) {
          for (let oy = firstY; oy < endY; oy++) {
            const iy = <i32>(startOf(oy, stride, padTop) + ky);
            for (let ox = firstX; ox < endX; ox++) {
              const ix = <i32>(startOf(ox, stride, padLeft) + kx);
              const factor = load<f32>(at(x, ((n * height + iy) * width + ix) * channels + c));
              const gradients = at(dz, ((n * outHeight + oy) * outWidth + ox) * filters);
              for (let o = 0; o < filters; o++) {
                store<f32>(at(dw, o), load<f32>(at(dw, o)) + factor * load<f32>(at(gradients, o)));
              }
            }
          }
        }
        dw = at(dw, filters);
      }
    }
  }
}

/** dx ← the gradient by x: what each place of the output adds to the places of its window. */
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
  memory.fill(dx, 0, at(0, images * height * width * channels));
  // Without columns there may be any number of rows.
  if (outHeight === 0 || outWidth === 0 || filters === 0) return;
  for (let n = 0; n < images; n++) {
    const image = at(dx, n * height * width * channels);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = startOf(oy, stride, padTop);
      const endY = endInside(top, kernelHeight, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = startOf(ox, stride, padLeft);
        const firstX = firstInside(left);
        const count = (endInside(left, kernelWidth, width) - firstX) * channels;
        for (let ky = firstInside(top); ky < endY && count > 0; ky++) {
          const to = at(image, (<i32>(top + ky) * width + <i32>(left + firstX)) * channels);
          let weights = at(w, (ky * kernelWidth + firstX) * channels * filters);
          for (let i = 0; i < count; i++) {
            let sum: f32 = 0;
            for (let o = 0; o < filters; o++) sum += load<f32>(at(dz, o)) * load<f32>(at(weights, o));
            store<f32>(at(to, i), load<f32>(at(to, i)) + sum);
            weights = at(weights, filters);
          }
        }
        dz = at(dz, filters);
      }
    }
  }
}
