import { digest } from '@praya/kernel/canonical';
import { anyOf, officer, program } from '@praya/kernel/http/policy';
import { type Id, idSchema } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Actor, Idempotency, NotaryRefusal } from '../contract.ts';
import { NOTARY } from '../records/contract.ts';

/** Officers who notarise, and programs with a token for it. */
export const NOTARIES = { config: { policy: anyOf(officer(NOTARY), program(NOTARY)) } };
export const TAGS = ['notary'];

/** For which organisation, where an officer holds several. */
export const ForOrganisation = { organisation: Type.Optional(idSchema('org')) };
export const Organisation = Type.Object(ForOrganisation, { additionalProperties: false });
export const ById = Type.Object({ id: idSchema('ntr') });
export const IdempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ maxLength: 400, description: 'A repetition under one key does nothing again' }),
  ),
});

const KEY = /^[\x21-\x7e]{1,255}$/;

/** Who acts, and for which of her organisations. */
export function actorOf(request: FastifyRequest): Result<Actor, NotaryRefusal> {
  const { principal } = request;
  if (principal.kind === 'client') {
    const { organisationId, clientId } = principal;
    return ok({ organisation: organisationId as Id<'org'>, by: { client: clientId } });
  }
  if (principal.kind !== 'person') return refuse('notary.not-your-organisation');
  const { organisation: wanted } = request.query as { organisation?: string };
  const offices = principal.offices.filter(({ roles }) => roles.includes(NOTARY));
  const [office, other] = offices.filter(({ organisationId }) =>
    [undefined, organisationId].includes(wanted),
  );
  if (office === undefined) return refuse('notary.not-your-organisation');
  if (other !== undefined)
    return refuse('notary.organisation-needed', { field: 'organisation', rule: 'required' });
  const by = { person: principal.personId as Id<'per'> };
  return ok({ organisation: office.organisationId as Id<'org'>, by });
}

/** The Idempotency-Key of a request, bound to the route and the body. */
export function onceOf(request: FastifyRequest): Result<{ once?: Idempotency }, NotaryRefusal> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return ok({});
  if (typeof key !== 'string' || !KEY.test(key))
    return refuse('notary.key-malformed', { field: 'Idempotency-Key', rule: 'pattern' });
  const bodyHash = digest([request.method, request.url.split('?')[0] ?? '', request.body ?? null]);
  return ok({ once: { key, bodyHash } });
}
