/** What can be seen of a page, as `Look` of page.test.ts; evaluated in the browser. */
(() => {
  const brightness = (color) => (color.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, channel) => sum + channel / 3, 0);
  const style = getComputedStyle(document.body);
  const drawings = [...document.querySelectorAll('svg')].filter((svg) => getComputedStyle(svg).display !== 'none');
  const unreadable = drawings.flatMap((svg) => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')]
      .filter((text) => {
        const { left, right, top, bottom, height } = text.getBoundingClientRect();
        const isAcross = left < frame.left - 1 || right > frame.right + 1;
        return isAcross || top < frame.top - 1 || bottom > frame.bottom + 1 || height < 9;
      })
      .map((text) => text.textContent);
  });
  return {
    width: document.documentElement.scrollWidth,
    background: brightness(style.backgroundColor),
    ink: brightness(style.color),
    drawings: drawings.length,
    unreadable,
  };
})();
