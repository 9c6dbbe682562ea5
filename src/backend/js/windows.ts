/** Where the windows of convolutions and pooling lie in an image. */

/** Where window `out` begins along one side of an image: below 0 in the padding. */
export function startOf(out: number, stride: number, pad: number): number {
  return out * stride - pad;
}

/** The first place of a window that lies inside the image. */
export function firstInside(start: number): number {
  return start < 0 ? -start : 0;
}

/** One beyond the last place of a window of `size` that lies inside an image of `length`; may be below the first. */
export function endInside(start: number, size: number, length: number): number {
  return start + size > length ? length - start : size;
}
