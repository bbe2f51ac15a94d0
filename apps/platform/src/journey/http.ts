import {
  ConsentDocument,
  type ConsentEvidence,
  type ConsentId,
  type Consents,
  ConsentView,
} from '@praya/consent/contract';
import type { Exchange } from '@praya/exchange/contract';
import { everyone } from '@praya/kernel/http/policy';
import { answer, sendRefusal } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import type { Result } from '@praya/kernel/result';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';

type PersonId = `per_${string}` & { readonly __id: 'per' };

/** Where an interaction stands: who is signed in, and which consent is asked for. */
export type Standing = { readonly uid: string; readonly personId: PersonId; readonly consentId: ConsentId };

/** The identity room's side of an interaction that has reached the consent step. */
export type ConsentStep = {
  standing(request: FastifyRequest, reply: FastifyReply): Promise<Result<Standing>>;
  finish(request: FastifyRequest, reply: FastifyReply, evidence: ConsentEvidence): Promise<string>;
  refuse(request: FastifyRequest, reply: FastifyReply): Promise<string>;
  /** What the browser needs to ask her passkeys for a signature over this challenge. */
  requestOptions(challenge: string): object;
  signIn(about: Standing): Promise<Result<unknown>>;
};

type Needs = { readonly step: ConsentStep; readonly consents: Consents; readonly exchange: Exchange };

const Uid = Type.Object({ uid: Type.String({ pattern: '^[\\w-]{10,64}$' }) });
const RedirectTo = Type.Object({ redirectTo: Type.String() });
const OptionalFields = Type.Record(
  Type.String({ maxLength: 100 }),
  Type.Array(Type.String({ maxLength: 61 }), { maxItems: 40 }),
);
const Notice = Type.Object({
  locale: Type.Union([Type.Literal('en'), Type.Literal('zh-Hant'), Type.Literal('zh-Hans')]),
  digest: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
});

/**
 * The consent step of a sign-in. It stands under `/interaction/:uid`, where the interaction's own cookie
 * says which browser may speak; so the routes are open by policy and closed by that cookie.
 */
export function journeyRoutes(app: Server, { step, consents, exchange }: Needs): void {
  const config = { policy: everyone };
  const tags = ['interaction'];

  app.get(
    '/interaction/:uid/consent',
    {
      config,
      schema: { tags, summary: 'What is asked of her', params: Uid, response: { 200: ConsentView } },
    },
    async (request, reply) => {
      const standing = await step.standing(request, reply);
      if (!standing.ok) return sendRefusal(reply, standing.refusal);
      const { consentId: id, personId } = standing.value;
      return answer(reply, await consents.open({ id, personId }));
    },
  );

  app.post(
    '/interaction/:uid/preview',
    {
      config,
      schema: {
        tags,
        summary: 'The values of one service, sealed to her browser',
        params: Uid,
        body: Type.Object({ service: Type.String({ maxLength: 100 }) }, { additionalProperties: false }),
      },
    },
    async (request, reply) => {
      const standing = await step.standing(request, reply);
      if (!standing.ok) return sendRefusal(reply, standing.refusal);
      const signIn = await step.signIn(standing.value);
      if (!signIn.ok) return sendRefusal(reply, signIn.refusal);
      const { personId, consentId } = standing.value;
      const { service } = request.body;
      return answer(reply, await exchange.preview({ personId, consentId, service, signIn: signIn.value }));
    },
  );

  app.post(
    '/interaction/:uid/consent/prepare',
    {
      config,
      schema: {
        tags,
        summary: 'The document for her choice',
        params: Uid,
        body: Type.Object({ optional: OptionalFields, notice: Notice }, { additionalProperties: false }),
      },
    },
    async (request, reply) => {
      const standing = await step.standing(request, reply);
      if (!standing.ok) return sendRefusal(reply, standing.refusal);
      const { personId, consentId: id } = standing.value;
      const prepared = await consents.prepare({ id, personId, ...request.body });
      if (!prepared.ok) return sendRefusal(reply, prepared.refusal);
      const { challenge } = prepared.value;
      return reply.send({ ...prepared.value, options: step.requestOptions(challenge) });
    },
  );

  app.post(
    '/interaction/:uid/consent/agree',
    {
      config,
      schema: {
        tags,
        summary: 'She agrees with her passkey',
        params: Uid,
        body: Type.Object(
          { document: ConsentDocument, response: Type.Unknown() },
          { additionalProperties: false },
        ),
        response: { 200: RedirectTo },
      },
    },
    async (request, reply) => {
      const standing = await step.standing(request, reply);
      if (!standing.ok) return sendRefusal(reply, standing.refusal);
      const { personId, consentId: id } = standing.value;
      const { document, response } = request.body;
      const agreed = await consents.agree({ id, personId, document, response });
      if (!agreed.ok) return sendRefusal(reply, agreed.refusal);
      return { redirectTo: await step.finish(request, reply, agreed.value) };
    },
  );

  app.post(
    '/interaction/:uid/consent/refuse',
    { config, schema: { tags, summary: 'She refuses', params: Uid, response: { 200: RedirectTo } } },
    async (request, reply) => {
      const standing = await step.standing(request, reply);
      if (!standing.ok) return sendRefusal(reply, standing.refusal);
      const { personId, consentId: id } = standing.value;
      const refused = await consents.refuse({ id, personId });
      if (!refused.ok) return sendRefusal(reply, refused.refusal);
      return { redirectTo: await step.refuse(request, reply) };
    },
  );
}
