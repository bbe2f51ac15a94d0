import { everyone } from '@praya/kernel/http/policy';
import { answer } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { ok } from '@praya/kernel/result';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  AssertionResponse,
  InteractionView,
  type PersonId,
  RegistrationResponse,
  SignInStatement,
} from '../contract.ts';
import type { InBrowser } from '../interactions.ts';
import type { IdentityRoom } from '../service.ts';

type Needs = Pick<IdentityRoom, 'interactions' | 'signIn' | 'enrolment'>;
type Request = FastifyRequest<{ Params: { uid: string } }>;

const params = Type.Object({ uid: Type.String({ pattern: '^[A-Za-z0-9_-]{10,100}$' }) });
const PreviewKey = Type.Object({ previewKey: SignInStatement.properties.previewKey });
const Code = Type.String({ minLength: 12, maxLength: 20 });
const Step = Type.Object({
  step: Type.Optional(Type.Literal('consent')),
  redirectTo: Type.Optional(Type.String()),
});
const Options = Type.Object({ options: Type.Unknown() });
const fewPerMinute = { max: 30, timeWindow: 60_000 };
const tags = ['sign-in'];
const config = { policy: everyone };

/** Where a resident signs in or enrols within an authorisation request. */
export function signInRoutes(app: Server, { interactions, signIn, enrolment }: Needs): void {
  app.get(
    '/interaction/:uid/details',
    {
      config,
      schema: { tags, summary: 'Who asks, and what is next', params, response: { 200: InteractionView } },
    },
    async (request, reply) => answer(reply, await interactions.view(inBrowser(request, reply))),
  );
  app.post(
    '/interaction/:uid/sign-in/options',
    {
      config,
      schema: {
        tags,
        summary: 'A statement for the passkey to sign',
        params,
        body: PreviewKey,
        response: { 200: Type.Object({ statement: SignInStatement, options: Type.Unknown() }) },
      },
    },
    async (request, reply) => {
      const found = await interactions.find(inBrowser(request, reply));
      if (!found.ok) return answer(reply, found);
      const { previewKey } = request.body;
      return answer(reply, ok(await signIn.prepare({ interaction: found.value.uid, previewKey })));
    },
  );
  app.post(
    '/interaction/:uid/sign-in',
    {
      config: { ...config, rateLimit: fewPerMinute },
      schema: {
        tags,
        summary: 'Sign in with a passkey',
        params,
        body: Type.Object({ statement: SignInStatement, response: AssertionResponse }),
        response: { 200: Step },
      },
    },
    async (request, reply) => {
      const browser = inBrowser(request, reply);
      const found = await interactions.find(browser);
      if (!found.ok) return answer(reply, found);
      const signed = await signIn.finish({ interaction: browser.uid, ...request.body });
      return signed.ok ? finish(reply, browser, signed.value.personId) : answer(reply, signed);
    },
  );
  app.post(
    '/interaction/:uid/enrolment/options',
    {
      config: { ...config, rateLimit: fewPerMinute },
      schema: {
        tags,
        summary: 'Options for the first passkey',
        params,
        body: Type.Object({ code: Code }),
        response: { 200: Options },
      },
    },
    async (request, reply) => {
      const found = await interactions.find(inBrowser(request, reply));
      if (!found.ok) return answer(reply, found);
      const { code } = request.body;
      return answer(reply, await enrolment.options({ interaction: found.value.uid, code }));
    },
  );
  app.post(
    '/interaction/:uid/enrolment',
    {
      config: { ...config, rateLimit: fewPerMinute },
      schema: {
        tags,
        summary: 'Enrol with the code of the counter',
        params,
        body: Type.Object({
          code: Code,
          response: RegistrationResponse,
          name: Type.String({ minLength: 1, maxLength: 60 }),
        }),
        response: { 200: Step },
      },
    },
    async (request, reply) => {
      const browser = inBrowser(request, reply);
      const found = await interactions.find(browser);
      if (!found.ok) return answer(reply, found);
      const taken = await enrolment.finish({ interaction: browser.uid, ...request.body });
      return taken.ok ? finish(reply, browser, taken.value.personId) : answer(reply, taken);
    },
  );
  app.post(
    '/interaction/:uid/abort',
    {
      config,
      schema: {
        tags,
        summary: 'Go back without signing in',
        params,
        response: { 200: Type.Object({ redirectTo: Type.String() }) },
      },
    },
    async (request, reply) => answer(reply, await interactions.abort(inBrowser(request, reply))),
  );

  async function finish(reply: FastifyReply, browser: InBrowser, personId: PersonId) {
    return answer(reply, await interactions.finishSignIn(browser, personId));
  }
}

function inBrowser(request: Request, reply: FastifyReply): InBrowser {
  return { uid: request.params.uid, request: request.raw, response: reply.raw };
}
