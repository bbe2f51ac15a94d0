import type { Directory, OrganisationId } from '@praya/directory/contract';
import { everyone } from '@praya/kernel/http/policy';
import { requestLanguage, sendRefusal } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { LocalisedText } from '@praya/kernel/language';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Sessions, SIGN_IN_SECONDS, secret } from './sessions.ts';

const SessionView = Type.Object({
  person: Type.Union([
    Type.Null(),
    Type.Object({
      id: Type.String(),
      offices: Type.Array(
        Type.Object({ organisationId: Type.String(), name: LocalisedText, roles: Type.Array(Type.String()) }),
      ),
    }),
  ]),
  demonstration: Type.Boolean(),
});

type Needs = {
  readonly sessions: Sessions;
  readonly origin: string;
  readonly demonstration: boolean;
  readonly directory: Pick<Directory, 'organisation'>;
  /** Ends her session at the authorisation server too; else it would let her in again by itself. */
  signOut(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
};

/** The name of a cookie of ours: with https it is bound to the host and to secure transport. */
export function cookieName(origin: string, what: 'session' | 'sign_in' = 'session'): string {
  return origin.startsWith('https:') ? `__Host-praya_${what}` : `praya_${what}`;
}

/** The session token that a request carries. */
export function tokenOf(request: FastifyRequest, origin: string): string | undefined {
  return request.cookies[cookieName(origin)];
}

/** Sign-in, sign-out and who is signed in, for the portal. */
export function sessionRoutes(app: Server, needs: Needs): void {
  const { sessions, origin } = needs;
  const config = { policy: everyone };
  const tags = ['session'];

  app.get('/session', { config, schema: { tags, response: { 200: SessionView } } }, async (request) => ({
    person: await personView(request, needs),
    demonstration: needs.demonstration,
  }));

  app.get(
    '/session/sign-in',
    {
      config,
      schema: { tags, querystring: Type.Object({ returnTo: Type.String({ maxLength: 500, default: '/' }) }) },
    },
    async (request, reply) => {
      const language = requestLanguage(reply);
      // Kept where it is there already: several tabs may sign in at once.
      const browser = signInSecretOf(request, origin) ?? secret();
      const url = await sessions.begin({ returnTo: request.query.returnTo, language, browser });
      setCookie(reply, { origin, what: 'sign_in', value: browser, seconds: SIGN_IN_SECONDS });
      return reply.redirect(url.href);
    },
  );

  app.get('/session/callback', { config, schema: { hide: true } }, async (request, reply) => {
    const browser = signInSecretOf(request, origin) ?? '';
    const url = new URL(request.url, origin);
    const signedIn = await sessions.finish({ url, browser }).catch((error: unknown) => {
      request.log.warn({ err: error }, 'sign-in did not finish');
      return undefined;
    });
    if (signedIn === undefined) return reply.redirect('/error?code=session.sign-in-failed');
    const before = tokenOf(request, origin);
    if (before !== undefined) await sessions.end(before);
    setCookie(reply, { origin, what: 'session', value: signedIn.token, seconds: signedIn.seconds });
    return reply.redirect(signedIn.returnTo);
  });

  app.post('/session/sign-out', { config, schema: { tags } }, async (request, reply) => {
    const token = tokenOf(request, origin);
    if (token === undefined) return sendRefusal(reply, { code: 'request.not-signed-in' });
    await sessions.end(token);
    await needs.signOut(request, reply);
    setCookie(reply, { origin, what: 'session', value: '', seconds: 0 });
    return { redirectTo: '/' };
  });
}

async function personView(request: FastifyRequest, needs: Needs) {
  const { principal } = request;
  if (principal.kind !== 'person') return null;
  const offices = await Promise.all(
    principal.offices.map(async ({ organisationId, roles }) => {
      const found = await needs.directory.organisation(organisationId as OrganisationId);
      return found.ok ? [{ organisationId, name: found.value.name, roles: [...roles] }] : [];
    }),
  );
  return { id: principal.personId, offices: offices.flat() };
}

function signInSecretOf(request: FastifyRequest, origin: string): string | undefined {
  const value = request.cookies[cookieName(origin, 'sign_in')];
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
}

function setCookie(
  reply: FastifyReply,
  about: { origin: string; what: 'session' | 'sign_in'; value: string; seconds: number },
): void {
  reply.setCookie(cookieName(about.origin, about.what), about.value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: about.origin.startsWith('https:'),
    maxAge: about.seconds,
  });
}
