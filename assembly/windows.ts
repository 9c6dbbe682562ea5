// Where the windows of convolutions and pooling lie in an image. Positions may be far outside, so they are computed in 64
// bits; what is left of a window inside the image fits in 32.

/** Where window `out` begins along one side: below 0 in the padding. */
export function startOf(out: i32, stride: i32, pad: i32): i64 {
  return <i64>out * stride - pad;
}

/** The first place of a window that lies inside the image. */
export function firstInside(start: i64): i32 {
  return start < 0 ? <i32>-start : 0;
}

/** One beyond the last place of a window of `size` inside an image of `length`; the first if none are. */
export function endInside(start: i64, size: i32, length: i32): i32 {
  return <i32>max<i64>(min<i64>(size, length - start), firstInside(start));
}

/** The first place of an output whose window has its place k inside the image. */
export function firstUnder(k: i32, stride: i32, pad: i32): i32 {
  return k < pad ? <i32>((<i64>pad - k + stride - 1) / stride) : 0;
}

/** One beyond the last such place of `out`. */
export function endUnder(k: i32, stride: i32, pad: i32, length: i32, out: i32): i32 {
  const below = <i64>length + pad - k;
  return below <= 0 ? 0 : <i32>min<i64>(out, (below + stride - 1) / stride);
}
