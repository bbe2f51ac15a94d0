import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from '@praya/kernel/http/server';
import { silentLog } from '@praya/kernel/log';
import { type Answer, answered } from '@praya/relying-party/problem';
import type { TrustList } from '@praya/relying-party/trust-list';
import { createTestKey, type TestKey } from '@praya/verifier/testing/keys';
import { exportJWK, generateKeyPair } from 'jose';
import { type BankNeeds, createBank } from '../app.ts';
import type { BankKeys } from '../config.ts';
import type { Access, SignIn } from '../sign-in.ts';

export const ORIGIN = 'http://localhost:8280';
export const ISSUER = 'http://localhost:8281';
export const CONSENT = 'con_0199';
export const REVOKED = 'https://praya.example/events/consent-revoked';

export const ACCESS: Access = {
  accessToken: 'token',
  expiresAt: '2026-03-02T10:00:00.000Z',
  refreshToken: null,
  proofKey: { privateKey: {}, publicKey: {} },
};

export const GRANTED = {
  type: 'praya_consented_data',
  consent_id: CONSENT,
  expires_at: '2026-06-01T00:00:00.000Z',
  services: [{ id: 'persons.particulars', fields: ['dateOfBirth', 'nameEn'] }],
};

const PROVIDER = {
  id: 'org_1',
  name: { en: 'Office of the Persons Register', 'zh-Hant': '居民登記署', 'zh-Hans': '居民登记署' },
};

/** What the exchange answers in these tests, values of a hostile register included. */
export const DATA = {
  values: { nameEn: '<b>CHAN</b>', dateOfBirth: '1985-04-12' },
  asOf: '2026-03-02T09:00:00.000Z',
  act: 'act_0199-1',
  receipt: { type: 'praya.receipt.v1' },
  witnessed: true,
  provider: PROVIDER,
};

/** A browser that keeps cookies and sends forms from the bank's own pages. */
export type Browser = {
  get(path: string): Promise<{ status: number; text: string; location: string; headers: object }>;
  post(
    path: string,
    form: Record<string, string>,
  ): Promise<{ status: number; text: string; location: string }>;
};

export type OpenBank = {
  readonly app: Server;
  readonly directory: string;
  readonly events: TestKey;
  browser(): Browser;
  tell(event: object, changes?: { typ?: string; key?: TestKey }): Promise<{ status: number; body: string }>;
  close(): Promise<void>;
};

/** A bank with a sign-in and an exchange that say what a test wants. */
export async function openBank(needs: Partial<BankNeeds> = {}): Promise<OpenBank> {
  const directory = mkdtempSync(join(tmpdir(), 'praya-bank-'));
  const [events, anchor] = await Promise.all([createTestKey(), createTestKey('EdDSA')]);
  const { jwk } = anchor;
  if (jwk.kty !== 'OKP') throw new TypeError('An anchor signs by Ed25519');
  const app = await createBank({
    config: {
      port: 8280,
      host: 'localhost',
      origin: ORIGIN,
      issuer: ISSUER,
      clientId: 'lantern-bay-bank',
      dataDirectory: directory,
      keysFile: 'none',
      anchor: { kid: anchor.kid, jwk },
    },
    keys: await testKeys(),
    log: silentLog(),
    now: () => new Date('2026-03-02T09:00:00.000Z'),
    signIn: signInAs('subject-1', [GRANTED]),
    fetchData: async () => answered(DATA),
    trustList: async (): Promise<Answer<TrustList>> => answered(trustListOf(events)),
    ...needs,
  });
  return {
    app,
    directory,
    events,
    browser: () => browserAt(app),
    async tell(event, { typ = 'secevent+jwt', key = events } = {}) {
      const response = await app.inject({
        method: 'POST',
        url: '/praya/events',
        headers: { 'content-type': 'application/secevent+jwt' },
        payload: await key.sign(typ, event),
      });
      return { status: response.statusCode, body: response.body };
    },
    async close() {
      await app.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A sign-in that lets everybody through as this subject. */
export function signInAs(subject: string, details: unknown, changes: Partial<SignIn> = {}): SignIn {
  return {
    begin: async () => ({
      ok: true,
      url: new URL(`${ISSUER}/oidc/auth?request_uri=urn:1`),
      pending: { state: 'the-state', nonce: 'n', codeVerifier: 'v' },
    }),
    finish: async () => ({ ok: true, signedIn: { subject, details, access: ACCESS } }),
    renew: async (access) => ({ ok: true, access }),
    send: async () => async () => new Response(),
    ...changes,
  };
}

/** An event as Praya sends it. */
export function eventOf(uri: string, changes: object = {}) {
  const at = '2026-03-02T09:05:00.000Z';
  const iat = Date.parse(at) / 1000;
  const events = { [uri]: { consent_id: CONSENT, at } };
  return { iss: ISSUER, aud: 'lantern-bay-bank', jti: `dlv_${uri}`, iat, events, ...changes };
}

async function testKeys(): Promise<BankKeys> {
  const make = async (kid: string) => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const { x = '', y = '', d = '' } = await exportJWK(pair.privateKey);
    return { kty: 'EC' as const, crv: 'P-256' as const, x, y, d, kid };
  };
  return { signing: await make('sig'), encryption: await make('enc') };
}

function trustListOf({ kid, jwk }: TestKey): TrustList {
  const [validFrom, validUntil] = ['2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'];
  return {
    type: 'praya.trust-list.v1',
    issuer: ISSUER,
    sequence: 1,
    issuedAt: validFrom,
    validUntil,
    rp: { id: 'localhost', origins: [ISSUER] },
    logs: [{ origin: 'log', vkey: 'log+0+0' }],
    witnessPolicy: '',
    issuerKeys: [{ kid, purpose: 'events', jwk: { ...jwk }, validFrom, validUntil, revokedAt: null }],
    organisations: [],
  };
}

function browserAt(app: Server): Browser {
  const cookies: Record<string, string> = {};
  const go = async (about: { method: 'GET' | 'POST'; url: string; form?: Record<string, string> }) => {
    const { method, url, form } = about;
    const response = await app.inject({
      method,
      url,
      cookies,
      ...(form === undefined
        ? {}
        : {
            payload: new URLSearchParams(form).toString(),
            headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
          }),
    });
    for (const { name, value } of response.cookies) cookies[name] = value;
    const location = String(response.headers.location ?? '');
    return { status: response.statusCode, text: response.body, location, headers: response.headers };
  };
  return {
    get: (url) => go({ method: 'GET', url }),
    post: (url, form) => go({ method: 'POST', url, form }),
  };
}

/** Opens an account; answers the token that the page's forms carry. */
export async function openAccount(browser: Browser): Promise<string> {
  await browser.get('/open');
  await browser.get('/callback?code=c&state=the-state');
  const { text } = await browser.get('/customers/me');
  return csrfIn(text);
}

/** The token of the first form on a page. */
export function csrfIn(text: string): string {
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
}
