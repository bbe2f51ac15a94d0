import { ASKS } from '../asks.ts';
import type { Speech } from './speech.ts';
import { html, type Markup } from './template.ts';

/** What the bank offers, and what it will ask for. */
export function homePage({ say }: Speech, about: { readonly isCustomer: boolean }): Markup {
  return html`<section class="hero">
<p class="kicker">${say('home.kicker')}</p>
<h1>${say('home.title')}</h1>
<p class="lead">${say('home.lead')}</p>
<p class="actions"><a class="button" id="open-account" href="/open">${say('home.open')}</a>
${
  about.isCustomer
    ? html`<a class="button quiet" href="/customers/me">${say('home.mine')}</a>`
    : html`<a class="button quiet" href="/sign-in">${say('home.signIn')}</a>`
}</p>
</section>
<section aria-labelledby="asked">
<h2 id="asked">${say('home.asked')}</h2>
<p>${say('home.askedLead', { days: ASKS.lifeDays, times: ASKS.frequency.max, kept: ASKS.retentionDays })}</p>
<div class="cards">${ASKS.services.map((service) => askedService(service, say))}</div>
</section>`;
}

function askedService(service: (typeof ASKS.services)[number], say: Speech['say']): Markup {
  const names = (fields: readonly string[]) =>
    fields.map((field) => say(`field.${field}`)).join(say('list.comma'));
  return html`<section class="card" aria-labelledby="${service.id}">
<h3 id="${service.id}">${say(`service.${service.id}`)}</h3>
<dl>
${service.required.length > 0 && html`<dt>${say('home.required')}</dt><dd>${names(service.required)}</dd>`}
${service.optional.length > 0 && html`<dt>${say('home.optional')}</dt><dd>${names(service.optional)}</dd>`}
</dl>
</section>`;
}
