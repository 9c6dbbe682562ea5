/** The page's colours as numbers, for drawings made of pixels. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** The value of a variable of style.css, which are all written as #rrggbb. */
export function colourOf(name: string): Rgb {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Calls `redraw` when the system changes between light and dark. */
export function onThemeChange(redraw: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
}

/**
 * 256 colours as pixels of an ImageData: from `low` over `middle` to `high`.
 *
 * A pixel as one 32-bit number has red in its lowest byte; all machines with browsers store it first.
 */
export function paletteOf(low: Rgb, middle: Rgb, high: Rgb): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const position = i / 127.5 - 1;
    const end = position < 0 ? low : high;
    const share = Math.abs(position);
    const [red, green, blue] = middle.map((part, k) => Math.round(part + share * (end[k]! - part)));
    return ((255 << 24) | (blue! << 16) | (green! << 8) | red!) >>> 0;
  });
}
