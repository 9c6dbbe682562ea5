/** Controls with their label and their place in the book: native elements, so that keyboard and screen reader know them. */

/** What every control says of itself. */
export interface Named {
  /** The id of the element, and its name in the page's address where it has one. */
  readonly id: string;
  /** The book's word. */
  readonly label: string;
  /** Where *Deep Learning from Scratch* explains it, e.g. "6.1". */
  readonly section?: string;
  /** What it does, in a few words. */
  readonly hint?: string;
}

/** A control in the page, and how its value is read and set without telling `onChange`. */
export interface Control<T> {
  readonly element: HTMLElement;
  get(): T;
  set(value: T): void;
  show(visible: boolean): void;
  /** Another line of explanation. */
  explain(explanation: Pick<Named, 'section' | 'hint'>): void;
}

export interface SelectOptions extends Named {
  /** Values with the text that stands for them; a text alone stands for itself. */
  readonly choices: readonly (string | readonly [value: string, text: string])[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A list of which one is chosen. */
export function selectControl({ choices, value, onChange, ...named }: SelectOptions): Control<string> {
  const select = make('select', { id: named.id });
  for (const choice of choices) {
    const [known, text] = typeof choice === 'string' ? [choice, choice] : choice;
    select.append(make('option', { value: known, textContent: text }));
  }
  select.value = value;
  select.addEventListener('change', () => onChange(select.value));
  const { element, explain } = labelled(named, select);
  return {
    element,
    explain,
    get: () => select.value,
    set: (next) => {
      select.value = next;
    },
    show: (visible) => {
      element.hidden = !visible;
    },
  };
}

export interface SliderOptions extends Named {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** The value in words, shown beside the slider and read to those who do not see it. */
  readonly format?: (value: number) => string;
  readonly onChange: (value: number) => void;
}

/** A number between two others. */
export function sliderControl(options: SliderOptions): Control<number> {
  const { min, max, step, value, format = String, onChange, ...named } = options;
  const [least, most, width] = [min, max, step].map(String) as [string, string, string];
  const input = make('input', { type: 'range', id: named.id, min: least, max: most, step: width });
  const shown = make('output');
  shown.setAttribute('for', named.id);
  const show = (): void => {
    shown.textContent = format(input.valueAsNumber);
    input.setAttribute('aria-valuetext', format(input.valueAsNumber));
  };
  const set = (next: number): void => {
    input.value = String(next);
    show();
  };
  set(value);
  input.addEventListener('input', show);
  input.addEventListener('change', () => onChange(input.valueAsNumber));
  const { element, explain } = labelled(named, input, shown);
  return {
    element,
    explain,
    get: () => input.valueAsNumber,
    set,
    show: (visible) => {
      element.hidden = !visible;
    },
  };
}

export interface ButtonOptions {
  readonly id: string;
  readonly label: string;
  readonly title?: string;
  readonly onPress: () => void;
}

export function button({ id, label, title = '', onPress }: ButtonOptions): HTMLButtonElement {
  const element = make('button', { type: 'button', id, textContent: label, title });
  element.addEventListener('click', () => {
    if (element.getAttribute('aria-disabled') !== 'true') onPress();
  });
  return element;
}

/** Makes a button do nothing, or work again. It can be focused all the same, so the keyboard stays where it is. */
export function disable(element: HTMLButtonElement, isDisabled: boolean): void {
  element.setAttribute('aria-disabled', String(isDisabled));
}

/** Label, input and the line below them: the section, and what the control does. */
function labelled({ id, label, ...explanation }: Named, input: HTMLElement, shown?: HTMLElement) {
  const name = make('label', { htmlFor: id, textContent: label });
  const element = make('div', { className: 'control' });
  const note = make('p', { id: `${id}-note`, className: 'note' });
  element.append(name, ...(shown === undefined ? [] : [shown]), input);
  const explain = ({ section, hint }: Pick<Named, 'section' | 'hint'>): void => {
    if (section === undefined && hint === undefined) return;
    const title = `Deep Learning from Scratch, §${section}`;
    note.replaceChildren(
      ...(section === undefined ? [] : [make('cite', { textContent: `§${section}`, title }), ' ']),
      hint ?? '',
    );
    input.setAttribute('aria-describedby', note.id);
    element.append(note);
  };
  explain(explanation);
  return { element, explain };
}

/** An element with some of its properties set. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties?: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(tag), properties);
}
