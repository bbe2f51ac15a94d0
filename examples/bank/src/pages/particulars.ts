import { ASKS } from '../asks.ts';
import type { Customer, Particulars } from '../books.ts';
import type { ServiceProblem } from '../sessions.ts';
import type { Speech } from './speech.ts';
import { html, type Markup } from './template.ts';
import { shown } from './values.ts';

/** What a customer's page shows. */
export type ParticularsView = {
  readonly customer: Customer;
  readonly state: string;
  readonly problems: readonly ServiceProblem[];
  readonly csrf: string;
};

/** The customer's verified particulars, department by department, with the proof of each. */
export function particularsPage(speech: Speech, view: ParticularsView): Markup {
  const { say } = speech;
  const { customer, csrf } = view;
  return html`<h1>${say('account.title')}</h1>
<p class="lead">${say('account.lead', { number: customer.id.slice(-8) })}</p>
${consentState(speech, view)}
${view.problems.length > 0 && problemList(view.problems, speech)}
${customer.dataDeletedAt === null && html`<div class="cards">${ASKS.services.map((service) => serviceCard(service.id, customer, speech))}</div>`}
<section aria-labelledby="again"><h2 id="again">${say('again.title')}</h2>
<p>${say('again.lead', { times: ASKS.frequency.max })}</p>
<form method="post" action="/customers/me/fetch"><input type="hidden" name="csrf" value="${csrf}">
<button class="button" id="fetch-again" type="submit">${say('again.fetch')}</button></form>
</section>
${receiptList(customer, speech)}`;
}

function consentState({ say, instant }: Speech, { customer, state }: ParticularsView): Markup {
  const deletedAt = customer.dataDeletedAt;
  return html`<section class="state state-${state}" id="consent-state" data-state="${state}" aria-labelledby="state-title">
<h2 id="state-title">${say('consent.title')}</h2>
<p><strong>${say(`consent.${state}`)}</strong></p>
<p>${say('consent.until', { at: instant(customer.consent.expiresAt) })}</p>
${deletedAt !== null && html`<p id="data-deleted">${say(state === 'revoked' ? 'consent.withdrawn' : 'consent.retired', { at: instant(deletedAt) })}</p>`}
</section>`;
}

function problemList(problems: readonly ServiceProblem[], speech: Speech): Markup {
  const { say } = speech;
  return html`<section class="trouble" id="problems" role="status" aria-labelledby="trouble-title">
<h2 id="trouble-title">${say('problem.title')}</h2>
<ul>${problems.map(
    (problem) => html`<li data-code="${problem.code}"><strong>${say(`service.${problem.service}`)}</strong>
<span>${titleOf(problem, speech)}</span> <span class="code">${problem.code}</span></li>`,
  )}</ul>
</section>`;
}

/** What the exchange says, it says in her language; what we found ourselves, we say ourselves. */
function titleOf({ code, title }: ServiceProblem, { say, knows }: Speech): string {
  if (knows(`problem.${code}`)) return say(`problem.${code}`);
  if (code.startsWith('relying-party.')) return say('problem.not-trusted');
  // with a revoked consent, its access ends too
  const isAccessOver = code.startsWith('sign-in.') || code === 'request.not-signed-in';
  return isAccessOver ? say('problem.sign-in') : title;
}

function serviceCard(id: string, customer: Customer, speech: Speech): Markup {
  const { say } = speech;
  const particulars = customer.particulars[id];
  const asked = ASKS.services.find((service) => service.id === id);
  const granted = customer.consent.services.find((service) => service.id === id)?.fields ?? [];
  const withheld = (asked?.optional ?? []).filter((field) => !granted.includes(field));
  return html`<section class="card" aria-labelledby="${id}" data-service="${id}">
<h2 id="${id}">${say(`service.${id}`)}</h2>
${particulars === undefined ? html`<p class="none">${say(granted.length === 0 ? 'service.notGranted' : 'service.notFetched')}</p>` : known(particulars, speech)}
${withheld.length > 0 && html`<p class="withheld">${say('service.withheld', { fields: withheld.map((field) => say(`field.${field}`)).join(say('list.comma')) })}</p>`}
</section>`;
}

function known({ values, provider, asOf }: Particulars, speech: Speech): Markup {
  const { say, instant, language } = speech;
  const rows = Object.entries(values).map(
    ([field, value]) =>
      html`<dt>${say(`field.${field}`)}</dt><dd data-field="${field}">${shown(field, value, speech)}</dd>`,
  );
  return html`<p class="source">${say('service.source', { provider: provider.name[language], at: instant(asOf) })}</p>
<dl>${rows}</dl>`;
}

function receiptList({ receipts }: Customer, { say, instant }: Speech): Markup | false {
  if (receipts.length === 0) return false;
  return html`<section aria-labelledby="receipts"><h2 id="receipts">${say('receipts.title')}</h2>
<p>${say('receipts.lead')}</p>
<ul class="receipts">${receipts.map(
    ({ act, service, at }) =>
      html`<li><a href="/customers/receipts/${act}.json" download>${say(`service.${service}`)}${say('list.comma')}${instant(at)}</a></li>`,
  )}</ul>
</section>`;
}
