/** The user's own points: by clicking into the plane, or by their coordinates. */

import { button, make, selectControl } from '../shared/controls.js';
import { showAlert } from '../shared/worker-port.js';
import { MOST_POINTS, type OwnPoint, REACH } from './settings.js';

export interface OwnPoints {
  readonly element: HTMLElement;
  /** A point of the chosen class. */
  add(x1: number, x2: number): void;
}

/** @param read the points so far @param onChange is told of the new ones */
export function ownPoints(read: () => readonly OwnPoint[], onChange: (points: readonly OwnPoint[]) => void): OwnPoints {
  const label = selectControl({
    id: 'own-class',
    label: 'Class of the next point',
    hint: `click into the plane, or give the place; at most ${MOST_POINTS} points`,
    choices: [
      ['0', '0 (circle)'],
      ['1', '1 (square)'],
    ],
    value: '0',
    onChange: () => undefined,
  });
  const x1 = coordinate('own-x1', 'x₁');
  const x2 = coordinate('own-x2', 'x₂');
  const add = (first: number, second: number): void => {
    const point: OwnPoint = { x1: hundredths(first), x2: hundredths(second), label: label.get() === '0' ? 0 : 1 };
    if (read().length < MOST_POINTS) onChange([...read(), point]);
    else showAlert(`There are ${MOST_POINTS} points, and no more can be added. Take some back first.`);
  };
  const place = make('form', { className: 'place' });
  place.append(x1.element, x2.element, make('button', { type: 'submit', textContent: 'Add' }));
  place.addEventListener('submit', (event) => {
    event.preventDefault();
    add(x1.input.valueAsNumber, x2.input.valueAsNumber);
  });
  const buttons = make('div', { className: 'toolbar' });
  buttons.append(
    button({ id: 'own-undo', label: 'Take back', onPress: () => onChange(read().slice(0, -1)) }),
    button({ id: 'own-clear', label: 'Remove all', onPress: () => onChange([]) }),
  );
  const element = make('div', { className: 'own' });
  element.append(label.element, place, buttons);
  return { element, add };
}

function coordinate(id: string, name: string) {
  const element = make('div', { className: 'control' });
  const [min, max] = [String(-REACH), String(REACH)] as [string, string];
  const input = make('input', { id, type: 'number', min, max, step: '0.01', value: '0', required: true });
  element.append(make('label', { htmlFor: id, textContent: name }), input);
  return { element, input };
}

/** As the address holds it, so that a shared set-up has the same points. */
function hundredths(value: number): number {
  return Math.round(100 * Math.min(Math.max(value, -REACH), REACH)) / 100;
}
