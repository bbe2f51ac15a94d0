import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accountOpening,
  askFor,
  type Granted,
  openBank,
  type PlayedBank,
  redeem,
} from '@praya/city/play/bank';
import { createBrowser } from '@praya/city/play/browser';
import { bankFiles } from '@praya/city/play/city-process';
import { importDemonstrationPasskey } from '@praya/city/play/demonstration';
import * as play from '@praya/city/play/resident';
import { newId } from '@praya/kernel/id';
import { importJWK, type JWK } from 'jose';
import * as oidc from 'openid-client';
import type { ComposedCity } from './composed-city.ts';

export const ROLES = [
  'anonymous',
  'resident',
  'counter',
  'maker',
  'checker',
  'administrator',
  'notary',
  'client',
  'program',
] as const;
export type Role = (typeof ROLES)[number];

/** A request as a test makes it; `path` is sent as it stands. */
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  readonly type?: string | undefined;
  readonly language?: string;
};

/** A bank with an access token for a consent that a resident gave. */
export type BankWithToken = { readonly bank: PlayedBank; readonly granted: Granted };

/** The same, with the answer that came through her browser, and her. */
export type OpenedAccount = BankWithToken & { readonly answer: URL; readonly resident: play.PlayedResident };

const DAY_MS = 86_400_000;
const SESSION_MS = 3_600_000;
const PEOPLE = { resident: 0, administrator: 1 } as const;

/** Lets a resident open an account: what the bank then holds. */
export async function openAccount(city: ComposedCity, index = 0): Promise<OpenedAccount> {
  const browser = createBrowser(city.origin);
  const resident = await play.seatResident(browser, await importDemonstrationPasskey(browser, index));
  const bank = await openBank({ ...bankFiles(city.dataDirectory), issuer: city.origin });
  const expiresAt = new Date(Date.now() + 30 * DAY_MS);
  const asked = await askFor(bank, accountOpening(bank, { issuer: city.origin, expiresAt }));
  const uid = await play.openInteraction(browser, asked.url.href);
  await play.signIn(resident, uid);
  await play.consentRequest(resident, uid);
  const redirectTo = await play.agree(resident, { uid, optional: {} });
  const answer = await browser.visit(redirectTo, (url) => url.origin !== city.origin);
  return { bank, answer, resident, granted: await redeem(bank, asked, answer) };
}

/** Every kind of caller, ready to call; each call of a person has a session of its own. */
export async function everybody(city: ComposedCity): Promise<(role: Role, call: Call) => Promise<Response>> {
  const persons = await personsOf(city);
  const { bank, granted } = await openAccount(city);
  const program = await openProgram(city);
  const db = city.open('platform');
  const cookieOf = async (personId: string) => {
    const token = randomBytes(32).toString('base64url');
    const now = new Date();
    await db`
      insert into sessions (token_hash, id, person_id, created_at, expires_at)
      values (${createHash('sha256').update(token).digest()}, ${newId('ses', now)}, ${personId}, ${now},
        ${new Date(now.getTime() + SESSION_MS)})`;
    return `praya_session=${token}`;
  };
  return async (role, call) => {
    const url = `${city.origin}${call.path}`;
    const headers = headersOf(call, city.origin);
    if (role === 'program') return asProgram(program, { ...call, url, headers });
    if (role === 'client') return asClient({ bank, granted }, { ...call, url, headers });
    const person = persons[role];
    if (person !== undefined) headers.set('cookie', await cookieOf(person));
    return fetch(url, { method: call.method, headers, body: call.body ?? null, redirect: 'manual' });
  };
}

function headersOf({ type, language = 'en' }: Call, origin: string): Headers {
  const headers = new Headers({ origin, accept: 'application/json', 'accept-language': language });
  if (type !== undefined) headers.set('content-type', type);
  return headers;
}

/** Calls under the bank's token, with a DPoP proof for exactly this call. */
export async function asClient(
  { bank, granted }: BankWithToken,
  call: Omit<Call, 'path'> & { url: string; headers: Headers },
): Promise<Response> {
  const send = oidc.fetchProtectedResource(
    bank.config,
    granted.accessToken,
    new URL(call.url),
    call.method,
    call.body ?? null,
    call.headers,
    { DPoP: granted.DPoP },
  );
  return send.catch((error: unknown) => {
    if (error instanceof oidc.WWWAuthenticateChallengeError) return error.response;
    throw error;
  });
}

/** A department's program on plain openid-client: its token, bound to a key of its own. */
export type Program = {
  readonly config: oidc.Configuration;
  readonly token: string;
  readonly DPoP: oidc.DPoPHandle;
};

/** A program of the companies register, with the signing key that its connector has. */
export async function openProgram(city: Pick<ComposedCity, 'origin' | 'dataDirectory'>): Promise<Program> {
  const file = join(city.dataDirectory, 'connectors', 'companies', 'keys.json');
  const { signing } = JSON.parse(readFileSync(file, 'utf8')) as { signing: [JWK & { kid: string }] };
  const key = (await importJWK(signing[0], 'ES256')) as CryptoKey;
  const config = await oidc.discovery(
    new URL(city.origin),
    'companies-register-programs',
    {},
    oidc.PrivateKeyJwt({ key, kid: signing[0].kid }),
    { execute: [oidc.allowInsecureRequests] },
  );
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
  const answer = await oidc.clientCredentialsGrant(config, { scope: 'notary' }, { DPoP });
  return { config, token: answer.access_token, DPoP };
}

/** Calls with the program's token, and a proof for exactly this call. */
export async function asProgram(
  { config, token, DPoP }: Program,
  call: Omit<Call, 'path'> & { url: string; headers: Headers },
): Promise<Response> {
  const { method, body = null, headers } = call;
  const send = oidc.fetchProtectedResource(config, token, new URL(call.url), method, body, headers, { DPoP });
  return send.catch((error: unknown) => {
    if (error instanceof oidc.WWWAuthenticateChallengeError) return error.response;
    throw error;
  });
}

// Demonstration officers hold several roles; here each holds one, so that a policy can be told from its neighbour.
async function personsOf(city: ComposedCity): Promise<Partial<Record<Role, string>>> {
  const id = (who: Parameters<typeof importDemonstrationPasskey>[1]) => signedIn(city, who);
  const persons = {
    resident: await id(PEOPLE.resident),
    administrator: await id(PEOPLE.administrator),
    counter: await id('counter'),
    maker: await id('maker'),
    checker: await id('checker'),
    notary: await id('notary'),
  };
  const db = city.open('directory');
  await db`update officers set roles = '{directory.maker}' where person_id = ${persons.maker}`;
  await db`update officers set roles = '{directory.checker}' where person_id = ${persons.checker}`;
  await db`
    insert into officers (person_id, organisation_id, roles)
    select ${persons.administrator}, id, '{administrator}' from organisations where kind = 'operator'`;
  await db`update revisions set number = number + 1`;
  return persons;
}

async function signedIn(
  city: ComposedCity,
  who: Parameters<typeof importDemonstrationPasskey>[1],
): Promise<string> {
  const browser = createBrowser(city.origin);
  await play.openPortal(await play.seatResident(browser, await importDemonstrationPasskey(browser, who)));
  const { person } = await browser.call<{ person: { id: string } | null }>('GET', '/session');
  if (person === null) throw new Error(`Nobody is signed in as ${who}`);
  return person.id;
}
