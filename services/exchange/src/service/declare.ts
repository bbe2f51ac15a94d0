import { claimedPayload } from '@praya/kernel/jws';
import { ok, refuse } from '@praya/kernel/result';
import { Value } from 'typebox/value';
import { type DataService, Declaration, type Exchange } from '../contract.ts';
import { isSoundService } from '../rules.ts';
import { type Room, verifyByOrganisation } from './room.ts';

const SKEW_SECONDS = 60;

/** Takes a department's declaration: what it names is offered from now on, what it leaves out no more. */
export async function declare(room: Room, text: string): ReturnType<Exchange['declare']> {
  const claimed = claimedPayload(text);
  if (!Value.Check(Declaration, claimed)) return refuse('exchange.declaration-invalid', faultOf(claimed));
  const found = await room.directory.organisation(claimed.iss);
  if (!found.ok || found.value.suspendedAt !== null) return refuse('exchange.declaration-signature');
  const organisation = found.value;
  // Two officers let it answer; else its own key would make it a provider, to whom residents are sealed.
  if (organisation.connector === null) return refuse('exchange.declaration-signature', { rule: 'connector' });
  const typ = 'praya-declaration+jws';
  const verdict = await verifyByOrganisation(text, { typ, organisation, now: room.now() });
  if (!verdict.counts) return refuse('exchange.declaration-signature', { rule: verdict.because });
  const { iss: provider, aud, iat, services: declared } = verdict.payload as Declaration;
  if (aud !== undefined && aud !== room.issuer)
    return refuse('exchange.declaration-invalid', { field: 'aud' });
  if (Math.abs(room.now().getTime() / 1000 - iat) > SKEW_SECONDS) {
    return refuse('exchange.declaration-invalid', { field: 'iat', rule: 'now' });
  }
  const unsound = declared.findIndex((service) => !isSoundService(service));
  const ids = new Set(declared.map(({ id }) => id));
  if (unsound >= 0 || ids.size < declared.length) {
    return refuse('exchange.declaration-invalid', {
      field: `services/${Math.max(unsound, 0)}`,
      rule: 'schema',
    });
  }
  const declaredAt = new Date(iat * 1000);
  const services = declared.map((service) => catalogued(service, { provider, declaredAt }));
  const kept = await room.store.declare({ provider, declaredAt, jws: text, services });
  return kept
    ? ok(services)
    : refuse('exchange.declaration-invalid', { field: 'services', rule: 'newest-and-own' });
}

// Only what belongs in the catalogue; a declaration may say more.
function catalogued(
  service: Declaration['services'][number],
  about: { provider: DataService['provider']; declaredAt: Date },
): DataService {
  const { id, title, description, schema, schemaDigest } = service;
  const fields = service.fields.map((field) => ({
    name: field.name,
    title: field.title,
    schema: field.schema,
  }));
  const declaredAt = about.declaredAt.toISOString();
  return { id, provider: about.provider, title, description, fields, schema, schemaDigest, declaredAt };
}

function faultOf(claimed: unknown): { field: string; rule: string } {
  const [first] = Value.Errors(Declaration, claimed);
  return { field: first?.instancePath.slice(1) || '(declaration)', rule: first?.keyword ?? 'schema' };
}
