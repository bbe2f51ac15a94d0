import { officer, personOf } from '@praya/kernel/http/policy';
import { answer, Problem } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { idSchema } from '@praya/kernel/id';
import { ok } from '@praya/kernel/result';
import { Type } from 'typebox';
import { Change, ChangeKind, ChangeState, type Directory, type PersonId } from '../contract.ts';
import { given, PageQuery, pageOf } from './page.ts';

const READERS = { config: { policy: officer('administrator', 'directory.maker', 'directory.checker') } };
const MAKERS = { config: { policy: officer('administrator', 'directory.maker') } };
const CHECKERS = { config: { policy: officer('directory.checker') } };
const TAGS = ['directory'];

const ById = Type.Object({ id: idSchema('chg') });
const Nobody = Type.Object({}, { additionalProperties: false });

/** Changes that give power: one officer proposes, another decides. */
export function changeRoutes(app: Server, directory: Directory): void {
  proposalRoutes(app, directory);
  decisionRoutes(app, directory);
}

function proposalRoutes(app: Server, directory: Directory): void {
  app.get(
    '/api/directory/changes',
    {
      ...READERS,
      schema: {
        tags: TAGS,
        summary: 'Changes, newest first: all for the operator, their own for others',
        querystring: Type.Object(
          { ...PageQuery, state: Type.Optional(ChangeState) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ items: Type.Array(Change), next: Type.Union([Type.String(), Type.Null()]) }),
        },
      },
    },
    async (request, reply) => {
      const { limit, ...query } = request.query;
      const seenBy = personOf(request).personId as PersonId;
      const found = await directory.changes({ ...given(query), limit: limit + 1, seenBy });
      return answer(reply, ok(pageOf(found, limit)));
    },
  );
  app.post(
    '/api/directory/changes',
    {
      ...MAKERS,
      schema: {
        tags: TAGS,
        summary: 'Propose a change',
        body: Type.Object(
          {
            kind: ChangeKind,
            organisationId: Type.Union([idSchema('org'), Type.Null()]),
            payload: Type.Object({}, { additionalProperties: true }),
          },
          { additionalProperties: false },
        ),
        response: { 201: Change, 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const madeBy = personOf(request).personId as PersonId;
      return answer(reply, await directory.propose({ ...request.body, madeBy }), 201);
    },
  );
}

function decisionRoutes(app: Server, directory: Directory): void {
  app.post(
    '/api/directory/changes/:id/decision',
    {
      ...CHECKERS,
      schema: {
        tags: TAGS,
        summary: 'Approve or decline a change that another officer proposed',
        params: ById,
        body: Type.Object(
          { approve: Type.Boolean(), reason: Type.Union([Type.String({ maxLength: 500 }), Type.Null()]) },
          { additionalProperties: false },
        ),
        response: { 200: Change, 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const decidedBy = personOf(request).personId as PersonId;
      return answer(reply, await directory.decide({ ...request.body, id: request.params.id, decidedBy }));
    },
  );
  app.post(
    '/api/directory/changes/:id/withdrawal',
    {
      ...MAKERS,
      schema: {
        tags: TAGS,
        summary: 'Take back one’s own proposal',
        params: ById,
        body: Type.Optional(Nobody),
        response: { 200: Change, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const by = personOf(request).personId as PersonId;
      return answer(reply, await directory.withdraw({ id: request.params.id, by }));
    },
  );
}
