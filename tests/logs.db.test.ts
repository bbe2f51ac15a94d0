import { accountOpening, askExchange, askFor, openBank, redeem } from '@praya/city/play/bank';
import { createBrowser } from '@praya/city/play/browser';
import { bankFiles } from '@praya/city/play/city-process';
import { importDemonstrationPasskey } from '@praya/city/play/demonstration';
import * as play from '@praya/city/play/resident';
import { residents } from '@praya/city/residents';
import { createSoftwarePasskey } from '@praya/city/software-passkey';
import type { TrustAnchor } from '@praya/verifier/trust-list';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ComposedCity, composeCity } from './support/composed-city.ts';

const SHORTEST = 4;
const DAY_MS = 86_400_000;

let city: ComposedCity;
let logs: string;
/** what must not be logged, by what it is */
const secrets = new Map<string, string>();
const cookies: string[] = [];

beforeAll(async () => {
  const original = globalThis.fetch;
  // Everything that a browser was handed as a cookie, by whomever in this process.
  globalThis.fetch = async (...sent) => {
    const response = await original(...sent);
    cookies.push(...response.headers.getSetCookie());
    return response;
  };
  try {
    // The closest look that can be configured: what is not said there is said nowhere.
    city = await composeCity({ PRAYA_LOG_LEVEL: 'debug' });
    await mainJob();
  } finally {
    globalThis.fetch = original;
  }
  logs = `${city.platformLog()}\n${city.connectorLog()}`;
}, 180_000);
afterAll(() => city[Symbol.asyncDispose]());

/** From the counter to the fetched data and the portal. */
async function mainJob(): Promise<void> {
  const { origin } = city;
  const adults = [...residents({ count: city.residents, seed: city.seed })].filter(
    ({ ageYears }) => ageYears >= 18,
  );
  const newcomer = adults[60];
  if (newcomer === undefined) throw new Error('The city is too small');
  const { identityNumber, dateOfBirth, name } = newcomer;
  keep('identity number', identityNumber);
  keep('identity number in one piece', identityNumber.replaceAll(/[()]/g, ''));
  keep('date of birth', dateOfBirth);
  keep('name', name.en);
  const officeBrowser = createBrowser(origin);
  const officer = await play.seatResident(
    officeBrowser,
    await importDemonstrationPasskey(officeBrowser, 'counter'),
  );
  await play.openPortal(officer);
  const { code } = await play.issueEnrolmentCode(officeBrowser, { identityNumber, dateOfBirth });
  keep('enrolment code', code);
  keep('enrolment code in one piece', code.replaceAll('-', ''));
  const browser = createBrowser(origin);
  const passkey = await createSoftwarePasskey({ rpId: new URL(origin).hostname, origin });
  const resident = await play.seatResident(browser, passkey);
  const bank = await openBank({ ...bankFiles(city.dataDirectory), issuer: origin });
  const expiresAt = new Date(Date.now() + 30 * DAY_MS);
  const asked = await askFor(bank, accountOpening(bank, { issuer: origin, expiresAt }));
  keep('PKCE verifier', asked.codeVerifier);
  const uid = await play.openInteraction(browser, asked.url.href);
  keep('passkey', passkey.credentialId);
  keep('public key of a passkey', passkey.publicKey.x);
  await play.enrol(resident, { uid, code, name: 'My own phone' });
  keep('name of a passkey', 'My own phone');
  await play.signIn(resident, uid);
  await play.consentRequest(resident, uid);
  const shown = await play.preview(resident, { uid, service: 'persons.particulars' });
  for (const [field, value] of Object.entries(shown)) keep(`previewed ${field}`, value);
  const optional = { 'persons.particulars': ['nameZh', 'mobile'] };
  const redirectTo = await play.agree(resident, { uid, optional });
  const answer = await browser.visit(redirectTo, (url) => url.origin !== origin);
  keep('authorisation code', answer.searchParams.get('code'));
  const granted = await redeem(bank, asked, answer);
  keep('access token', granted.accessToken);
  keep('refresh token', granted.refreshToken);
  const anchor = (await (await fetch(`${origin}/.well-known/praya-trust-anchor`)).json()) as TrustAnchor;
  for (const service of ['persons.particulars', 'rates.address']) {
    const data = await askExchange(bank, { issuer: origin, anchor, granted, service });
    if (!data.ok) throw new Error(`${service}: ${data.problem.code}`);
    for (const [field, value] of Object.entries(data.value.values)) keep(`delivered ${field}`, value);
  }
  await play.openPortal(resident);
  await browser.call('GET', '/api/acts');
  const [consent] = granted.details;
  await browser.call('POST', `/api/consents/${consent?.consent_id}/state`, { to: 'revoked' });
  for (const line of cookies) {
    const [pair = ''] = line.split(';');
    const value = pair.slice(pair.indexOf('=') + 1);
    keep(`cookie ${pair.slice(0, pair.indexOf('='))} ${secrets.size}`, value);
  }
}

function keep(what: string, value: unknown): void {
  const text = String(value ?? '');
  // A district or an "F" is in every log by chance; what is shorter is told by nothing.
  if (text.length >= SHORTEST) secrets.set(what, text);
}

function lines(): Record<string, unknown>[] {
  return logs
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

describe('the logs of platform and connectors, looked at most closely', () => {
  test('tell of the whole job', () => {
    const routes = new Set(lines().map(({ route }) => route));
    for (const route of [
      '/interaction/:uid/enrolment',
      '/interaction/:uid/sign-in',
      '/interaction/:uid/preview',
      '/interaction/:uid/consent/agree',
      '/exchange/v1/requests',
      '/session/callback',
      '/praya/v1/exchanges',
      '/praya/v1/previews',
      '/praya/v1/registrar/enrolments/redeem',
    ])
      expect(routes, route).toContain(route);
    for (const what of ['identity number', 'access token', 'authorisation code', 'delivered nameEn'])
      expect(secrets.has(what), what).toBe(true);
    expect([...secrets.keys()].filter((what) => what.startsWith('cookie')).length).toBeGreaterThan(3);
  });

  test('hold nothing that is personal, and nothing that opens a door', () => {
    const found = [...secrets].filter(([, value]) => logs.includes(value)).map(([what]) => what);
    expect(found).toEqual([]);
  });

  test('hold it in no other writing either', () => {
    const found = [...secrets].flatMap(([what, value]) =>
      [encodeURIComponent(value), JSON.stringify(value).slice(1, -1), Buffer.from(value).toString('base64')]
        .filter((written) => logs.includes(written.replace(/=+$/, '')))
        .map(() => what),
    );
    expect(found).toEqual([]);
  });

  test('hold no signed or sealed message, which would carry it', () => {
    const messages = logs.match(/eyJ[\w-]{20,}\.[\w-]*\.[\w-]+/g) ?? [];
    expect(
      messages.map((message) => Buffer.from(message.split('.')[0] ?? '', 'base64url').toString()),
    ).toEqual([]);
  });

  test('name the pattern of a route and never the address that was called', () => {
    const requests = lines().filter(({ route }) => route !== undefined);
    expect(requests.length).toBeGreaterThan(50);
    for (const request of requests) {
      expect(Object.keys(request)).not.toContain('url');
      expect(String(request['route'])).not.toMatch(/\?|(con|act|per|org)_[0-9a-f]{8}-/);
    }
  });

  test('name no person', () => {
    expect(logs).not.toMatch(/per_[0-9a-f]{8}-/);
  });
});
