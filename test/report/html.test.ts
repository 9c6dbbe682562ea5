import { expect, test } from 'vitest';
import { EMPTY, Html, html } from '../../src/report/html.js';

test('escapes texts, in elements and in attributes, and leaves HTML as it is', () => {
  const name = `<b title="x" class='y'>&`;
  expect(html`<i title="${name}">${name} ${3} ${new Html('<hr>')}${[html`a`, html`<u>b</u>`]}${EMPTY}</i>`.text).toBe(
    '<i title="&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;">' +
      '&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp; 3 <hr>a<u>b</u></i>',
  );
});

test('shows characters that HTML forbids as a sign that something was there', () => {
  expect(html`${'a\u0000b\u001bc\td\ne'}`.text).toBe('a\ufffdb\ufffdc\td\ne');
});
