/** Makes `console.log` of Node show the objects of a class as their text rather than their fields. */
export function showAsText(of: { readonly prototype: { toString(): string } }): void {
  Object.defineProperty(of.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: object): string {
      return String(this);
    },
    configurable: true,
    writable: true,
  });
}
