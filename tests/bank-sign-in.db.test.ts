import { enrol, openInteraction, type PlayedResident, signIn } from '@praya/city/play/resident';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signInWithPlainClient } from '../examples/bank/src/plain-openid-client.ts';
import { createSignIn, type SignIn } from '../examples/bank/src/sign-in.ts';
import {
  makeClient,
  startHouse,
  type TestClient,
  type TestHouse,
} from '../services/identity/src/test-house.ts';
import { makeResident } from '../services/identity/src/test-requests.ts';

const redirectUri = 'http://localhost:8290/callback';
const detail = {
  type: 'praya_consented_data',
  purpose: 'account-opening',
  services: [{ id: 'persons.particulars', required: ['nameEn'], optional: [] }],
  frequency: { max: 20, per: 'day' },
  expires_at: '2098-01-01T00:00:00Z',
};

let database: FreshDatabase;
let house: TestHouse;
let client: TestClient;
let bank: SignIn;

beforeAll(async () => {
  database = await freshDatabase([{ ...migrationsOf('identity'), keyring: true }]);
  client = await makeClient('test-bank', { redirectUri });
  const databaseUrl = database.url('identity');
  house = await startHouse({ databaseUrl, masterKey: database.masterKey, port: 8291, clients: [client] });
  bank = createSignIn({ ...client, issuer: house.issuer, signingKey: client.signing });
});

afterAll(async () => {
  await house.close();
  await database[Symbol.asyncDispose]();
});

async function begin(details: readonly object[] = [detail]) {
  const begun = await bank.begin({ language: 'en', details });
  if (!begun.ok) throw new Error(begun.problem.code);
  return begun;
}

/** She enrols, agrees, and comes back to the bank. */
async function agreed(resident: PlayedResident, url: URL): Promise<URL> {
  const uid = await openInteraction(resident.browser, url.href);
  await enrol(resident, { uid, code: house.registrar.issue(), name: 'Phone' });
  const granted = { ...detail, consent_id: [...house.minted.values()].at(-1) };
  return comeBack(resident, `/interaction/${uid}/agree`, { detail: granted });
}

async function comeBack(resident: PlayedResident, path: string, body: object): Promise<URL> {
  const { redirectTo } = await resident.browser.call<{ redirectTo: string }>('POST', path, body);
  return visitBank(resident, redirectTo);
}

function visitBank(resident: PlayedResident, address: string): Promise<URL> {
  return resident.browser.visit(address, (at) => at.host === new URL(redirectUri).host);
}

describe('the bank at the identity room', () => {
  test('is granted what it asked for, renews its access and uses it three times at once', async () => {
    const begun = await begin();
    const resident = await makeResident(house.issuer);
    const finished = await bank.finish(await agreed(resident, begun.url), begun.pending);
    if (!finished.ok) throw new Error(finished.problem.code);
    const { access, details } = finished.signedIn;
    expect(details).toMatchObject([{ type: detail.type, consent_id: expect.stringMatching(/^con_/) }]);
    // as it is read back from the customers' file, long after
    const stored = JSON.parse(JSON.stringify({ ...access, expiresAt: '2020-01-01T00:00:00Z' }));
    const renewed = await bank.renew(stored);
    if (!renewed.ok) throw new Error(renewed.problem.code);
    expect(renewed.access.accessToken).not.toBe(access.accessToken);
    const send = await bank.send(renewed.access);
    const url = new URL(`${house.issuer}/exchange/v1/test`);
    const ask = () => send(url, { method: 'GET', headers: {} });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('hears that its token is worth nothing as an answer, not as a fault', async () => {
    const begun = await begin();
    const resident = await makeResident(house.issuer);
    const finished = await bank.finish(await agreed(resident, begun.url), begun.pending);
    if (!finished.ok) throw new Error(finished.problem.code);
    const send = await bank.send({ ...finished.signedIn.access, accessToken: 'nothing' });
    const url = new URL(`${house.issuer}/exchange/v1/test`);
    expect((await send(url, { method: 'GET', headers: {} })).status).toBe(401);
  });

  test('hears why its request was not accepted', async () => {
    const begun = await bank.begin({ language: 'en', details: [{ ...detail, purpose: 'curiosity' }] });
    expect(begun).toMatchObject({
      ok: false,
      problem: { kind: 'request-refused', code: 'invalid_authorization_details' },
    });
  });

  test('hears that the resident refused', async () => {
    const begun = await begin();
    const resident = await makeResident(house.issuer);
    const uid = await openInteraction(resident.browser, begun.url.href);
    const answer = await comeBack(resident, `/interaction/${uid}/abort`, {});
    expect(await bank.finish(answer, begun.pending)).toMatchObject({ problem: { kind: 'refused' } });
  });

  test('hears that nobody is there', async () => {
    const alone = createSignIn({ ...client, issuer: 'http://localhost:8299', signingKey: client.signing });
    expect(await alone.begin({ language: 'en' })).toMatchObject({ problem: { kind: 'unreachable' } });
  });
});

describe('an unmodified openid-client', () => {
  test('signs a resident in, and knows her by the subject that the bank knows', async () => {
    const begun = await begin();
    const resident = await makeResident(house.issuer);
    const finished = await bank.finish(await agreed(resident, begun.url), begun.pending);
    const openBrowser = async (url: URL) => {
      const step = await signIn(resident, await openInteraction(resident.browser, url.href));
      if (!('redirectTo' in step)) throw new Error('She was asked for more than to sign in');
      return visitBank(resident, String(step.redirectTo));
    };
    const subject = await signInWithPlainClient({
      issuer: house.issuer,
      clientId: client.clientId,
      redirectUri,
      signingKey: client.signing,
      openBrowser,
    });
    expect(finished).toMatchObject({ ok: true, signedIn: { subject } });
  });
});
