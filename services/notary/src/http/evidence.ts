import { answer, Problem, requestLanguage } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { LANGUAGES } from '@praya/kernel/language';
import type { Result } from '@praya/kernel/result';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { NotarisationReceipt, type Notary } from '../contract.ts';
import { actorOf, ById, ForOrganisation, NOTARIES, Organisation, TAGS } from './caller.ts';

const refusals = { 403: Problem, 404: Problem, 410: Problem, 503: Problem };
const ByRevision = Type.Object(
  {
    revision: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    ...ForOrganisation,
  },
  { additionalProperties: false },
);
const ByLanguage = Type.Object(
  {
    language: Type.Optional(Type.Union(LANGUAGES.map((language) => Type.Literal(language)))),
    ...ForOrganisation,
  },
  { additionalProperties: false },
);

/** What a record is proven with. */
export function evidenceRoutes(app: Server, notary: Notary): void {
  receiptRoute(app, notary);
  statementRoutes(app, notary);
  certificateRoute(app, notary);
}

function receiptRoute(app: Server, notary: Notary): void {
  app.get(
    '/notary/v1/records/:id/receipt',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'What a stranger checks the record with, offline',
        params: ById,
        querystring: Organisation,
        response: { 200: NotarisationReceipt, ...refusals },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      return answer(reply, actor.ok ? await notary.receipt(actor.value, request.params.id) : actor);
    },
  );
}

function statementRoutes(app: Server, notary: Notary): void {
  app.get(
    '/notary/v1/records/:id/statement.cose',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'A SCITT transparent statement (RFC 9943)',
        produces: ['application/cose'],
        params: ById,
        querystring: ByRevision,
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const { revision } = request.query;
      const about = { id: request.params.id, ...(revision === undefined ? {} : { revision }) };
      return sendFile(reply, await notary.statement(actor.value, about), {
        type: 'application/cose; cose-type="cose-sign1"',
        name: `${about.id}.cose`,
      });
    },
  );
  app.get(
    '/notary/v1/records/:id/proof.txt',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'The proof that a statement is on the log (C2SP tlog-proof)',
        produces: ['text/plain'],
        params: ById,
        querystring: ByRevision,
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const { revision } = request.query;
      const about = { id: request.params.id, ...(revision === undefined ? {} : { revision }) };
      return sendFile(reply, await notary.proof(actor.value, about), {
        type: 'text/plain; charset=utf-8',
        name: `${about.id}.tlog-proof.txt`,
      });
    },
  );
}

function certificateRoute(app: Server, notary: Notary): void {
  app.get(
    '/notary/v1/records/:id/certificate.pdf',
    {
      ...NOTARIES,
      schema: {
        tags: TAGS,
        summary: 'A certificate to print; its QR code leads to the public check',
        produces: ['application/pdf'],
        params: ById,
        querystring: ByLanguage,
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      if (!actor.ok) return answer(reply, actor);
      const language = request.query.language ?? requestLanguage(reply);
      const made = await notary.certificate(actor.value, { id: request.params.id, language });
      return sendFile(reply, made, { type: 'application/pdf', name: `${request.params.id}.pdf` });
    },
  );
}

/** A file to keep, or the refusal. */
export function sendFile(
  reply: FastifyReply,
  file: Result<Uint8Array | string>,
  about: { readonly type: string; readonly name: string },
): FastifyReply {
  if (!file.ok) return answer(reply, file);
  return reply
    .type(about.type)
    .header('content-disposition', `attachment; filename="${about.name}"`)
    .send(typeof file.value === 'string' ? file.value : Buffer.from(file.value));
}
