import {
  count,
  digestText,
  instant,
  isObject,
  list,
  localisedText,
  members,
  oneOf,
  type Shaped,
  text,
} from './shape.ts';

const isConsentedService = members({
  id: text(200),
  provider: text(100),
  fields: list(text(200), 500),
  subject: text(20_000),
});

/** Revision 1: what the citizen signed. */
export const isConsentDocument = members({
  type: oneOf('praya.consent.v1'),
  id: text(100),
  revision: oneOf(1),
  previous: oneOf(null),
  issuer: text(1000),
  recipient: members({
    organisation: text(100),
    client: text(300),
    name: localisedText,
    encryptionKey: isObject,
  }),
  purpose: members({ code: text(200), text: localisedText }),
  services: list(isConsentedService, 100),
  frequency: members({ max: count, per: oneOf('total', 'day', 'month') }),
  retention: text(50),
  notBefore: instant,
  expiresAt: instant,
  notice: members({ locale: text(50), digest: text(200) }),
});
export type ConsentDocument = Shaped<typeof isConsentDocument>;
export type ConsentedService = ConsentDocument['services'][number];

/** A later revision: what became of it. */
export const isStateDocument = members({
  type: oneOf('praya.consent-state.v1'),
  id: text(100),
  revision: count,
  previous: digestText,
  state: oneOf('active', 'paused', 'revoked', 'expired'),
  by: oneOf('citizen', 'recipient', 'clock'),
  at: instant,
});
export type ConsentStateDocument = Shaped<typeof isStateDocument>;

/** A consent document and its digest, which names it everywhere else. */
export type NamedConsent = { readonly document: ConsentDocument; readonly digest: string };

/** What the consent grants of a service; null when it does not name it. */
export function serviceOf(document: ConsentDocument, service: string): ConsentedService | null {
  return document.services.find(({ id }) => id === service) ?? null;
}
