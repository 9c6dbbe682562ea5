/** Pictures of 64 × 64 bytes in the colours of the two classes. */

import { colourOf, paletteOf, type Rgb } from '../shared/theme.js';
import { MAP } from './messages.js';

/** The pixels that pictures are painted with, one after another. */
export class Picture {
  readonly #image = new ImageData(MAP, MAP);
  /** The same pixels as 32-bit numbers. */
  readonly #pixels = new Uint32Array(this.#image.data.buffer);

  paint(context: CanvasRenderingContext2D, map: Uint8Array, palette: Uint32Array): void {
    for (let i = 0; i < this.#pixels.length; i++) this.#pixels[i] = palette[map[i]!]!;
    context.putImageData(this.#image, 0, 0);
  }
}

/** From class 0 over the page's paper to class 1; `strength` is how much of the classes' colours the ends have. */
export function classPalette(strength: number): Uint32Array {
  const paper = colourOf('--panel');
  const towards = (name: string): Rgb => {
    const [red, green, blue] = colourOf(name).map((part, i) => paper[i]! + strength * (part - paper[i]!));
    return [red!, green!, blue!];
  };
  return paletteOf(towards('--class0'), paper, towards('--class1'));
}
