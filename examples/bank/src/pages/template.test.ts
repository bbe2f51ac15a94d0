import { describe, expect, test } from 'vitest';
import { html } from './template.ts';

describe('a template', () => {
  test('escapes text between tags and inside attributes', () => {
    const hostile = `"><script>alert('x') & more</script>`;
    const { markup } = html`<a title="${hostile}">${hostile}</a>`;
    const safe = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;) &amp; more&lt;/script&gt;';
    expect(markup).toBe(`<a title="${safe}">${safe}</a>`);
  });

  test('takes markup as it is, and lists of it', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>`.markup).toBe('<ul><li>a</li><li>&lt;</li></ul>');
  });

  test('shows numbers, and nothing for nothing', () => {
    expect(html`${0}${null}${undefined}${false}${''}`.markup).toBe('0');
  });

  test('does not take an object from outside for markup', () => {
    const fromOutside: unknown = JSON.parse('{"markup":"<b>"}');
    expect(html`${String(fromOutside)}`.markup).toBe('[object Object]');
  });
});
