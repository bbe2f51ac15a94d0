import type { Organisation, PurposeTemplate } from '@praya/directory/contract';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type {
  AuthorizationDetail,
  ConsentDocument,
  ConsentId,
  ConsentRefusal,
  ServiceDescription,
} from './contract.ts';
import { encryptionKeyOf, grantedFields } from './rules.ts';

/** How long a prepared document may wait for her signature. */
const PREPARED_MS = 30 * 60_000;

/** Everything that a consent document is made of. */
export type DocumentParts = {
  readonly id: ConsentId;
  readonly issuer: string;
  readonly clientId: string;
  readonly recipient: Organisation;
  readonly template: PurposeTemplate;
  readonly services: readonly ServiceDescription[];
  readonly detail: AuthorizationDetail;
  readonly subjects: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, readonly string[]>>;
  readonly notice: { readonly locale: string; readonly digest: string };
  readonly notBefore: string;
};

/** The document for her choice, the same bytes for the same choice. */
export function buildDocument(parts: DocumentParts): Result<ConsentDocument, ConsentRefusal> {
  const { id, issuer, clientId, recipient, template, detail, notice, notBefore } = parts;
  const stranger = Object.keys(parts.optional).find((name) => !detail.services.some((s) => s.id === name));
  if (stranger !== undefined) {
    return refuse('consent.service-unknown', { field: `optional/${stranger}`, rule: 'asked' });
  }
  const services = grantedServices(parts);
  if (!services.ok) return services;
  return ok({
    type: 'praya.consent.v1',
    id,
    revision: 1,
    previous: null,
    issuer,
    recipient: {
      organisation: recipient.id,
      client: clientId,
      name: recipient.name,
      encryptionKey: encryptionKeyOf(detail, recipient.keys),
    },
    purpose: { code: template.code, text: template.text },
    services: services.value,
    frequency: detail.frequency,
    retention: detail.retention,
    notBefore,
    expiresAt: new Date(detail.expires_at).toISOString(),
    notice: { locale: notice.locale, digest: notice.digest },
  });
}

function grantedServices(parts: DocumentParts): Result<ConsentDocument['services'], ConsentRefusal> {
  const granted: ConsentDocument['services'] = [];
  for (const asked of parts.detail.services) {
    const fields = grantedFields(asked, parts.optional[asked.id] ?? []);
    if (!fields.ok) return fields;
    // A service of which she gives no field is not part of what she signs.
    if (fields.value.length === 0) continue;
    const service = parts.services.find(({ id }) => id === asked.id);
    const subject = service === undefined ? undefined : parts.subjects[service.provider];
    if (service === undefined || subject === undefined) {
      return refuse('consent.service-unknown', { field: `services/${asked.id}`, rule: 'catalogue' });
    }
    granted.push({ id: asked.id, provider: service.provider, fields: fields.value, subject });
  }
  if (granted.length === 0)
    return refuse('consent.required-field-missing', { field: 'optional', rule: 'one' });
  return ok(granted);
}

/** The choices that a document sent back stands for; undefined where a required field is missing. */
export function choicesOf(
  document: ConsentDocument,
  detail: AuthorizationDetail,
): Record<string, string[]> | undefined {
  const choices: Record<string, string[]> = {};
  for (const asked of detail.services) {
    const fields = document.services.find(({ id }) => id === asked.id)?.fields ?? [];
    if (asked.required.some((field) => !fields.includes(field))) return undefined;
    choices[asked.id] = fields.filter((field) => !asked.required.includes(field));
  }
  return choices;
}

/** Whether a document was prepared a short while ago. */
export function isFresh(document: ConsentDocument, now: Date): boolean {
  const age = now.getTime() - new Date(document.notBefore).getTime();
  return age >= 0 && age <= PREPARED_MS;
}
