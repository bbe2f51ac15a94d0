/** Text that is markup already. Only `html` makes it. */
export type Markup = { readonly markup: string };

/** What may stand in a template: text is escaped, markup is not, and nothing stands for nothing. */
export type Part = string | number | Markup | null | undefined | false | readonly Part[];

/** Markup with its parts escaped; good between tags and inside quoted attributes. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const [first = '', ...rest] = texts;
  return { markup: rest.reduce((markup, text, at) => markup + render(parts[at]) + text, first) };
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
