import { answer, Problem } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { Type } from 'typebox';
import type { Notary } from '../contract.ts';
import {
  Decision,
  Erasure,
  NewRecord,
  NotaryRecord,
  RecordPage,
  RecordsQuery,
  StateChange,
} from '../records/contract.ts';
import { actorOf, ById, IdempotencyKey, NOTARIES, Organisation, onceOf, TAGS } from './caller.ts';

// A folder of ten thousand files with long paths.
const RECORD_BYTES = 12 * 1024 * 1024;
const refusals = { 400: Problem, 403: Problem, 404: Problem, 409: Problem };

/** Notarising, and what an organisation sees of its records. */
export function recordRoutes(app: Server, notary: Notary): void {
  newRecordRoute(app, notary);
  readingRoutes(app, notary);
  changeRoutes(app, notary);
  erasureRoute(app, notary);
}

function newRecordRoute(app: Server, notary: Notary): void {
  app.post(
    '/notary/v1/records',
    {
      ...NOTARIES,
      bodyLimit: RECORD_BYTES,
      schema: {
        tags: TAGS,
        summary: 'Notarise a file, a folder, a licence or a chain of approvals',
        querystring: Organisation,
        headers: IdempotencyKey,
        body: NewRecord,
        response: { 201: NotaryRecord, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const once = onceOf(request);
      if (!once.ok) return answer(reply, once);
      return answer(reply, await notary.record(actor.value, request.body, once.value.once), 201);
    },
  );
}

function readingRoutes(app: Server, notary: Notary): void {
  app.get(
    '/notary/v1/records',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'Records of the organisation, the newest first',
        querystring: RecordsQuery,
        response: { 200: RecordPage, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const { organisation: _, ...query } = request.query;
      return answer(reply, await notary.records(actor.value, query));
    },
  );
  app.get(
    '/notary/v1/records/:id',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'One record and its history',
        params: ById,
        querystring: Organisation,
        response: { 200: NotaryRecord, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      return answer(reply, actor.ok ? await notary.find(actor.value, request.params.id) : actor);
    },
  );
  app.get(
    '/notary/v1/inbox',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'Approvals that wait for the organisation, the oldest first',
        querystring: Type.Object(
          {
            cursor: RecordsQuery.properties.cursor,
            limit: RecordsQuery.properties.limit,
            ...Organisation.properties,
          },
          { additionalProperties: false },
        ),
        response: { 200: RecordPage, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const { cursor, limit } = request.query;
      return answer(
        reply,
        await notary.inbox(actor.value, cursor === undefined ? { limit } : { cursor, limit }),
      );
    },
  );
}

function changeRoutes(app: Server, notary: Notary): void {
  const schema = {
    tags: TAGS,
    params: ById,
    querystring: Organisation,
    headers: IdempotencyKey,
    response: { 200: NotaryRecord, ...refusals },
  };
  app.post(
    '/notary/v1/records/:id/state',
    { ...NOTARIES, schema: { ...schema, summary: 'Suspend, reinstate or revoke', body: StateChange } },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const once = onceOf(request);
      if (!once.ok) return answer(reply, once);
      const about = { id: request.params.id, change: request.body, ...once.value };
      return answer(reply, await notary.change(actor.value, about));
    },
  );
  app.post(
    '/notary/v1/records/:id/decision',
    { ...NOTARIES, schema: { ...schema, summary: 'Approve or reject at one’s step', body: Decision } },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const once = onceOf(request);
      if (!once.ok) return answer(reply, once);
      const about = { id: request.params.id, decision: request.body, ...once.value };
      return answer(reply, await notary.decide(actor.value, about));
    },
  );
}

function erasureRoute(app: Server, notary: Notary): void {
  app.post(
    '/notary/v1/records/:id/erase',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'Drop everything that a record says',
        params: ById,
        querystring: Organisation,
        body: Erasure,
        response: { 200: NotaryRecord, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const about = { id: request.params.id, erasure: request.body };
      return answer(reply, await notary.erase(actor.value, about));
    },
  );
}
