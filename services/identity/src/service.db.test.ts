import { enrol, openInteraction } from '@praya/city/play/resident';
import { createSoftwarePasskey } from '@praya/city/software-passkey';
import type { Principal } from '@praya/kernel/http/policy';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PasskeyView, PersonId } from './contract.ts';
import { identityFacts } from './contract-suite.ts';
import { bucketOf, MOMENTS, maintainPartitions, REPLAYS } from './store/partitions.ts';
import { makeClient, startHouse, type TestClient, type TestHouse } from './test-house.ts';
import { makeResident, push } from './test-requests.ts';

const PORT = 8208;
let database: FreshDatabase;
let house: TestHouse;
let bank: TestClient;
let principal: Principal = { kind: 'anonymous' };

beforeAll(async () => {
  database = await freshDatabase([{ ...migrationsOf('identity'), keyring: true }]);
  bank = await makeClient('test-bank');
  house = await startHouse({
    databaseUrl: database.url('identity'),
    masterKey: database.masterKey,
    port: PORT,
    clients: [bank],
    principal: () => principal,
  });
});

afterAll(async () => {
  await house.close();
  await database[Symbol.asyncDispose]();
});

/** A resident who waits at an interaction. */
async function waiting() {
  const resident = await makeResident(house.issuer);
  const { url } = await push(bank, house.issuer);
  return { resident, uid: await openInteraction(resident.browser, url) };
}

/** A resident who enrolled. */
async function enrolled() {
  const { resident, uid } = await waiting();
  await enrol(resident, { uid, code: house.registrar.issue(), name: 'Phone' });
  const [row] = await house.db`
    select person_id from passkeys where credential_id = ${resident.passkey.credentialId}`;
  return { ...resident, uid, personId: row?.person_id as PersonId };
}

/** The refusal code of a call. */
function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'none',
    (error) => error.code,
  );
}

describe('the identity room', () => {
  identityFacts(() => ({
    identity: house.room,
    person: async () => {
      const { personId, passkey } = await enrolled();
      return { personId, respond: (challenge) => passkey.assertOver(challenge) };
    },
  }));
});

describe('enrolment', () => {
  test('keeps a number, an opaque handle and a public key, and no name', async () => {
    const { personId } = await enrolled();
    const [row] = await house.db`select * from persons where id = ${personId}`;
    expect(Object.keys(row ?? {}).sort()).toEqual(['created_at', 'id', 'register_handle']);
  });

  test('tried again with the same passkey takes her in once', async () => {
    const { resident, uid } = await waiting();
    const code = house.registrar.issue();
    const { browser, passkey } = resident;
    const { options } = await browser.call<{ options: Parameters<typeof passkey.register>[0] }>(
      'POST',
      `/interaction/${uid}/enrolment/options`,
      { code },
    );
    const body = { code, response: await passkey.register(options), name: 'Phone' };
    const attempts = [1, 2].map(() => browser.call('POST', `/interaction/${uid}/enrolment`, body));
    expect(await Promise.all(attempts)).toEqual([{ step: 'consent' }, { step: 'consent' }]);
    expect(await browser.call('POST', `/interaction/${uid}/enrolment`, body)).toEqual({ step: 'consent' });
    const rows = await house.db`select 1 from passkeys where credential_id = ${passkey.credentialId}`;
    expect(rows).toHaveLength(1);
  });

  test('refuses a code that the register does not know, and after five tries every code', async () => {
    const { resident, uid } = await waiting();
    const attempt = (code: string) => refusal(enrol(resident, { uid, code, name: 'Phone' }));
    for (let tries = 0; tries < 5; tries++)
      expect(await attempt('AAAA-AAAA-AAAA')).toBe('identity.enrolment-code');
    expect(await attempt(house.registrar.issue())).toBe('identity.enrolment-attempts');
  });

  test('refuses a code that cannot be one before anybody is asked', async () => {
    const { resident, uid } = await waiting();
    expect(await refusal(enrol(resident, { uid, code: 'UUUU-UUUU-UUUU', name: 'Phone' }))).toBe(
      'identity.enrolment-code',
    );
  });

  test('refuses a passkey made for another interaction', async () => {
    const [here, there] = [await waiting(), await waiting()];
    const code = house.registrar.issue();
    const { options } = await there.resident.browser.call<{ options: never }>(
      'POST',
      `/interaction/${there.uid}/enrolment/options`,
      { code },
    );
    const response = await here.resident.passkey.register(options);
    const body = { code, response, name: 'Phone' };
    expect(
      await refusal(here.resident.browser.call('POST', `/interaction/${here.uid}/enrolment`, body)),
    ).toBe('identity.challenge-expired');
  });
});

describe('signing in', () => {
  test('answers the same to an unknown passkey and to a wrong signature', async () => {
    const known = await enrolled();
    const { resident, uid } = await waiting();
    const attempt = async (passkey: typeof resident.passkey, change: (text: string) => string) => {
      const { statement, options } = await resident.browser.call<{
        statement: object;
        options: { challenge: string };
      }>('POST', `/interaction/${uid}/sign-in/options`, { previewKey: null });
      const response = await passkey.authenticate(options);
      const signature = change(response.response.signature);
      const body = { statement, response: { ...response, response: { ...response.response, signature } } };
      return refusal(resident.browser.call('POST', `/interaction/${uid}/sign-in`, body));
    };
    const other = await createSoftwarePasskey({ rpId: 'localhost', origin: house.issuer });
    expect(await attempt(other, (text) => text)).toBe('identity.passkey-wrong');
    expect(await attempt(known.passkey, (text) => `${text.slice(0, -4)}AAAA`)).toBe('identity.passkey-wrong');
    expect(await attempt(known.passkey, (text) => text)).toBe('none');
  });

  test('refuses a statement whose preview key was changed', async () => {
    const known = await enrolled();
    const { statement, options } = await known.browser.call<{
      statement: object;
      options: { challenge: string };
    }>('POST', `/interaction/${known.uid}/sign-in/options`, { previewKey: null });
    const response = await known.passkey.authenticate(options);
    const changed = { ...statement, previewKey: { kty: 'EC' } };
    const body = { statement: changed, response };
    expect(await refusal(known.browser.call('POST', `/interaction/${known.uid}/sign-in`, body))).toBe(
      'identity.challenge-expired',
    );
  });

  test('refuses an assertion made at another origin', async () => {
    const known = await enrolled();
    const elsewhere = await createSoftwarePasskey({
      rpId: 'localhost',
      origin: 'http://localhost:1',
      privateKey: known.passkey.export().privateKey,
    });
    const { statement, options } = await house.room.signIn.prepare({
      interaction: known.uid,
      previewKey: null,
    });
    const response = await elsewhere.authenticate(options as { challenge: string });
    expect(await house.room.signIn.finish({ interaction: known.uid, statement, response })).toMatchObject({
      refusal: { code: 'identity.passkey-wrong' },
    });
  });

  test('can be given up, and the bank is told that she declined', async () => {
    const { resident, uid } = await waiting();
    const { redirectTo } = await resident.browser.call<{ redirectTo: string }>(
      'POST',
      `/interaction/${uid}/abort`,
    );
    const answer = await resident.browser.visit(redirectTo, (url) => url.port === '8229');
    expect(answer.searchParams.get('error')).toBe('access_denied');
    expect(await refusal(resident.browser.call('GET', `/interaction/${uid}/details`))).toBe(
      'identity.interaction-unknown',
    );
  });
});

describe('my devices', () => {
  type Prepared = {
    statement: object;
    options: { challenge: string; allowCredentials: readonly { id: string; type: 'public-key' }[] };
  };

  async function atHome() {
    const her = await enrolled();
    principal = { kind: 'person', personId: her.personId, sessionId: 'ses', offices: [] };
    return her;
  }

  async function another(her: Awaited<ReturnType<typeof atHome>>) {
    const passkey = await createSoftwarePasskey({ rpId: 'localhost', origin: house.issuer });
    const { options } = await her.browser.call<{ options: Parameters<typeof passkey.register>[0] }>(
      'POST',
      '/api/passkeys/options',
    );
    const response = await passkey.register(options);
    const prepared = await her.browser.call<Prepared>('POST', '/api/passkeys/prepare', { response });
    return { passkey, ...prepared };
  }

  test('a second passkey is added by the first, and the register is told', async () => {
    const her = await atHome();
    const { statement, options } = await another(her);
    const assertion = await her.passkey.authenticate(options);
    const added = await her.browser.call<PasskeyView>('POST', '/api/passkeys', {
      statement,
      assertion,
      name: 'Laptop',
    });
    expect(added.name).toBe('Laptop');
    expect(house.registrar.changes.at(-1)).toMatchObject({ statement });
    const { items } = await her.browser.call<{ items: PasskeyView[] }>('GET', '/api/passkeys');
    expect(items.map(({ name }) => name)).toEqual(['Phone', 'Laptop']);
  });

  test('her browser asks the passkeys that she has, and not the new one', async () => {
    const her = await atHome();
    const { options } = await another(her);
    expect(options.allowCredentials.map(({ id }) => id)).toEqual([her.passkey.credentialId]);
  });

  test('a passkey does not vouch for itself, nor does that of another person', async () => {
    const stranger = await enrolled();
    const her = await atHome();
    for (const signer of ['itself', 'stranger']) {
      const { statement, options, passkey } = await another(her);
      const asked = { ...options, allowCredentials: [] };
      const assertion = await (signer === 'itself' ? passkey : stranger.passkey).authenticate(asked);
      const call = her.browser.call('POST', '/api/passkeys', { statement, assertion, name: 'Laptop' });
      expect(await refusal(call)).toBe('identity.passkey-wrong');
    }
  });

  test('a statement serves once', async () => {
    const her = await atHome();
    const { statement, options } = await another(her);
    const body = { statement, assertion: await her.passkey.authenticate(options), name: 'Laptop' };
    expect(await refusal(her.browser.call('POST', '/api/passkeys', body))).toBe('none');
    expect(await refusal(her.browser.call('POST', '/api/passkeys', body))).toBe('identity.challenge-expired');
  });

  test('of two passkeys one can be removed, and never the last, also not both at once', async () => {
    const her = await atHome();
    const second = await another(her);
    const assertion = await her.passkey.authenticate(second.options);
    await her.browser.call('POST', '/api/passkeys', {
      statement: second.statement,
      assertion,
      name: 'Laptop',
    });
    const { items } = await her.browser.call<{ items: PasskeyView[] }>('GET', '/api/passkeys');
    const removals = await Promise.all(
      items.map(async ({ id }) => {
        const prepared = await her.browser.call<Prepared>('POST', `/api/passkeys/${id}/removal/prepare`);
        const body = {
          statement: prepared.statement,
          assertion: await her.passkey.authenticate(prepared.options),
        };
        return { id, body };
      }),
    );
    const codes = await Promise.all(
      removals.map(({ id, body }) => refusal(her.browser.call('POST', `/api/passkeys/${id}/removal`, body))),
    );
    expect(codes.sort()).toEqual(['identity.passkey-last', 'none']);
    const left = await her.browser.call<{ items: PasskeyView[] }>('GET', '/api/passkeys');
    expect(left.items).toHaveLength(1);
    const last = her.browser.call('POST', `/api/passkeys/${left.items[0]?.id}/removal/prepare`);
    expect(await refusal(last)).toBe('identity.passkey-last');
  });
});

describe('partitions', () => {
  test('are unlogged, made ahead, and dropped whole when their time is over', async () => {
    const later = new Date(Date.now() + 24 * 60 * 60 * 1000);
    await maintainPartitions(house.db, later);
    const rows = await house.db<{ relname: string; relpersistence: string }[]>`
      select relname, relpersistence from pg_class where relname ~ '^(moments|replays|sessions)_b[0-9]+$'`;
    expect(new Set(rows.map(({ relpersistence }) => relpersistence))).toEqual(new Set(['u']));
    const names = rows.map(({ relname }) => relname);
    expect(names).toContain(`replays_b${bucketOf(REPLAYS, later) + 8}`);
    expect(names).not.toContain(`moments_b${bucketOf(MOMENTS, new Date())}`);
    await maintainPartitions(house.db, new Date());
  });

  test('that are missing are made when somebody needs them', async () => {
    await house.db.unsafe(`drop table moments_b${bucketOf(MOMENTS, new Date())}`);
    expect((await waiting()).uid).not.toBe('');
  });

  test('hold nothing readable', async () => {
    const { uid } = await waiting();
    const rows = await house.db<{ row: string }[]>`
      select encode(sealed, 'escape') || encode(key, 'escape') as row from moments`;
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ row }) => row.includes(uid) || row.includes('test-bank'))).toBe(false);
  });
});
