import type { Speech } from './speech.ts';
import { html, type Markup } from './template.ts';

/** Everything that can stop a person on her way, each with its own words. */
export const NOTICES = {
  refused: 200,
  'request-refused': 502,
  unreachable: 502,
  failed: 400,
  ended: 400,
  'session-lost': 400,
  'nothing-granted': 502,
  'not-a-customer': 404,
  'form-not-ours': 403,
  'not-found': 404,
  'too-many': 429,
  fault: 500,
} as const;
export type Notice = keyof typeof NOTICES;

/** A calm page that says what happened and what to do next. */
export function noticePage(
  { say }: Speech,
  about: { readonly notice: Notice; readonly code?: string; readonly title?: string | null },
): Markup {
  const { notice, code, title } = about;
  return html`<section class="notice" data-notice="${notice}">
<h1>${say(`notice.${notice}.title`)}</h1>
<p class="lead">${say(`notice.${notice}.text`)}</p>
${code !== undefined && html`<p class="code">${say('notice.code', { code })}${title !== null && title !== undefined && html` <span lang="en">${title}</span>`}</p>`}
<p class="actions"><a class="button" href="/open">${say('notice.again')}</a> <a class="button quiet" href="/">${say('notice.home')}</a></p>
</section>`;
}
