/** The ten probabilities as bars: a list, so that a screen reader reads them in order. */

import { make } from '../shared/controls.js';

export class Bars {
  readonly #rows: readonly { readonly item: HTMLElement; readonly bar: HTMLElement; readonly value: HTMLDataElement }[];

  constructor(list: HTMLElement) {
    this.#rows = Array.from({ length: 10 }, (_, digit) => {
      const item = make('li');
      const bar = make('span', { className: 'bar' });
      const value = make('data', { textContent: '–' });
      const track = make('span', { className: 'track' });
      track.append(bar);
      item.append(make('b', { textContent: String(digit) }), track, value);
      list.append(item);
      return { item, bar, value };
    });
  }

  /** @param probabilities one for each digit; without them the bars are empty */
  show(probabilities: ArrayLike<number> | undefined): void {
    const best = probabilities === undefined ? -1 : largestPlace(probabilities);
    this.#rows.forEach(({ item, bar, value }, digit) => {
      const probability = probabilities?.[digit] ?? 0;
      item.classList.toggle('best', digit === best);
      bar.style.inlineSize = `${100 * probability}%`;
      // The element holds the number as it is, its text the number for people.
      value.value = probabilities === undefined ? '' : String(probability);
      value.textContent = probabilities === undefined ? '–' : percent(probability);
    });
  }
}

export function largestPlace(values: ArrayLike<number>): number {
  let place = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[place]!) place = i;
  return place;
}

/** 0.9312 → `93.1 %`, on one line; what is nearly nothing or nearly all is not called nothing or all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1\u00a0%';
  if (share < 1 && share > 0.9995) return '>99.9\u00a0%';
  return `${(100 * share).toFixed(1)}\u00a0%`;
}
