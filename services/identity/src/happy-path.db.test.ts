import { createBrowser } from '@praya/city/play/browser';
import { enrol, openInteraction, seatResident, signIn } from '@praya/city/play/resident';
import { createSoftwarePasskey } from '@praya/city/software-passkey';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PersonId } from './contract.ts';
import { askFor, openBank, redeem } from './test-bank.ts';
import { makeClient, PORTAL, startHouse, type TestClient, type TestHouse } from './test-house.ts';

const PORT = 8200;
let database: FreshDatabase;
let house: TestHouse;
let bank: TestClient;
let portal: TestClient;

beforeAll(async () => {
  database = await freshDatabase([{ ...migrationsOf('identity'), keyring: true }]);
  bank = await makeClient('test-bank');
  portal = await makeClient(PORTAL, { redirectUri: `http://localhost:${PORT}/session/callback` });
  house = await startHouse({
    databaseUrl: database.url('identity'),
    masterKey: database.masterKey,
    port: PORT,
    clients: [bank, portal],
  });
});

afterAll(async () => {
  await house.close();
  await database[Symbol.asyncDispose]();
});

const detail = {
  type: 'praya_consented_data',
  purpose: 'account-opening',
  services: [{ id: 'persons.profile', required: ['nameEn'], optional: ['address'] }],
  frequency: { max: 3, per: 'month' },
  expires_at: new Date(Date.now() + 86_400_000).toISOString(),
};

async function seat() {
  const passkey = await createSoftwarePasskey({ rpId: 'localhost', origin: house.issuer });
  return seatResident(createBrowser(house.issuer), passkey);
}

function clientOf(client: TestClient) {
  return openBank(house.issuer, client);
}

async function agreeTo(
  resident: Awaited<ReturnType<typeof seat>>,
  uid: string,
  about: { requestUri: string; detail: object },
) {
  const granted = {
    ...about.detail,
    consent_id: house.minted.get(about.requestUri),
    services: [{ id: 'persons.profile', fields: ['nameEn'] }],
  };
  const { redirectTo } = await resident.browser.call<{ redirectTo: string }>(
    'POST',
    `/interaction/${uid}/agree`,
    {
      detail: granted,
    },
  );
  return resident.browser.visit(redirectTo, (url) => url.port === '8229');
}

describe('a resident and a bank on plain openid-client', () => {
  test('she enrols, consents, and the bank gets tokens bound to its key that a resource of ours takes', async () => {
    const resident = await seat();
    const client = await clientOf(bank);
    const asked = await askFor(client, detail);
    const requestUri = asked.url.searchParams.get('request_uri') ?? '';
    expect(house.minted.get(requestUri)).toMatch(/^con_/);
    const uid = await openInteraction(resident.browser, asked.url.href);
    const view = await resident.browser.call<{ step: string; consentId: string }>(
      'GET',
      `/interaction/${uid}/details`,
    );
    expect(view).toMatchObject({ step: 'sign-in', consentId: house.minted.get(requestUri) });
    const step = await enrol(resident, { uid, code: house.registrar.issue(), name: 'My phone' });
    expect(step).toEqual({ step: 'consent' });
    const answer = await agreeTo(resident, uid, { requestUri, detail });
    expect(answer.searchParams.get('iss')).toBe(house.issuer);
    const granted = await redeem(client, asked, answer);
    expect(granted.details).toMatchObject([
      { consent_id: house.minted.get(requestUri), services: [{ id: 'persons.profile', fields: ['nameEn'] }] },
    ]);
    const personId = (await personOf(resident.passkey.credentialId)) as PersonId;
    expect(granted.subject).toBe(house.room.subjectFor({ personId, sector: bank.organisation.id }));
    expect(granted.subject).not.toContain(personId);
    const response = await oidc.fetchProtectedResource(
      client.config,
      granted.accessToken,
      new URL(`${house.issuer}/exchange/v1/test`),
      'GET',
      undefined,
      undefined,
      { DPoP: granted.DPoP },
    );
    expect(await response.json()).toMatchObject({
      clientId: 'test-bank',
      organisationId: bank.organisation.id,
      consentIds: [house.minted.get(requestUri)],
    });
    const again = await oidc.refreshTokenGrant(
      client.config,
      granted.refreshToken ?? '',
      {},
      { DPoP: granted.DPoP },
    );
    expect(again.authorization_details).toEqual(granted.details);
    expect(again.refresh_token).toBe(granted.refreshToken);
  });

  test('she signs in without a name, and a data request asks for consent although she has a session', async () => {
    const resident = await seat();
    const client = await clientOf(bank);
    const once = { ...detail, frequency: { max: 1, per: 'total' } };
    const first = await askFor(client, once);
    const uid = await openInteraction(resident.browser, first.url.href);
    await enrol(resident, { uid, code: house.registrar.issue(), name: 'My phone' });
    const requestUri = first.url.searchParams.get('request_uri') ?? '';
    const answer = await agreeTo(resident, uid, { requestUri, detail: once });
    const granted = await redeem(client, first, answer);
    const second = await askFor(client, detail);
    const next = await openInteraction(resident.browser, second.url.href);
    const view = await resident.browser.call<{ step: string }>('GET', `/interaction/${next}/details`);
    expect(view.step).toBe('consent');
    expect(await signIn(resident, next)).toEqual({ step: 'consent' });
    const signed = await house.room.signInOf({
      personId: (await personOf(resident.passkey.credentialId)) as PersonId,
      interaction: next,
    });
    expect(signed).toMatchObject({ ok: true, value: { statement: { type: 'praya.sign-in.v1' } } });
    expect(granted.refreshToken).toBe(undefined);
  });

  test('the portal signs her in without a consent page, knows the person that the banks do not, and signs her out', async () => {
    const resident = await seat();
    const client = await clientOf(portal);
    const ask = () => askFor(client, null);
    const asked = await ask();
    const uid = await openInteraction(resident.browser, asked.url.href);
    const { redirectTo } = await enrol(resident, { uid, code: house.registrar.issue(), name: 'My phone' });
    const isBack = (url: URL) => url.pathname === '/session/callback';
    const answer = await resident.browser.visit(redirectTo ?? '', isBack);
    const tokens = await redeem(client, asked, answer);
    const personId = await personOf(resident.passkey.credentialId);
    expect(tokens.subject).toBe(personId);
    const silently = await resident.browser.visit((await ask()).url.href, isBack);
    expect(silently.searchParams.get('code')).not.toBeNull();
    await resident.browser.call('POST', '/sign-out');
    const afterwards = await openInteraction(resident.browser, (await ask()).url.href);
    const view = await resident.browser.call('GET', `/interaction/${afterwards}/details`);
    expect(view).toMatchObject({ step: 'sign-in' });
  });
});

describe('the authorisation server', () => {
  test('signs with the next key soon after a rotation, and both are published', async () => {
    const { kid: former } = await house.keyring.signingKey();
    await house.keyring.rotate();
    const { kid } = await house.keyring.signingKey();
    const response = await fetch(`${house.issuer}/oidc/jwks`);
    const { keys } = (await response.json()) as { keys: { kid: string }[] };
    expect(keys.map((key) => key.kid)).toEqual(expect.arrayContaining([former, kid]));
    const resident = await seat();
    const client = await clientOf(bank);
    const asked = await askFor(client, detail);
    const uid = await openInteraction(resident.browser, asked.url.href);
    await enrol(resident, { uid, code: house.registrar.issue(), name: 'My phone' });
    const requestUri = asked.url.searchParams.get('request_uri') ?? '';
    const granted = await redeem(client, asked, await agreeTo(resident, uid, { requestUri, detail }));
    expect(granted.subject).toHaveLength(43);
    const { provider } = await house.room.openId.current();
    expect((await house.room.openId.current()).provider).toBe(provider);
  });
});

async function personOf(credentialId: string): Promise<string> {
  const [row] = await house.db`select person_id from passkeys where credential_id = ${credentialId}`;
  return row?.person_id ?? '';
}
