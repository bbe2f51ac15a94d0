import type { Speech } from './speech.ts';
import { html, type Part } from './template.ts';

/** A value of a register as a person reads it. */
export function shown(field: string, value: unknown, speech: Speech): Part {
  const { say, knows } = speech;
  if (value === null || value === undefined || value === '')
    return html`<span class="none">${say('value.none')}</span>`;
  if (Array.isArray(value)) {
    if (value.length === 0) return html`<span class="none">${say('value.none')}</span>`;
    return html`<ul>${value.map((one: unknown) => html`<li>${shown(field, one, speech)}</li>`)}</ul>`;
  }
  if (typeof value === 'object') return membersOf(value, speech);
  const text = String(value);
  const named = `value.${field}.${text}`;
  if (knows(named)) return say(named);
  if (field === 'rateableValue' && typeof value === 'number') return speech.dollars(value);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? speech.day(text) : text;
}

function membersOf(value: object, speech: Speech): Part {
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== '');
  return members.map(([name, member], at) => [at > 0 && ' · ', shown(name, member, speech)]);
}
