/** Makes Node's `console.log` show the objects of a class as text rather than as fields. */
export function showAsText(of: { readonly prototype: { toString(): string } }): void {
  Object.defineProperty(of.prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: object): string {
      return String(this);
    },
    configurable: true,
    writable: true,
  });
}
