import { thumbprint } from '@praya/kernel/jwk';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { Connector } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import type { DeclaredService } from '../source/service.ts';
import { countsAt, namedKey } from '../trust/list.ts';
import type { CheckedConsent } from './consent.ts';
import type { CheckedRequest } from './request.ts';

/** What is to be read: a service of ours, consented fields of it, and about whom (still sealed). */
export type Granted = {
  readonly service: DeclaredService;
  readonly fields: readonly string[];
  readonly subject: string;
};

/** The consent names the service asked for, it is ours, and we declare every field. */
export function checkService(
  connector: Connector,
  consent: CheckedConsent,
  name: string,
): Result<Granted, ConnectorRefusal> {
  const entry = consent.document.services.find(({ id }) => id === name);
  if (entry === undefined) return refuse('connector.service-not-consented');
  if (entry.provider !== connector.config.organisation) return refuse('connector.service-not-ours');
  const declared = checkDeclared(connector, name, entry.fields);
  if (!declared.ok) return declared;
  return ok({ service: declared.value, fields: [...entry.fields].sort(), subject: entry.subject });
}

/** We declare this service with at least these fields. */
export function checkDeclared(
  connector: Connector,
  name: string,
  fields: readonly string[],
): Result<DeclaredService, ConnectorRefusal> {
  const service = connector.services.get(name);
  if (service === undefined) return refuse('connector.service-unknown');
  const stranger = fields.find((field) => !service.fields.has(field));
  if (stranger !== undefined || fields.length === 0) return refuse('connector.field-not-declared');
  return ok(service);
}

/** The key that the consent binds is still an encryption key of the consumer. */
export function checkEncryptionKey(
  consent: CheckedConsent,
  request: CheckedRequest,
  now: Date,
): Result<null, ConnectorRefusal> {
  const bound = consent.document.recipient.encryptionKey;
  const listed = namedKey(request.consumer, 'enc', bound.kid);
  const same = listed !== undefined && thumbprint(listed.jwk) === thumbprint(bound);
  return same && countsAt(listed, now) ? ok(null) : refuse('connector.encryption-key');
}
