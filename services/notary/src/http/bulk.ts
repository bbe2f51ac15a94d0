import { NotUtf8Error } from '@praya/kernel/http/body';
import { answer, Problem } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { idSchema } from '@praya/kernel/id';
import { ok } from '@praya/kernel/result';
import { Type } from 'typebox';
import { BulkAccepted, BulkRequest, BulkView, type Notary } from '../contract.ts';
import { readCsv } from '../rules/read-csv.ts';
import { actorOf, IdempotencyKey, NOTARIES, Organisation, onceOf, TAGS } from './caller.ts';
import { sendFile } from './evidence.ts';

const BULK_BYTES = 16 * 1024 * 1024;
const ById = Type.Object({ id: idSchema('ntb') });
const refusals = { 400: Problem, 403: Problem, 404: Problem, 413: Problem };

/** Many records in one call. */
export function bulkRoutes(app: Server, notary: Notary): void {
  acceptCsv(app);
  newBulkRoute(app, notary);
  readingRoutes(app, notary);
}

function acceptCsv(app: Server): void {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      // The byte order mark stays: the reader of the rows takes it off.
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body as Buffer);
      done(null, text);
    } catch {
      done(new NotUtf8Error('The body is not UTF-8'), undefined);
    }
  });
}

function newBulkRoute(app: Server, notary: Notary): void {
  app.post(
    '/notary/v1/bulk',
    {
      ...NOTARIES,
      bodyLimit: BULK_BYTES,
      schema: {
        tags: TAGS,
        summary: 'Notarise up to ten thousand files, folders or licences',
        consumes: ['application/json', 'text/csv'],
        querystring: Organisation,
        headers: IdempotencyKey,
        body: Type.Union([BulkRequest, Type.String()]),
        response: { 202: BulkAccepted, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const once = onceOf(request);
      if (!once.ok) return answer(reply, once);
      const rows = typeof request.body === 'string' ? readCsv(request.body) : ok(request.body.items);
      if (!rows.ok) return answer(reply, rows);
      return answer(reply, await notary.bulk(actor.value, rows.value, once.value.once), 202);
    },
  );
}

function readingRoutes(app: Server, notary: Notary): void {
  app.get(
    '/notary/v1/bulk/:id',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'How far a bulk is',
        params: ById,
        querystring: Organisation,
        response: { 200: BulkView, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      return answer(reply, actor.ok ? await notary.bulkView(actor.value, request.params.id) : actor);
    },
  );
  app.get(
    '/notary/v1/bulk/:id/results.csv',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'What became of each row',
        produces: ['text/csv'],
        params: ById,
        querystring: Organisation,
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const { id } = request.params;
      const about = { type: 'text/csv; charset=utf-8', name: `${id}.csv` };
      return sendFile(reply, await notary.bulkResults(actor.value, id), about);
    },
  );
}
