import { everyone } from '@praya/kernel/http/policy';
import type { Server } from '@praya/kernel/http/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Customer } from './books.ts';
import { type Asking, fetchParticulars } from './fetching.ts';
import { homePage } from './pages/home.ts';
import { particularsPage } from './pages/particulars.ts';
import { formIsOurs, type Session } from './sessions.ts';
import { type Front, nameSession, sendNotice, sendPage, sessionOf, speechFor } from './visitor.ts';

/** What the pages of customers need. */
export type Account = Front & Asking;

/** A customer at her own page. */
type Present = { readonly session: Session; readonly customer: Customer };

/** The front page and what a customer sees and does. */
export function accountRoutes(app: Server, bank: Account): void {
  const route = { config: { policy: everyone }, schema: { hide: true } };
  app.get('/', route, async (request, reply) => home(bank, request, reply));
  app.get('/customers/me', route, async (request, reply) => {
    const present = presentOf(bank, request);
    if (present === undefined) return sendNotice(bank, reply, { notice: 'session-lost' });
    return particulars(bank, reply, present);
  });
  app.post('/customers/me/fetch', route, async (request, reply) => {
    const present = presentOf(bank, request);
    if (present === undefined) return sendNotice(bank, reply, { notice: 'session-lost' });
    const { session, customer } = present;
    if (!formIsOurs(session, csrfOf(request))) return sendNotice(bank, reply, { notice: 'form-not-ours' });
    session.problems = await fetchParticulars(bank, customer, speechFor(bank, request).language);
    return reply.redirect('/customers/me', 303);
  });
  app.post('/sign-out', route, async (request, reply) => {
    const session = sessionOf(bank, request);
    if (session === undefined) return reply.redirect('/', 303);
    if (!formIsOurs(session, csrfOf(request))) return sendNotice(bank, reply, { notice: 'form-not-ours' });
    bank.sessions.end(session);
    nameSession(bank, reply, null);
    return reply.redirect('/', 303);
  });
  app.get('/customers/receipts/:file', route, async (request, reply) => receipt(bank, request, reply));
}

function home(bank: Account, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const speech = speechFor(bank, request);
  const present = presentOf(bank, request);
  const body = homePage(speech, { isCustomer: present !== undefined });
  const page = { speech, title: speech.say('home.title'), body, path: '/' };
  return sendPage(reply, present === undefined ? page : { ...page, csrf: present.session.csrf });
}

function particulars(bank: Account, reply: FastifyReply, { session, customer }: Present): FastifyReply {
  const speech = speechFor(bank, reply.request);
  const { csrf, problems } = session;
  const state = bank.customers.stateOf(customer.consent.id)?.state ?? 'active';
  const body = particularsPage(speech, { customer, state, problems, csrf });
  return sendPage(reply, { speech, title: speech.say('account.title'), body, path: '/customers/me', csrf });
}

async function receipt(bank: Account, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const present = presentOf(bank, request);
  const [, act] = /^\/customers\/receipts\/(act_[A-Za-z0-9-]+)\.json$/.exec(request.url) ?? [];
  const own = present?.customer.receipts.some((one) => one.act === act) === true;
  const text = own && act !== undefined ? await bank.customers.receipt(act) : null;
  if (text === null) return sendNotice(bank, reply, { notice: 'not-found' });
  return reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('content-disposition', `attachment; filename="${act}.json"`)
    .header('cache-control', 'no-store')
    .send(text);
}

function presentOf(bank: Account, request: FastifyRequest): Present | undefined {
  const session = sessionOf(bank, request);
  const subject = session?.subject;
  if (session === undefined || subject === null || subject === undefined) return undefined;
  const customer = bank.customers.bySubject(subject);
  return customer === undefined ? undefined : { session, customer };
}

function csrfOf(request: FastifyRequest): unknown {
  const { body } = request;
  return typeof body === 'object' && body !== null && 'csrf' in body ? body.csrf : undefined;
}
