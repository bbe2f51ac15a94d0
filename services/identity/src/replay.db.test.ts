import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { enrol, openInteraction } from '@praya/city/play/resident';
import { type FreshDatabase, freshDatabase, migrationsOf } from '@praya/kernel/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { presentEpoch } from './store/epoch.ts';
import { bucketOf, REPLAYS } from './store/partitions.ts';
import { claimOnce } from './store/replays.ts';
import { makeClient, startHouse, type TestClient, type TestHouse } from './test-house.ts';
import {
  assertionOf,
  makeProofKey,
  makeResident,
  obtainCode,
  obtainTokens,
  post,
  proofOf,
  push,
  pushBody,
  redeemBody,
  tokenNonce,
} from './test-requests.ts';

const PORT = 8203;
const WORKERS = [8204, 8205];
let database: FreshDatabase;
let house: TestHouse;
let bank: TestClient;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await freshDatabase([{ ...migrationsOf('identity'), keyring: true }]);
  bank = await makeClient('test-bank');
  const about = {
    databaseUrl: database.url('identity'),
    clients: [bank],
    issuer: `http://localhost:${PORT}`,
  };
  house = await startHouse({ ...about, masterKey: database.masterKey, port: PORT });
  const masterKey = Buffer.from(database.masterKey).toString('base64url');
  await Promise.all(WORKERS.map((port) => startWorker({ ...about, masterKey, port })));
});

afterAll(async () => {
  for (const child of children) child.disconnect();
  await Promise.all(children.map((child) => once(child, 'exit')));
  await house.close();
  await database[Symbol.asyncDispose]();
});

async function startWorker(settings: object): Promise<void> {
  const file = fileURLToPath(new URL('./replay-worker.ts', import.meta.url));
  const env = { ...process.env, PRAYA_REPLAY_WORKER: JSON.stringify(settings) };
  const child = fork(file, { env, execArgv: [], stdio: 'inherit' });
  children.push(child);
  await once(child, 'message');
}

/** The same thing four times at once, twice at each of two worker processes; the statuses in order. */
async function fourTimes(send: (origin: string, attempt: number) => Promise<Response>): Promise<number[]> {
  const origins = [...WORKERS, ...WORKERS].map((port) => `http://localhost:${port}`);
  const answers = await Promise.all(origins.map(send));
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  return answers.map(({ status }) => status).sort();
}

describe('of four parallel uses in two processes exactly one succeeds:', () => {
  test('one client assertion', async () => {
    const body = await pushBody(bank, { issuer: house.issuer });
    expect(await fourTimes((origin) => post(`${origin}/oidc/par`, body))).toEqual([201, 401, 401, 401]);
  });

  test('one DPoP proof, each time with another client assertion', async () => {
    const { issuer } = house;
    const nonce = await tokenNonce(bank, issuer);
    const dpop = await proofOf(await makeProofKey(), { method: 'POST', url: `${issuer}/oidc/par`, nonce });
    const send = async (origin: string) =>
      post(`${origin}/oidc/par`, await pushBody(bank, { issuer }), { dpop });
    expect(await fourTimes(send)).toEqual([201, 400, 400, 400]);
  });

  test('one authorisation code, each time with another assertion and proof', async () => {
    const { issuer } = house;
    const code = await obtainCode(house, bank);
    const key = await makeProofKey();
    const nonce = await tokenNonce(bank, issuer);
    const url = `${issuer}/oidc/token`;
    const send = async (origin: string) =>
      post(`${origin}/oidc/token`, await redeemBody(bank, { issuer, code }), {
        dpop: await proofOf(key, { method: 'POST', url, nonce }),
      });
    expect(await fourTimes(send)).toEqual([200, 400, 400, 400]);
  });

  test('one pushed request', async () => {
    const { url } = await push(bank, house.issuer);
    const { pathname, search } = new URL(url);
    const send = (origin: string) => fetch(`${origin}${pathname}${search}`, { redirect: 'manual' });
    expect(await fourTimes(send)).toEqual([303, 400, 400, 400]);
  });

  test('one DPoP proof at a resource of ours', async () => {
    const { issuer } = house;
    const key = await makeProofKey();
    const { access_token: token } = await obtainTokens(house, bank, key);
    const url = `${issuer}/exchange/v1/test`;
    const headersWith = async (nonce?: string) => ({
      authorization: `DPoP ${token}`,
      dpop: await proofOf(key, { method: 'GET', url, token, ...(nonce === undefined ? {} : { nonce }) }),
    });
    const asked = await fetch(url, { headers: await headersWith() });
    const headers = await headersWith(asked.headers.get('dpop-nonce') ?? '');
    expect(await fourTimes((origin) => fetch(`${origin}/exchange/v1/test`, { headers }))).toEqual([
      200, 401, 401, 401,
    ]);
  });

  test('one sign-in statement', async () => {
    const resident = await makeResident(house.issuer);
    const { url } = await push(bank, house.issuer);
    const uid = await openInteraction(resident.browser, url);
    await enrol(resident, { uid, code: house.registrar.issue(), name: 'Phone' });
    const { statement, options } = await house.room.signIn.prepare({ interaction: uid, previewKey: null });
    const response = await resident.passkey.authenticate(options as { challenge: string });
    const finish = () => house.room.signIn.finish({ interaction: uid, statement, response });
    const answers = await Promise.all([finish(), finish(), finish(), finish()]);
    expect(answers.map((answer) => (answer.ok ? 'signed in' : answer.refusal.code)).sort()).toEqual([
      'identity.challenge-expired',
      'identity.challenge-expired',
      'identity.challenge-expired',
      'signed in',
    ]);
  });
});

describe('a use is remembered', () => {
  test('across the boundary of two partitions', async () => {
    const epoch = await presentEpoch(house.db, () => new Date());
    const bucket = bucketOf(REPLAYS, new Date());
    const key = Buffer.from(await assertionOf(bank, { issuer: house.issuer })).subarray(0, 32);
    const claim = (at: number) => claimOnce(house.db, { key, bucket: at, epochId: epoch.id });
    expect(await claim(bucket)).toBe('once');
    expect(await claim(bucket + 1)).toBe('again');
    expect(await claim(bucket)).toBe('again');
  });

  test('only for the epoch that the process knows', async () => {
    const key = Buffer.alloc(32, 1);
    const bucket = bucketOf(REPLAYS, new Date());
    expect(await claimOnce(house.db, { key, bucket, epochId: 'epo_other' })).toBe('forgotten');
  });
});
