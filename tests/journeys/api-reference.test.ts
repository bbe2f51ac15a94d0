import { accountOpening, askFor, openBank, redeem } from '@praya/city/play/bank';
import { createBrowser, PlayError } from '@praya/city/play/browser';
import { bankFiles } from '@praya/city/play/city-process';
import { importDemonstrationPasskey } from '@praya/city/play/demonstration';
import * as play from '@praya/city/play/resident';
import * as oidc from 'openid-client';
import { expect, it } from 'vitest';
import { describeJourney, type Journey } from '../support/journey.ts';

type Caller = 'anonymous' | 'resident' | 'counter' | 'maker' | 'checker' | 'notary' | 'client';
type Method = 'GET' | 'POST' | 'PATCH';
type Call = (method: Method, path: string) => Promise<string>;
type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
};

// Whoever adds a route writes down here who may call it, unless it is for every person who is signed in.
const EVERYBODY = [
  /^GET \/health\/(live|ready)$/,
  /^(GET|POST) \/interaction\//,
  /^GET \/session/,
  /^GET \/(log|ledger\/v1)\//,
  /^GET \/directory\/v1\//,
  /^GET \/\.well-known\//,
  /^GET \/exchange\/v1\/services/,
  /^GET \/notary\/v1\/checks/,
  /^POST \/exchange\/v1\/declarations$/,
  /^POST \/consent\/v1\/withdrawals$/,
  /^GET \/api\/demonstration\/residents$/,
];
const OTHERS: readonly { readonly routes: RegExp; readonly callers: readonly Caller[] }[] = [
  { routes: /^POST \/exchange\/v1\/requests$|^GET \/exchange\/v1\/acts\//, callers: ['client'] },
  { routes: / \/api\/counter\//, callers: ['counter'] },
  { routes: / \/notary\/v1\//, callers: ['notary'] },
  // Only programs, of which none is here.
  { routes: /^POST \/ledger\/v1\//, callers: [] },
  { routes: /^POST \/api\/directory\/changes\/[^/]+\/decision$/, callers: ['checker'] },
  { routes: / \/api\/directory\//, callers: ['maker', 'checker'] },
];
const PERSONS: readonly Caller[] = ['resident', 'counter', 'maker', 'checker', 'notary'];

function callersOf(route: string): readonly Caller[] {
  if (EVERYBODY.some((routes) => routes.test(route))) return ['anonymous', 'client', ...PERSONS];
  return OTHERS.find(({ routes }) => routes.test(route))?.callers ?? PERSONS;
}

function routesOf(document: Document): readonly string[] {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  // signing out comes last: it ends the session that the others are called with
  return routes.sort((a, b) => Number(a.endsWith('/sign-out')) - Number(b.endsWith('/sign-out')));
}

/** Calls with the cookies of a browser; answers the code of the refusal, or that there was none. */
function callFrom(browser: ReturnType<typeof createBrowser>): Call {
  return async (method, path) => {
    try {
      await browser.call(method, path, method === 'GET' ? undefined : {});
      return 'answered';
    } catch (error) {
      return error instanceof PlayError ? error.code : 'answered';
    }
  };
}

async function callAs(
  { origin }: Journey,
  who: Parameters<typeof importDemonstrationPasskey>[1],
): Promise<Call> {
  const browser = createBrowser(origin);
  const person = await play.seatResident(browser, await importDemonstrationPasskey(browser, who));
  await play.openPortal(person);
  return callFrom(browser);
}

/** The bank with its access token for a consent. */
async function callAsClient({ origin, city }: Journey): Promise<Call> {
  const bank = await openBank({ ...bankFiles(city.dataDirectory), issuer: origin });
  const expiresAt = new Date(Date.now() + 86_400_000);
  const asked = await askFor(bank, accountOpening(bank, { issuer: origin, expiresAt }));
  const browser = createBrowser(origin);
  const resident = await play.seatResident(browser, await importDemonstrationPasskey(browser, 5));
  const uid = await play.openInteraction(browser, asked.url.href);
  await play.signIn(resident, uid);
  await play.consentRequest(resident, uid);
  const redirectTo = await play.agree(resident, { uid, optional: {} });
  const { accessToken, DPoP } = await redeem(
    bank,
    asked,
    await browser.visit(redirectTo, (url) => url.origin !== origin),
  );
  const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' });
  return async (method, path) => {
    const body = method === 'GET' ? undefined : '{}';
    const url = new URL(path, origin);
    const answer = await oidc
      .fetchProtectedResource(bank.config, accessToken, url, method, body, headers, { DPoP })
      .catch((error: unknown) => {
        if (error instanceof oidc.WWWAuthenticateChallengeError) return error.response;
        throw error;
      });
    const isProblem = answer.headers.get('content-type')?.includes('problem+json') === true;
    return isProblem ? String(((await answer.json()) as { code: string }).code) : 'answered';
  };
}

async function documentOf({ origin }: Journey): Promise<Document> {
  return (await (await fetch(`${origin}/openapi.json`)).json()) as Document;
}

/** Nobody is told to sign in; somebody, that it is not for her. */
function isRefusal(code: string, caller: string): boolean {
  return code === 'request.not-signed-in' || (code === 'request.not-allowed' && caller !== 'anonymous');
}

describeJourney('The interface', (journey) => {
  it('is described in OpenAPI 3.1, and the portal shows each of its routes', async () => {
    const document = await documentOf(journey());
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    const routes = routesOf(document);
    expect(routes).toContain('POST /exchange/v1/requests');
    const page = await journey().open();
    await page.goto(`${journey().origin}/docs/api`);
    await page.getByText(`${routes.length} routes`).waitFor();
    await page.getByLabel('Search routes').fill('/exchange/v1/requests');
    await page.getByText('One route').waitFor();
    expect(await page.locator('main').textContent()).toContain('/exchange/v1/requests');
  });

  it('lets in at each route those whom its policy names, and nobody else', async () => {
    const routes = routesOf(await documentOf(journey()));
    expect(routes.length).toBeGreaterThan(50);
    const { origin } = journey();
    const callers: Readonly<Record<Caller, Call>> = {
      anonymous: callFrom(createBrowser(origin)),
      resident: await callAs(journey(), 0),
      counter: await callAs(journey(), 'counter'),
      maker: await callAs(journey(), 'maker'),
      checker: await callAs(journey(), 'checker'),
      notary: await callAs(journey(), 'notary'),
      client: await callAsClient(journey()),
    };
    const wrong: string[] = [];
    for (const route of routes) {
      const [method, path = ''] = route.split(' ');
      const filled = path.replaceAll(/\{[^}]+\}/g, 'unknown');
      for (const [caller, call] of Object.entries(callers)) {
        const told = await call(method as Method, filled);
        const mayCall = callersOf(route).includes(caller as Caller);
        if (isRefusal(told, caller) === mayCall) wrong.push(`${route} as ${caller}: ${told}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
