import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startPostgres } from '@praya/kernel/embedded-postgres';
import { erasePostgres } from '@praya/kernel/embedded-postgres/data-directory';
import { migrate, roomDatabaseUrl } from '@praya/kernel/migrate';
import { migrationsOf, testMasterKey } from '@praya/kernel/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeClient, startHouse, type TestClient, type TestHouse } from './test-house.ts';
import {
  assertionOf,
  makeProofKey,
  obtainCode,
  obtainTokens,
  type ProofKey,
  post,
  proofOf,
  push,
  pushBody,
  redeemBody,
  seconds,
  tokenNonce,
} from './test-requests.ts';

const PORT = 8206;
const SKEW_SECONDS = 5;
let home: string;
let cluster: EmbeddedPostgres;
let house: TestHouse;
let bank: TestClient;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'praya-crash-'));
  await chmod(home, 0o755);
  cluster = await startPostgres({ directory: join(home, 'postgres') });
  await migrate({
    adminUrl: cluster.adminUrl,
    masterKey: testMasterKey,
    rooms: [{ ...migrationsOf('identity'), keyring: true }],
  });
  bank = await makeClient('test-bank');
  const databaseUrl = roomDatabaseUrl(cluster.adminUrl, testMasterKey, 'identity');
  house = await startHouse({ databaseUrl, masterKey: testMasterKey, port: PORT, clients: [bank] });
});

afterAll(async () => {
  await house.close();
  await cluster.stop();
  erasePostgres(join(home, 'postgres'));
  await rm(home, { recursive: true, force: true });
});

/** Ends PostgreSQL as a power cut would: the postmaster and every process of it at once. */
async function crash(): Promise<void> {
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(cluster.pid)], { encoding: 'utf8' });
  for (const pid of [cluster.pid, ...children.trim().split(/\s+/).map(Number)]) killHard(pid);
  await cluster.exited;
  await sleep(500);
  cluster = await startPostgres({ directory: join(home, 'postgres'), port: cluster.port });
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Everything that was used, or could have been used, before the crash. */
async function prepare(key: ProofKey) {
  const { issuer } = house;
  const nonce = await tokenNonce(bank, issuer);
  const tokens = await obtainTokens(house, bank, key);
  const pushed = await pushBody(bank, { issuer });
  expect((await post(`${issuer}/oidc/par`, pushed)).status).toBe(201);
  const code = await obtainCode(house, bank);
  const proof = await proofOf(key, { method: 'POST', url: `${issuer}/oidc/par`, nonce });
  expect((await post(`${issuer}/oidc/par`, await pushBody(bank, { issuer }), { dpop: proof })).status).toBe(
    201,
  );
  return { tokens, pushed, code, proof, nonce, opened: await push(bank, issuer) };
}

async function fresh(client: TestClient) {
  return assertionOf(client, { issuer: house.issuer, claims: { iat: seconds() + SKEW_SECONDS } });
}

test('after PostgreSQL crashed, nothing that was issued or used before it serves again', async () => {
  const { issuer } = house;
  const key = await makeProofKey();
  const before = await prepare(key);
  await crash();

  const answers: Record<string, number> = {};
  const attempt = async (name: string, response: Promise<Response>) => {
    answers[name] = (await response).status;
  };
  await attempt('the client assertion', post(`${issuer}/oidc/par`, before.pushed));
  await attempt(
    'an assertion of before, not used',
    post(`${issuer}/oidc/par`, await pushBody(bank, { issuer })),
  );
  await sleep(SKEW_SECONDS * 1000 + 1500);
  const again = await pushBody(bank, { issuer, assertion: await fresh(bank) });
  const proofAgain = await post(`${issuer}/oidc/par`, again, { dpop: before.proof });
  expect(await proofAgain.json()).toMatchObject({ error: 'use_dpop_nonce' });
  const nonce = proofAgain.headers.get('dpop-nonce') ?? '';
  expect(nonce).not.toBe(before.nonce);
  await attempt('the client assertion, later', post(`${issuer}/oidc/par`, before.pushed));
  await attempt('the pushed request', fetch(before.opened.url, { redirect: 'manual' }));
  const url = `${issuer}/oidc/token`;
  const dpop = await proofOf(key, { method: 'POST', url, nonce });
  await attempt('the code', post(url, await redeemBody(bank, { issuer, code: before.code }), { dpop }));
  const resource = `${issuer}/exchange/v1/test`;
  const token = before.tokens.access_token;
  await attempt(
    'the access token',
    fetch(resource, {
      headers: {
        authorization: `DPoP ${token}`,
        dpop: await proofOf(key, { method: 'GET', url: resource, token, nonce }),
      },
    }),
  );
  expect(answers).toEqual({
    'the client assertion': 401,
    'an assertion of before, not used': 401,
    'the client assertion, later': 401,
    'the pushed request': 400,
    'the code': 400,
    'the access token': 401,
  });

  const body = {
    grant_type: 'refresh_token',
    refresh_token: before.tokens.refresh_token,
    client_id: bank.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertionOf(bank, { issuer }),
  };
  const renewed = await post(url, body, { dpop: await proofOf(key, { method: 'POST', url, nonce }) });
  expect(renewed.status).toBe(200);
  await obtainTokens(house, bank, key);
}, 60_000);
