import { LANGUAGES, type Language } from '@praya/kernel/language';
import type { Speech } from './speech.ts';
import { html, type Markup } from './template.ts';

const NAMES: Readonly<Record<Language, string>> = { 'zh-Hant': '繁體', 'zh-Hans': '简体', en: 'English' };

/** What is around every page. */
export type Page = {
  readonly speech: Speech;
  readonly title: string;
  /** where this page is, so that the language switch comes back to it */
  readonly path: string;
  readonly body: Markup;
  /** for a customer: the token of the sign-out form */
  readonly csrf?: string;
};

/** A whole document. */
export function documentOf({ speech, title, path, body, csrf }: Page): string {
  const { say, language } = speech;
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${say('bank.name')}</title>
<link rel="stylesheet" href="/assets/bank.css">
<link rel="icon" href="/assets/lantern.svg" type="image/svg+xml">
</head>
<body>
<a class="skip" href="#content">${say('skip')}</a>
<header class="top">
<a class="brand" href="/"><img src="/assets/lantern.svg" alt="" width="32" height="32"><span>${say('bank.name')}</span></a>
<nav class="languages" aria-label="${say('language')}"><ul>${LANGUAGES.map((one) => languageLink(one, { language, path }))}</ul></nav>
</header>
<main id="content" tabindex="-1">
${body}
</main>
<footer class="foot">
<p>${say('bank.demonstration')}</p>
${csrf !== undefined && html`<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="${csrf}"><button class="plain" type="submit">${say('account.signOut')}</button></form>`}
</footer>
</body>
</html>
`;
  return page.markup;
}

function languageLink(one: Language, here: { readonly language: Language; readonly path: string }): Markup {
  const current = one === here.language && html` aria-current="true"`;
  const href = `/language/${one}?from=${encodeURIComponent(here.path)}`;
  return html`<li><a href="${href}" lang="${one}" hreflang="${one}"${current}>${NAMES[one]}</a></li>`;
}
