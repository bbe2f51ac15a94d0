import { textDigest } from '@praya/kernel/canonical';
import { everyone } from '@praya/kernel/http/policy';
import { answer, Problem } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { idSchema } from '@praya/kernel/id';
import { LocalisedText } from '@praya/kernel/language';
import { ok } from '@praya/kernel/result';
import { Type } from 'typebox';
import { type Directory, OrganisationKey, OrganisationKind } from '../contract.ts';

const PUBLIC = { config: { policy: everyone } } as const;
const TAGS = ['directory'];

const PublicOrganisation = Type.Object({
  id: idSchema('org'),
  slug: Type.String(),
  kind: OrganisationKind,
  name: LocalisedText,
  clients: Type.Array(Type.String()),
  keys: Type.Array(OrganisationKey),
  suspendedAt: Type.Union([Type.String(), Type.Null()]),
});
const Anchor = Type.Object({
  kid: Type.String(),
  jwk: Type.Record(Type.String(), Type.String()),
  fingerprint: Type.String(),
});

/** What verifiers, connectors and everybody else may read. */
export function publicRoutes(app: Server, directory: Directory): void {
  app.get(
    '/directory/v1/trust-list',
    { ...PUBLIC, schema: { tags: TAGS, summary: 'The signed trust list', produces: ['application/jose'] } },
    async (request, reply) => {
      const jws = await directory.trustList();
      const etag = `"${textDigest(jws)}"`;
      reply.header('etag', etag).header('cache-control', 'public, max-age=60');
      if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.type('application/jose').send(jws);
    },
  );
  app.get(
    '/.well-known/praya-trust-anchor',
    { ...PUBLIC, schema: { tags: TAGS, summary: 'The key of the trust list', response: { 200: Anchor } } },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=60');
      return answer(reply, ok(await directory.trustAnchor()));
    },
  );
  app.get(
    '/directory/v1/organisations/:id',
    {
      ...PUBLIC,
      schema: {
        tags: TAGS,
        summary: 'An organisation and its keys',
        params: Type.Object({ id: idSchema('org') }),
        response: { 200: PublicOrganisation, 404: Problem },
      },
    },
    async (request, reply) => {
      const found = await directory.organisation(request.params.id);
      if (!found.ok) return answer(reply, found);
      const { connector: _, ...organisation } = found.value;
      return answer(reply, ok({ ...organisation, clients: organisation.clients.map((one) => one.clientId) }));
    },
  );
}

// RFC 9110 §13.1.2: a list of tags, weak ones count as well, or a star.
function matches(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
