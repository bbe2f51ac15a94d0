import type { CheckedData } from '@praya/relying-party/check';
import type { ConsentEvent } from '@praya/relying-party/event';
import type { Access } from './sign-in.ts';

/** What the bank writes down. */
export type Books = {
  readonly version: 1;
  readonly customers: readonly Customer[];
  /** what Praya said about a consent; it may say so before we have it */
  readonly consents: Readonly<Record<string, { readonly state: ConsentState; readonly at: string }>>;
  /** the names of the last events */
  readonly events: readonly string[];
};

export type ConsentState = 'active' | 'paused' | 'revoked' | 'expired';

export type GrantedService = { readonly id: string; readonly fields: readonly string[] };

export type Customer = {
  readonly id: string;
  readonly subject: string;
  readonly openedAt: string;
  readonly consent: {
    readonly id: string;
    readonly expiresAt: string;
    readonly services: readonly GrantedService[];
  };
  readonly access: Access;
  readonly particulars: Readonly<Record<string, Particulars>>;
  readonly receipts: readonly { readonly act: string; readonly service: string; readonly at: string }[];
  readonly dataDeletedAt: string | null;
};

/** The checked data of one service. */
export type Particulars = Pick<CheckedData, 'values' | 'asOf' | 'act' | 'provider'> & {
  readonly fetchedAt: string;
};

/** A resident who has just agreed. */
export type Opening = Pick<Customer, 'id' | 'subject' | 'consent' | 'access'>;

/** What came of asking: renewed access, and the data by service. */
export type Yield = {
  readonly consentId: string;
  readonly access: Access;
  readonly data: Readonly<Record<string, Pick<CheckedData, 'values' | 'asOf' | 'act' | 'provider'>>>;
};

export const EMPTY_BOOKS: Books = { version: 1, customers: [], consents: {}, events: [] };

const EVENTS_KEPT = 5000;
const RECEIPTS_KEPT = 200;
const DAY_MS = 86_400_000;
const STATE_OF_EVENT = {
  active: 'active',
  resumed: 'active',
  paused: 'paused',
  revoked: 'revoked',
  expired: 'expired',
} as const satisfies Record<ConsentEvent['event'], ConsentState>;

/** Opens an account, or puts a new consent in the place of the one before. */
export function withOpening(books: Books, opening: Opening, now: Date): Books {
  const before = books.customers.find(({ subject }) => subject === opening.subject);
  const customer: Customer = {
    ...opening,
    id: before?.id ?? opening.id,
    openedAt: before?.openedAt ?? now.toISOString(),
    particulars: {},
    receipts: before?.receipts ?? [],
    dataDeletedAt: null,
  };
  const others = books.customers.filter((other) => other !== before);
  return { ...books, customers: [...others, customer] };
}

/** Keeps what was given, unless she has taken the consent back meanwhile: then the receipts alone. */
export function withData(books: Books, about: { subject: string; given: Yield }, now: Date): Books {
  const { subject, given } = about;
  const fetchedAt = now.toISOString();
  return changeCustomer(books, { subject, consentId: given.consentId }, (customer) => {
    const withdrawn = books.consents[given.consentId]?.state === 'revoked';
    const fresh = Object.entries(given.data).map(([id, data]) => [id, { ...data, fetchedAt }] as const);
    const receipts = fresh.map(([service, { act }]) => ({ act, service, at: fetchedAt }));
    return {
      ...customer,
      access: given.access,
      particulars: withdrawn ? {} : { ...customer.particulars, ...Object.fromEntries(fresh) },
      receipts: [...receipts, ...customer.receipts].slice(0, RECEIPTS_KEPT),
      dataDeletedAt: withdrawn ? (customer.dataDeletedAt ?? fetchedAt) : customer.dataDeletedAt,
    };
  });
}

/** Writes down what became of a consent; when she has revoked it, her data goes. */
export function withEvent(books: Books, event: ConsentEvent, now: Date): Books {
  const events = [...books.events, event.jti].slice(-EVENTS_KEPT);
  const state = STATE_OF_EVENT[event.event];
  const before = books.consents[event.consentId];
  if (before !== undefined && !follows(before, { state, at: event.at })) return { ...books, events };
  const consents = { ...books.consents, [event.consentId]: { state, at: event.at } };
  const noted = { ...books, events, consents };
  if (state !== 'revoked') return noted;
  return changeCustomer(noted, { consentId: event.consentId }, (customer) => ({
    ...customer,
    particulars: {},
    dataDeletedAt: now.toISOString(),
  }));
}

/** Deletes what has been kept as long as was promised. */
export function forgetOld(books: Books, retentionDays: number, now: Date): Books {
  const oldest = now.getTime() - retentionDays * DAY_MS;
  const customers = books.customers.map((customer) => {
    const young = Object.entries(customer.particulars).filter(
      ([, { fetchedAt }]) => Date.parse(fetchedAt) > oldest,
    );
    if (young.length === Object.keys(customer.particulars).length) return customer;
    return { ...customer, particulars: Object.fromEntries(young), dataDeletedAt: now.toISOString() };
  });
  return { ...books, customers };
}

// Events may overtake one another; what has ended stays ended.
function follows(
  before: { state: ConsentState; at: string },
  next: { state: ConsentState; at: string },
): boolean {
  if (before.state === 'revoked') return false;
  if (next.state === 'revoked') return true;
  return before.state !== 'expired' && Date.parse(next.at) >= Date.parse(before.at);
}

function changeCustomer(
  books: Books,
  whose: { readonly subject?: string; readonly consentId: string },
  change: (customer: Customer) => Customer,
): Books {
  const customers = books.customers.map((customer) => {
    const same = whose.subject === undefined || customer.subject === whose.subject;
    return same && customer.consent.id === whose.consentId ? change(customer) : customer;
  });
  return { ...books, customers };
}
