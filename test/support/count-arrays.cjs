// Counts the typed arrays and buffers that this process makes, in a record { made } of the caller.

/** From now on. */
exports.countArrays = (arrays) => {
  const typed = Object.getPrototypeOf(Float32Array.prototype);
  for (const method of ['subarray', 'slice']) {
    const original = typed[method];
    typed[method] = function (...range) {
      arrays.made++;
      return original.apply(this, range);
    };
  }
  for (const name of ['Float32Array', 'Float64Array', 'Int32Array', 'Uint8Array', 'ArrayBuffer']) {
    globalThis[name] = new Proxy(globalThis[name], {
      construct(target, values) {
        arrays.made++;
        return Reflect.construct(target, values);
      },
    });
  }
};
