import { everyone } from '@praya/kernel/http/policy';
import { answer } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { personal } from '@praya/kernel/personal';
import { ok, type Result } from '@praya/kernel/result';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  AssertionResponse,
  InteractionView,
  type PersonId,
  RegistrationResponse,
  SignInStatement,
} from '../contract.ts';
import type { InBrowser, Waiting } from '../interactions.ts';
import type { IdentityRoom } from '../service.ts';

type Needs = Pick<IdentityRoom, 'interactions' | 'signIn' | 'enrolment'>;
type InInteraction = FastifyRequest<{ Params: { uid: string } }>;

const params = Type.Object({ uid: Type.String({ pattern: '^[A-Za-z0-9_-]{10,100}$' }) });
const Code = personal(Type.String({ minLength: 12, maxLength: 20 }));
const Step = Type.Object({
  step: Type.Optional(Type.Literal('consent')),
  redirectTo: Type.Optional(Type.String()),
});
const tags = ['sign-in'];
const config = { policy: everyone };
// A passkey cannot be guessed, a code can: only the code's routes are slow.
const slow = { ...config, rateLimit: { max: 30, timeWindow: 60_000 } };

/** Where a resident signs in or enrols within an authorisation request. */
export function signInRoutes(app: Server, needs: Needs): void {
  detailsRoute(app, needs);
  signInOptionsRoute(app, needs);
  signInRoute(app, needs);
  enrolmentOptionsRoute(app, needs);
  enrolmentRoute(app, needs);
  abortRoute(app, needs);
}

function detailsRoute(app: Server, { interactions }: Needs): void {
  const summary = 'Who asks, and what is next';
  app.get(
    '/interaction/:uid/details',
    { config, schema: { tags, summary, params, response: { 200: InteractionView } } },
    async (request, reply) => answer(reply, await interactions.view(inBrowser(request, reply))),
  );
}

function signInOptionsRoute(app: Server, { interactions, signIn }: Needs): void {
  const summary = 'A statement for the passkey to sign';
  const body = Type.Object({ previewKey: SignInStatement.properties.previewKey });
  const response = { 200: Type.Object({ statement: SignInStatement, options: Type.Unknown() }) };
  app.post(
    '/interaction/:uid/sign-in/options',
    { config, schema: { tags, summary, params, body, response } },
    async (request, reply) => {
      const found = await interactions.find(inBrowser(request, reply));
      if (!found.ok) return answer(reply, found);
      const { previewKey } = request.body;
      return answer(reply, ok(await signIn.prepare({ interaction: found.value.uid, previewKey })));
    },
  );
}

function signInRoute(app: Server, needs: Needs): void {
  const summary = 'Sign in with a passkey';
  const body = Type.Object({ statement: SignInStatement, response: AssertionResponse });
  app.post(
    '/interaction/:uid/sign-in',
    { config, schema: { tags, summary, params, body, response: { 200: Step } } },
    async (request, reply) =>
      signInBy(needs, inBrowser(request, reply), {
        reply,
        who: ({ uid }) => needs.signIn.finish({ interaction: uid, ...request.body }),
      }),
  );
}

function enrolmentOptionsRoute(app: Server, { interactions, enrolment }: Needs): void {
  const summary = 'Options for the first passkey';
  const body = Type.Object({ code: Code });
  const response = { 200: Type.Object({ options: Type.Unknown() }) };
  app.post(
    '/interaction/:uid/enrolment/options',
    { config: slow, schema: { tags, summary, params, body, response } },
    async (request, reply) => {
      const found = await interactions.find(inBrowser(request, reply));
      if (!found.ok) return answer(reply, found);
      const { code } = request.body;
      return answer(reply, await enrolment.options({ interaction: found.value.uid, code }));
    },
  );
}

function enrolmentRoute(app: Server, needs: Needs): void {
  const summary = 'Enrol with the code of the counter';
  const name = personal(Type.String({ minLength: 1, maxLength: 60 }));
  const body = Type.Object({ code: Code, response: RegistrationResponse, name });
  app.post(
    '/interaction/:uid/enrolment',
    { config: slow, schema: { tags, summary, params, body, response: { 200: Step } } },
    async (request, reply) =>
      signInBy(needs, inBrowser(request, reply), {
        reply,
        who: ({ uid }) => needs.enrolment.finish({ interaction: uid, ...request.body }),
      }),
  );
}

function abortRoute(app: Server, { interactions }: Needs): void {
  const summary = 'Go back without signing in';
  const response = { 200: Type.Object({ redirectTo: Type.String() }) };
  app.post(
    '/interaction/:uid/abort',
    { config, schema: { tags, summary, params, response } },
    async (request, reply) => answer(reply, await interactions.abort(inBrowser(request, reply))),
  );
}

async function signInBy(
  { interactions }: Needs,
  browser: InBrowser,
  about: { reply: FastifyReply; who(waiting: Waiting): Promise<Result<{ personId: PersonId }>> },
): Promise<FastifyReply> {
  const { reply, who } = about;
  const found = await interactions.find(browser);
  if (!found.ok) return answer(reply, found);
  const signed = await who(found.value);
  if (!signed.ok) return answer(reply, signed);
  return answer(reply, await interactions.finishSignIn(browser, signed.value.personId));
}

function inBrowser(request: InInteraction, reply: FastifyReply): InBrowser {
  return { uid: request.params.uid, request: request.raw, response: reply.raw };
}
