// Addresses of elements of four bytes.

/** The address of element i. */
export function at(array: usize, i: i32): usize {
  return array + ((<usize>i) << 2);
}
