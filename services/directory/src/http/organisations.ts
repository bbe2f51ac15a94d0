import { officer, personOf } from '@praya/kernel/http/policy';
import { answer, Problem } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { idSchema } from '@praya/kernel/id';
import { ok } from '@praya/kernel/result';
import { Type } from 'typebox';
import {
  type Directory,
  Organisation,
  OrganisationKey,
  type PersonId,
  PurposeTemplate,
} from '../contract.ts';
import { given, PageQuery, pageOf } from './page.ts';

const OFFICERS = { config: { policy: officer('administrator', 'directory.maker', 'directory.checker') } };
const TAGS = ['directory'];

const ById = Type.Object({ id: idSchema('org') });
const Reason = Type.Object(
  { reason: Type.Optional(Type.Union([Type.String({ maxLength: 500 }), Type.Null()])) },
  { additionalProperties: false },
);

/** What officers see of organisations, and what one officer alone may take away. */
export function organisationRoutes(app: Server, directory: Directory): void {
  searchRoute(app, directory);
  readingRoutes(app, directory);
  revocationRoute(app, directory);
  suspensionRoute(app, directory);
  dismissalRoute(app, directory);
}

function searchRoute(app: Server, directory: Directory): void {
  app.get(
    '/api/directory/organisations',
    {
      ...OFFICERS,
      schema: {
        tags: TAGS,
        summary: 'Organisations by name',
        querystring: Type.Object(
          { ...PageQuery, search: Type.Optional(Type.String({ maxLength: 100 })) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            items: Type.Array(Organisation),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
    },
    async (request, reply) => {
      const { limit, ...query } = request.query;
      const found = await directory.organisations({ ...given(query), limit: limit + 1 });
      return answer(reply, ok(pageOf(found, limit)));
    },
  );
}

function readingRoutes(app: Server, directory: Directory): void {
  app.get(
    '/api/directory/organisations/:id',
    {
      ...OFFICERS,
      schema: {
        tags: TAGS,
        summary: 'One organisation',
        params: ById,
        response: { 200: Organisation, 404: Problem },
      },
    },
    async (request, reply) => answer(reply, await directory.organisation(request.params.id)),
  );
  app.get(
    '/api/directory/purposes',
    {
      ...OFFICERS,
      schema: {
        tags: TAGS,
        summary: 'The purposes that can be permitted',
        response: { 200: Type.Object({ items: Type.Array(PurposeTemplate) }) },
      },
    },
    async (_request, reply) => answer(reply, ok({ items: await directory.purposes() })),
  );
}

function revocationRoute(app: Server, directory: Directory): void {
  app.post(
    '/api/directory/organisations/:id/keys/:kid/revocation',
    {
      ...OFFICERS,
      schema: {
        tags: TAGS,
        summary: 'Revoke a key at once',
        params: Type.Object({ id: idSchema('org'), kid: Type.String({ minLength: 1, maxLength: 100 }) }),
        body: Reason,
        response: { 200: OrganisationKey, 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { id: organisationId, kid } = request.params;
      const by = personOf(request).personId as PersonId;
      const reason = request.body.reason ?? null;
      return answer(reply, await directory.revokeKey({ organisationId, kid, by, reason }));
    },
  );
}

function suspensionRoute(app: Server, directory: Directory): void {
  app.post(
    '/api/directory/organisations/:id/suspension',
    {
      ...OFFICERS,
      schema: {
        tags: TAGS,
        summary: 'Stop an organisation at once',
        params: ById,
        body: Reason,
        response: { 200: Organisation, 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const by = personOf(request).personId as PersonId;
      const reason = request.body.reason ?? null;
      return answer(reply, await directory.suspend({ organisationId: request.params.id, by, reason }));
    },
  );
}

function dismissalRoute(app: Server, directory: Directory): void {
  app.post(
    '/api/directory/organisations/:id/officers/:personId/dismissal',
    {
      ...OFFICERS,
      schema: {
        tags: TAGS,
        summary: 'Take an officer’s roles away at once',
        params: Type.Object({ id: idSchema('org'), personId: idSchema('per') }),
        body: Reason,
        response: { 204: Type.Null(), 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { id: organisationId, personId } = request.params;
      const by = personOf(request).personId as PersonId;
      const reason = request.body.reason ?? null;
      return answer(reply, await directory.dismissOfficer({ organisationId, personId, by, reason }), 204);
    },
  );
}
