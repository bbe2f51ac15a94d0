import type { ConsentDocument, ConsentView } from '@praya/consent/contract';
import type { TrustList } from '@praya/verifier/trust-list';
import { encryptionKeysAt } from '../proof/trust.ts';
import type { Chosen, NoticeDigest } from './consent-requests.ts';

/** What her screen shows at the moment when she agrees. */
export type OnScreen = {
  readonly issuer: string;
  readonly view: ConsentView;
  readonly chosen: Chosen;
  readonly notice: NoticeDigest;
  readonly trust: TrustList;
  readonly now: Date;
};

/** The parts of the document that do not say what the screen says; none means that she may sign it. */
export function differences(document: ConsentDocument, screen: OnScreen): readonly string[] {
  const { view } = screen;
  const checks: Readonly<Record<string, boolean>> = {
    type: document.type === 'praya.consent.v1' && document.revision === 1 && document.previous === null,
    id: document.id === view.id,
    issuer: document.issuer === screen.issuer,
    recipient: isSameRecipient(document, view),
    encryptionKey: isRecipientKey(document, screen),
    purpose: document.purpose.code === view.purpose.code && same(document.purpose.text, view.purpose.text),
    services: same(servicesOf(document), expectedServices(screen)),
    frequency: document.frequency.max === view.frequency.max && document.frequency.per === view.frequency.per,
    retention: document.retention === view.retention,
    expiresAt: instant(document.expiresAt) === instant(view.expiresAt),
    notBefore: instant(document.notBefore) < instant(document.expiresAt),
    notice:
      document.notice.locale === screen.notice.locale && document.notice.digest === screen.notice.digest,
  };
  return Object.entries(checks).flatMap(([part, holds]) => (holds ? [] : [part]));
}

function instant(text: string): number {
  return new Date(text).getTime();
}

function isSameRecipient({ recipient }: ConsentDocument, view: ConsentView): boolean {
  return (
    recipient.organisation === view.recipient.organisation &&
    recipient.client === view.recipient.client &&
    same(recipient.name, view.recipient.name)
  );
}

// Whoever holds this key reads her data, so it must be one that the signed trust list gives to the recipient.
function isRecipientKey({ recipient }: ConsentDocument, { trust, now }: OnScreen): boolean {
  const keys = encryptionKeysAt(trust, recipient.organisation, now);
  return keys.some(({ jwk }) => jwk.x === recipient.encryptionKey.x && jwk.y === recipient.encryptionKey.y);
}

type Line = {
  readonly id: string;
  readonly provider: string;
  readonly subject: string | null;
  readonly fields: readonly string[];
};

function servicesOf(document: ConsentDocument): readonly Line[] {
  return ordered(document.services);
}

function expectedServices({ view, chosen }: OnScreen): readonly Line[] {
  return ordered(
    view.services.map((service) => ({
      id: service.id,
      provider: service.provider.id,
      subject: service.subject,
      fields: service.fields
        .filter(({ name, required }) => required || chosen[service.id]?.includes(name) === true)
        .map(({ name }) => name),
    })),
  );
}

function ordered(lines: readonly Line[]): readonly Line[] {
  return lines
    .filter(({ fields }) => fields.length > 0)
    .map(({ id, provider, subject, fields }) => ({ id, provider, subject, fields: [...fields].sort() }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function same(a: unknown, b: unknown): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([key, value]) => key in b && same(value, Reflect.get(b, key)));
}
