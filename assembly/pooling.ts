// Pooling: channels innermost, where they lie side by side.

import { at } from './address';
import { endInside, firstInside, startOf } from './windows';

/**
 * most[c] and winners[c] ← value[c] and `place` where it is larger, or a NaN over a number; everywhere if it is the first.
 * What whole vectors write beyond the last channel belongs to windows that are still to come.
 */
function keepMaxima(most: usize, winners: usize, value: usize, count: i32, place: i32, isFirst: bool): void {
  const places = i8x16.splat(<i8>place);
  const all = i32x4.splat(-1);
  for (let c = 0; c < count; c += 4) {
    const before = v128.load(at(most, c));
    const now = v128.load(at(value, c));
    // Over a NaN nothing wins.
    const wins = isFirst ? all : v128.andnot(f32x4.eq(before, before), f32x4.le(now, before));
    v128.store(at(most, c), v128.bitselect(now, before, wins));
    const halves = i16x8.narrow_i32x4_s(wins, wins);
    const quarters = i8x16.narrow_i16x8_s(halves, halves);
    const kept = v128.bitselect(places, v128.load32_zero(winners + c), quarters);
    v128.store32_lane(winners + c, kept, 0);
  }
}

/** y ← the maxima of the windows, winners ← their places. */
export function maxPooling(
  y: usize,
  winners: usize,
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  poolHeight: i32,
  poolWidth: i32,
  stride: i32,
  padTop: i32,
  padLeft: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  for (let n = 0; n < images; n++) {
    const image = at(x, n * height * width * channels);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = startOf(oy, stride, padTop);
      const endY = endInside(top, poolHeight, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = startOf(ox, stride, padLeft);
        const endX = endInside(left, poolWidth, width);
        memory.fill(y, 0, at(0, channels));
        memory.fill(winners, 0, channels);
        let isFirst = true;
        const firstX = firstInside(left);
        for (let ky = firstInside(top); ky < endY && firstX < endX; ky++) {
          for (let kx = firstX; kx < endX; kx++) {
            const pixel = at(image, (<i32>(top + ky) * width + <i32>(left + kx)) * channels);
            keepMaxima(y, winners, pixel, channels, ky * poolWidth + kx, isFirst);
            isFirst = false;
          }
        }
        y = at(y, channels);
        winners += channels;
      }
    }
  }
}

/** dx ← dy at the winners, 0 elsewhere. */
export function maxPoolingBackward(
  dx: usize,
  dy: usize,
  winners: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  _poolHeight: i32,
  poolWidth: i32,
  stride: i32,
  padTop: i32,
  padLeft: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  memory.fill(dx, 0, at(0, images * height * width * channels));
  // Without columns there may be any number of rows.
  if (outHeight === 0 || outWidth === 0) return;
  for (let n = 0; n < images; n++) {
    const image = at(dx, n * height * width * channels);
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let c = 0; c < channels; c++) {
          const winner = <i32>load<u8>(winners + c);
          const iy = startOf(oy, stride, padTop) + winner / poolWidth;
          const ix = startOf(ox, stride, padLeft) + (winner % poolWidth);
          if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
          const to = at(image, (<i32>iy * width + <i32>ix) * channels + c);
          store<f32>(to, load<f32>(to) + load<f32>(at(dy, c)));
        }
        dy = at(dy, channels);
        winners += channels;
      }
    }
  }
}

/** y ← the means of the windows over the places inside the image. */
export function averagePooling(
  y: usize,
  x: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  poolHeight: i32,
  poolWidth: i32,
  stride: i32,
  padTop: i32,
  padLeft: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  for (let n = 0; n < images; n++) {
    const image = at(x, n * height * width * channels);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = startOf(oy, stride, padTop);
      const firstY = firstInside(top);
      const endY = endInside(top, poolHeight, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = startOf(ox, stride, padLeft);
        const firstX = firstInside(left);
        const endX = endInside(left, poolWidth, width);
        memory.fill(y, 0, at(0, channels));
        for (let ky = firstY; ky < endY && firstX < endX; ky++) {
          for (let kx = firstX; kx < endX; kx++) {
            const pixel = at(image, (<i32>(top + ky) * width + <i32>(left + kx)) * channels);
            for (let c = 0; c < channels; c++) store<f32>(at(y, c), load<f32>(at(y, c)) + load<f32>(at(pixel, c)));
          }
        }
        const places = <f32>(endY - firstY) * <f32>(endX - firstX);
        if (firstY < endY && firstX < endX) {
          for (let c = 0; c < channels; c++) store<f32>(at(y, c), load<f32>(at(y, c)) / places);
        }
        y = at(y, channels);
      }
    }
  }
}

/** dx ← at each place the sum of dy / (places inside the image) over its windows. */
export function averagePoolingBackward(
  dx: usize,
  dy: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  poolHeight: i32,
  poolWidth: i32,
  stride: i32,
  padTop: i32,
  padLeft: i32,
  outHeight: i32,
  outWidth: i32,
): void {
  memory.fill(dx, 0, at(0, images * height * width * channels));
  // Without columns there may be any number of rows.
  if (outHeight === 0 || outWidth === 0) return;
  for (let n = 0; n < images; n++) {
    const image = at(dx, n * height * width * channels);
    for (let oy = 0; oy < outHeight; oy++) {
      const top = startOf(oy, stride, padTop);
      const firstY = firstInside(top);
      const endY = endInside(top, poolHeight, height);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = startOf(ox, stride, padLeft);
        const firstX = firstInside(left);
        const endX = endInside(left, poolWidth, width);
        const places = <f32>(endY - firstY) * <f32>(endX - firstX);
        for (let ky = firstY; ky < endY && firstX < endX; ky++) {
          for (let kx = firstX; kx < endX; kx++) {
            const pixel = at(image, (<i32>(top + ky) * width + <i32>(left + kx)) * channels);
            for (let c = 0; c < channels; c++) {
              store<f32>(at(pixel, c), load<f32>(at(pixel, c)) + load<f32>(at(dy, c)) / places);
            }
          }
        }
        dy = at(dy, channels);
      }
    }
  }
}
