const TYPES = ['Float32Array', 'Float64Array', 'Int32Array', 'Uint8Array'] as const;

/** How many typed arrays `act` makes, views included. */
export function arraysMadeBy(act: () => void): number {
  let count = 0;
  const kept = TYPES.map((name) => globalThis[name]);
  const base = Object.getPrototypeOf(Float32Array.prototype);
  const { subarray } = base;
  try {
    for (const [i, name] of TYPES.entries()) {
      const counting = new Proxy(kept[i]!, {
        construct(type, given) {
          count++;
          return Reflect.construct(type, given, type);
        },
      });
      Object.assign(globalThis, { [name]: counting });
    }
    base.subarray = function (...given: unknown[]): unknown {
      count++;
      return subarray.apply(this, given);
    };
    act();
  } finally {
    base.subarray = subarray;
    for (const [i, name] of TYPES.entries()) Object.assign(globalThis, { [name]: kept[i] });
  }
  return count;
}
