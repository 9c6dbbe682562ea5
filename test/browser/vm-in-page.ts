/** The part of `node:vm` that the conformance suite uses: another realm, which in a page is a frame. */

declare const document: {
  createElement(name: 'iframe'): { readonly contentWindow: { eval(code: string): unknown } };
  body: { append(element: unknown): void };
};

export function runInNewContext(code: string): unknown {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  return frame.contentWindow.eval(code);
}
