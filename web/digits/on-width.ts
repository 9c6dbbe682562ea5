/**
 * Calls `redraw` in the next frame when the element has become wider or narrower. Not in the observer itself: what it draws
 * may change sizes again, which browsers report as an error.
 */
export function onWidthChange(element: HTMLElement, redraw: () => void): void {
  let width = element.clientWidth;
  new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    requestAnimationFrame(redraw);
  }).observe(element);
}
