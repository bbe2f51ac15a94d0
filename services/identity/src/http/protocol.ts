import { everyone } from '@praya/kernel/http/policy';
import { sendRefusal } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IdentityRoom } from '../service.ts';

type Needs = { readonly room: Pick<IdentityRoom, 'openId' | 'claimRequest'>; readonly issuer: string };

const ROUTES = [
  '/oidc/*',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
] as const;
const METHODS = ['GET', 'POST', 'OPTIONS'] as const;
// The provider's router is forgiving about spelling, and what we ask before it hangs on the address.
const ADDRESS =
  /^\/(oidc\/(auth(\/[\w-]{10,64})?|par|token|jwks|userinfo|revocation|introspection|session\/end(\/(confirm|success))?)|\.well-known\/[\w-]+)$/;

/** The OpenID provider on our server: it reads and answers the raw request, behind our own guards. */
export function protocolRoutes(app: Server, needs: Needs): void {
  app.register(async (inner) => {
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const url of ROUTES)
      for (const method of METHODS)
        inner.route({
          method,
          url,
          config: { policy: everyone, foreign: true },
          handler: (request, reply) => serve(needs, request, reply),
        });
  });
}

async function serve({ room, issuer }: Needs, request: FastifyRequest, reply: FastifyReply) {
  if (!ADDRESS.test(request.url.split('?')[0] ?? ''))
    return sendRefusal(reply, { code: 'request.not-found' });
  const { requestUri, opened } = await openPushedRequest(room, request);
  if (opened === 'again') {
    request.log.info({ requestUri: requestUri?.slice(-8) }, 'a pushed request was opened twice');
    return request.headers.accept?.includes('text/html') === true
      ? reply.redirect('/error?code=identity.request-used', 303)
      : sendRefusal(reply, { code: 'identity.request-used' });
  }
  const { provider } = await room.openId.current();
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) raw.setHeader(name, value);
  speakAsIssuer(request, issuer);
  await provider.callback()(request.raw, raw);
}

// oidc-provider uses a pushed request up only when it answers; until then two browsers could open it.
async function openPushedRequest(room: Needs['room'], request: FastifyRequest) {
  const { pathname, searchParams } = new URL(request.url, 'http://praya.invalid');
  const requestUri = searchParams.get('request_uri');
  if (pathname !== '/oidc/auth' || requestUri === null) return { requestUri, opened: 'unknown' as const };
  return { requestUri, opened: await room.claimRequest(requestUri) };
}

// What the provider says of itself follows from the issuer, never from a header that somebody sent.
function speakAsIssuer(request: FastifyRequest, issuer: string): void {
  const { host, protocol } = new URL(issuer);
  const { headers } = request.raw;
  delete headers['x-forwarded-host'];
  headers.host = host;
  headers['x-forwarded-proto'] = protocol.slice(0, -1);
}
