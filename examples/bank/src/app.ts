import { constants, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@praya/kernel/clock';
import { everyone } from '@praya/kernel/http/policy';
import { createServer, type Server } from '@praya/kernel/http/server';
import { LANGUAGES } from '@praya/kernel/language';
import type { Log } from '@praya/kernel/log';
import { createMetrics } from '@praya/kernel/metrics';
import { type TrustListSource, trustListOf } from '@praya/relying-party/trust-list';
import type { FastifyError } from 'fastify';
import { accountRoutes } from './account.ts';
import { ASKS } from './asks.ts';
import type { BankConfig, BankKeys } from './config.ts';
import { openCustomers } from './customers.ts';
import type { Asking } from './fetching.ts';
import { openingRoutes } from './opening.ts';
import { bankMessages } from './pages/speech.ts';
import { createSessions } from './sessions.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { type Front, ownPath, rememberLanguage, sendNotice } from './visitor.ts';
import { webhookRoute } from './webhook.ts';

/** What the bank is made of. What is left out is the real thing. */
export type BankNeeds = {
  readonly config: BankConfig;
  readonly keys: BankKeys;
  readonly log: Log;
  readonly now?: () => Date;
  readonly signIn?: SignIn;
  readonly trustList?: TrustListSource;
  readonly fetchData?: NonNullable<Asking['fetchData']>;
};

const DAY_MS = 86_400_000;

/** The bank as a server, not listening yet. */
export async function createBank(needs: BankNeeds): Promise<Server> {
  const { config, keys, log, now = systemClock } = needs;
  const { issuer, clientId, origin, anchor, dataDirectory } = config;
  const messages = bankMessages();
  const customers = openCustomers({ directory: dataDirectory, now });
  const app = await createServer({
    log,
    messages,
    origin,
    metrics: createMetrics(),
    refusals: {},
    title: 'Lantern Bay Bank',
    authenticate: async () => ({ kind: 'anonymous' }),
    checks: { customers: () => access(dataDirectory, constants.W_OK) },
  });
  const redirectUri = `${origin}/callback`;
  const signIn = needs.signIn ?? createSignIn({ issuer, clientId, redirectUri, signingKey: keys.signing });
  const trustList = needs.trustList ?? trustListOf({ issuer, anchor });
  const front: Front = { origin, messages, sessions: createSessions(now) };
  const asking = needs.fetchData === undefined ? {} : { fetchData: needs.fetchData };
  const bank = { ...front, ...asking, config, keys, customers, signIn, now };
  webhookRoute(app, { customers, trustList, clientId });
  await app.register(async (pages) => {
    readForms(pages);
    pages.setErrorHandler((error: FastifyError, request, reply) => {
      if (error.statusCode === 429) return sendNotice(front, reply, { notice: 'too-many' });
      request.log.error({ err: error }, 'fault');
      return sendNotice(front, reply, { notice: 'fault' });
    });
    openingRoutes(pages, bank);
    accountRoutes(pages, bank);
    houseRoutes(pages, front);
  });
  forgetDaily(app, () => customers.forgetOld(ASKS.retentionDays));
  return app;
}

/** The language switch, the style, and a page for what is not there. */
function houseRoutes(app: Server, front: Front): void {
  const route = { config: { policy: everyone }, schema: { hide: true } };
  app.get<{ Params: { language: string }; Querystring: { from?: string } }>(
    '/language/:language',
    route,
    async (request, reply) => {
      const language = LANGUAGES.find((one) => one === request.params.language);
      if (language === undefined) return sendNotice(front, reply, { notice: 'not-found' });
      rememberLanguage(front, reply, language);
      return reply.redirect(ownPath(request.query.from), 303);
    },
  );
  for (const [name, type] of [
    ['bank.css', 'text/css; charset=utf-8'],
    ['lantern.svg', 'image/svg+xml'],
  ] as const) {
    const text = readFileSync(join(import.meta.dirname, 'assets', name), 'utf8');
    app.get(`/assets/${name}`, route, async (_request, reply) =>
      reply.header('content-type', type).header('cache-control', 'public, max-age=300').send(text),
    );
  }
  app.get('/*', route, async (_request, reply) => sendNotice(front, reply, { notice: 'not-found' }));
}

function readForms(app: Server): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 10_000 },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
}

function forgetDaily(app: Server, forget: () => Promise<void>): void {
  const quietly = () => forget().catch((err: unknown) => app.log.error({ err }, 'old data was not deleted'));
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onReady', async () => {
    await quietly();
    timer = setInterval(quietly, DAY_MS);
    timer.unref();
  });
  app.addHook('onClose', async () => clearInterval(timer));
}
