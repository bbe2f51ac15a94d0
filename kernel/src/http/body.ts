import type { Server } from './server.ts';

/** A request body that is not UTF-8. RFC 8259 §8.1 allows nothing else, and a lossy reading would sign what nobody sent. */
export class NotUtf8Error extends Error {
  override name = 'NotUtf8Error';
  readonly statusCode = 400;
}

/** A request body with U+0000 in it, which no text has and PostgreSQL does not keep. */
export class NullCharacterError extends Error {
  override name = 'NullCharacterError';
  readonly statusCode = 400;
}

/** Replaces Fastify's JSON parser by one that refuses bytes that are not UTF-8, and adds the JOSE types. */
export function parseBodiesStrictly(app: Server): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const text = decode(body);
    if (text === undefined) return done(new NotUtf8Error('The body is not UTF-8'), undefined);
    if (/\0|\\u0000/.test(text)) return done(new NullCharacterError('The body has a U+0000'), undefined);
    return parseJson(request, text, done);
  });
  app.addContentTypeParser(
    ['application/jose', 'application/secevent+jwt', 'text/plain'],
    { parseAs: 'buffer' },
    (_request, body, done) => {
      const text = decode(body);
      if (text === undefined) return done(new NotUtf8Error('The body is not UTF-8'), undefined);
      if (text.includes('\0')) return done(new NullCharacterError('The body has a U+0000'), undefined);
      return done(null, text);
    },
  );
}

function decode(body: string | Buffer): string | undefined {
  try {
    return typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
