import { everyone } from '@praya/kernel/http/policy';
import type { Server } from '@praya/kernel/http/server';
import { newId } from '@praya/kernel/id';
import { authorizationDetail, grantedOf } from '@praya/relying-party/authorization-detail';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { askOf, endOfAsk } from './asks.ts';
import type { Customer } from './books.ts';
import { type Asking, fetchParticulars } from './fetching.ts';
import type { Session } from './sessions.ts';
import type { SignedIn, SignIn } from './sign-in.ts';
import { type Front, nameSession, sendNotice, sessionOf, speechFor } from './visitor.ts';

/** What opening an account needs. */
export type Opening = Front & Omit<Asking, 'signIn'> & { readonly signIn: SignIn; readonly now: () => Date };

const PENDING_MS = 30 * 60_000;

/** From the button, by way of Praya, to the customer's page. */
export function openingRoutes(app: Server, bank: Opening): void {
  const route = { config: { policy: everyone }, schema: { hide: true } };
  app.get('/open', route, (request, reply) => begin(bank, { request, reply, asks: true }));
  app.get('/sign-in', route, (request, reply) => begin(bank, { request, reply, asks: false }));
  app.get('/callback', route, (request, reply) => finish(bank, request, reply));
}

async function begin(
  bank: Opening,
  about: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly asks: boolean },
): Promise<FastifyReply> {
  const { request, reply } = about;
  const { language } = speechFor(bank, request);
  const now = bank.now();
  const detail = askOf({ issuer: bank.config.issuer, encryptionKey: bank.keys.encryption, now });
  const begun = await bank.signIn.begin(
    about.asks ? { language, details: [authorizationDetail(detail)] } : { language },
  );
  if (!begun.ok) {
    const { kind, code, title } = begun.problem;
    request.log.warn({ kind, code, title }, 'sign-in did not begin');
    return sendNotice(bank, reply, { notice: kind, code, title });
  }
  const session = sessionOf(bank, request) ?? bank.sessions.begin();
  session.pending = { ...begun.pending, startedAt: now.getTime() };
  nameSession(bank, reply, session);
  return reply.header('cache-control', 'no-store').redirect(begun.url.href, 303);
}

async function finish(bank: Opening, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(bank, request);
  const pending = session?.pending;
  const answer = new URL(request.url, bank.origin);
  const ours = pending?.state === answer.searchParams.get('state');
  if (session === undefined || pending === null || pending === undefined || !ours) {
    return sendNotice(bank, reply, { notice: 'session-lost' });
  }
  session.pending = null;
  if (bank.now().getTime() - pending.startedAt > PENDING_MS)
    return sendNotice(bank, reply, { notice: 'ended' });
  const finished = await bank.signIn.finish(answer, pending);
  if (!finished.ok) {
    const { kind, code, title } = finished.problem;
    request.log.warn({ kind, code, title }, 'sign-in did not finish');
    return sendNotice(bank, reply, kind === 'refused' ? { notice: kind } : { notice: kind, code, title });
  }
  return welcome(bank, { reply, session, signedIn: finished.signedIn });
}

async function welcome(
  bank: Opening,
  about: { readonly reply: FastifyReply; readonly session: Session; readonly signedIn: SignedIn },
): Promise<FastifyReply> {
  const { reply, signedIn } = about;
  const { subject } = signedIn;
  const granted = grantedOf(signedIn.details);
  const known = bank.customers.bySubject(subject);
  if (granted === null && known === undefined) {
    return sendNotice(bank, reply, {
      notice: signedIn.details === undefined ? 'not-a-customer' : 'nothing-granted',
    });
  }
  const session = bank.sessions.renew(about.session);
  session.subject = subject;
  nameSession(bank, reply, session);
  if (granted !== null) {
    const { consentId: id } = granted;
    const services = granted.services.filter(({ fields }) => fields.length > 0);
    const customer: Customer = await bank.customers.open({
      id: newId('cus'),
      subject,
      consent: { id, services, expiresAt: expiryOf(signedIn.details) ?? endOfAsk(bank.now()).toISOString() },
      access: signedIn.access,
    });
    session.problems = await fetchParticulars(bank, customer, speechFor(bank, reply.request).language);
  }
  return reply.header('cache-control', 'no-store').redirect('/customers/me', 303);
}

/** When she lets it end: as the token response repeats it. */
function expiryOf(details: unknown): string | undefined {
  const [detail]: unknown[] = Array.isArray(details) ? details : [];
  if (typeof detail !== 'object' || detail === null || !('expires_at' in detail)) return undefined;
  const { expires_at: at } = detail;
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : undefined;
}
