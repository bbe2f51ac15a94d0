import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { type Language, languageOf } from '../language.ts';
import { type Messages, messageOf } from '../messages.ts';
import type { Refusal, Refusals, Result } from '../result.ts';

/** What the HTTP layer itself can refuse. */
export const HTTP_REFUSALS = {
  'request.invalid': 400,
  'request.malformed': 400,
  'request.not-utf8': 400,
  'request.too-large': 413,
  'request.unsupported-media-type': 415,
  'request.too-many': 429,
  'request.not-found': 404,
  'request.not-signed-in': 401,
  'request.not-allowed': 403,
  'request.cross-site': 403,
  'request.fault': 500,
  'request.unavailable': 503,
} as const satisfies Refusals;

/**
 * A refusal as it leaves.
 *
 * Source  RFC 9457; `code` and `errors` are extension members
 */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  instance: Type.String({ description: 'The request id, also in the x-request-id header' }),
  errors: Type.Optional(
    Type.Array(Type.Object({ field: Type.String(), rule: Type.String(), message: Type.String() })),
  ),
});

type FieldError = { readonly field: string; readonly rule: string; readonly message: string };

declare module 'fastify' {
  interface FastifyInstance {
    messages: Messages;
    refusals: Refusals;
  }
}

/** Sends a value, or the refusal as a problem. */
export function answer<T>(reply: FastifyReply, result: Result<T>, status = 200): FastifyReply {
  return result.ok ? reply.code(status).send(result.value) : sendRefusal(reply, result.refusal);
}

/** Sends one refusal as problem+json in the caller's language. */
export function sendRefusal(
  reply: FastifyReply,
  refusal: Refusal,
  errors: readonly FieldError[] = [],
): FastifyReply {
  const { messages, refusals } = reply.server;
  const language = requestLanguage(reply);
  const status = refusals[refusal.code] ?? 500;
  const title = messageOf(messages, language, { key: refusal.code });
  const named =
    refusal.field === undefined
      ? errors
      : [{ field: refusal.field, rule: refusal.rule ?? refusal.code, message: title }, ...errors];
  if (refusal.detail !== undefined)
    reply.request.log.info({ code: refusal.code, detail: refusal.detail }, 'refused');
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('content-language', language)
    .serializer(JSON.stringify)
    .send({
      type: `/problems/${refusal.code}`,
      title,
      status,
      code: refusal.code,
      instance: `urn:praya:request:${reply.request.id}`,
      ...(named.length > 0 ? { errors: named } : {}),
    });
}

/** The language of the answer: the `praya_language` cookie that the switch sets, else Accept-Language. */
export function requestLanguage(reply: FastifyReply): Language {
  const chosen = reply.request.cookies?.praya_language;
  return languageOf(chosen ?? reply.request.headers['accept-language']);
}
