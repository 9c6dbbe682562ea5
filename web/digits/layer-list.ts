/** The panel of the layers: a sheet of pictures for each of them. */

import { make } from '../shared/controls.js';
import type { LayerOutput } from './messages.js';
import { onWidthChange } from './on-width.js';
import { drawSheet, firstOf, strongest } from './pictures.js';

const COLOURS = { low: '--class1', high: '--class0' };

interface Row {
  readonly title: HTMLElement;
  readonly canvas: HTMLCanvasElement;
}

export class LayerList {
  readonly #place: HTMLElement;
  #rows: Row[] = [];
  #layers: readonly LayerOutput[] = [];

  constructor(place: HTMLElement) {
    this.#place = place;
    onWidthChange(place, () => this.redraw());
  }

  show(layers: readonly LayerOutput[]): void {
    this.#layers = layers;
    while (this.#rows.length > layers.length) this.#rows.pop()!.canvas.parentElement!.remove();
    while (this.#rows.length < layers.length) this.#rows.push(this.#addRow());
    layers.forEach((layer, i) => {
      const { title, canvas } = this.#rows[i]!;
      const text = `${i + 1} · ${layer.name}: ${sizeOf(layer)}`;
      if (title.textContent !== text) title.textContent = text;
      canvas.setAttribute('aria-label', `Layer ${i + 1}, ${layer.name}. ${describe(layer)}`);
    });
    this.redraw();
  }

  redraw(): void {
    const available = this.#place.clientWidth;
    this.#layers.forEach((layer, i) => {
      drawSheet(this.#rows[i]!.canvas, layer, COLOURS, available);
    });
  }

  #addRow(): Row {
    const figure = make('figure');
    const title = make('figcaption');
    const canvas = make('canvas', { className: 'sheet' });
    canvas.setAttribute('role', 'img');
    figure.append(title, canvas);
    this.#place.append(figure);
    return { title, canvas };
  }
}

function sizeOf({ count, total, height, width }: LayerOutput): string {
  const what = height * width === 1 ? `${total} numbers` : `${total} feature maps of ${height} × ${width}`;
  return `${what}${firstOf(count, total)}`;
}

function describe(layer: LayerOutput): string {
  const { count, total, data } = layer;
  const best = strongest(layer);
  if (layer.height * layer.width > 1) return `${sizeOf(layer)}, the brightest of filter ${best + 1}`;
  const answering = data.filter((value) => value > 0).length;
  const of = count < total ? `the first ${count} of ${total}` : String(count);
  return `${answering} of ${of} numbers are above 0, the largest is number ${best + 1}`;
}
