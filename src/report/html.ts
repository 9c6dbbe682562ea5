/** HTML that cannot be broken by the texts in it: what is put into a template is escaped unless it is HTML itself. */

/** A piece of HTML. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template takes: HTML as it is, lists of it, and texts and numbers escaped. */
export type Part = Html | readonly Html[] | string | number;

/** @example html`<b>${'a < b'}</b>`   // <b>a &lt; b</b> */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, i) => text + textOf(parts[i - 1]!) + string));
}

/** Nothing. */
export const EMPTY: Html = new Html('');

function textOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return part instanceof Html ? part.text : part.map(({ text }) => text).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text between tags and in quoted attributes. Control characters, which HTML forbids, become U+FFFD. */
function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
  );
}
