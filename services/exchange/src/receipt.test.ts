import { canonicalJson, sha256 } from '@praya/kernel/canonical';
import type { SigningKey } from '@praya/kernel/keyring';
import { expectValue } from '@praya/kernel/result';
import { verifyReceipt } from '@praya/verifier/receipt';
import { createTestKey, createTestPasskey, type TestKey } from '@praya/verifier/testing/keys';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Exchange, Receipt } from './contract.ts';
import { createFakeExchange } from './fake.ts';
import { CLIENT, createWorld, ISSUER, type World } from './test-world.ts';

let world: World;
let exchange: Exchange;
let anchor: TestKey;

// Everything is signed here as in the city, so a stranger with the anchor alone can be convinced or not.
beforeEach(async () => {
  anchor = await createTestKey('EdDSA');
  const passkey = await createTestPasskey({ id: 'praya.test', origin: ISSUER });
  world = createWorld({
    verifyAssertion: async ({ challenge }) => ({ ok: true, value: await passkey.assert(challenge) }) as never,
  });
  const { consents, ledger, clock, fetch } = world;
  const directory = { ...world.directory, trustList };
  exchange = createFakeExchange({ directory, consents, ledger, now: clock, issuer: ISSUER, fetch });
  world.recording.exchange = exchange;
  await world.offer(exchange);
});

async function trustList(): Promise<string> {
  const validity = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z', revokedAt: null };
  const { kid, jwk }: SigningKey = await world.consents.signer.signingKey();
  const organisations = [world.bank, world.persons, world.rates];
  return anchor.sign('praya-trust-list+jws', {
    type: 'praya.trust-list.v1',
    issuer: ISSUER,
    sequence: 1,
    issuedAt: world.clock().toISOString(),
    validUntil: '2026-12-01T00:00:00.000Z',
    rp: { id: 'praya.test', origins: [ISSUER] },
    ...(await world.ledger.identities()),
    issuerKeys: [{ kid, purpose: 'consent', jwk, ...validity }],
    organisations: organisations.map(({ id, kind, name, clients, connector, keys }) => ({
      id,
      kind,
      name,
      clients: clients.map(({ clientId }) => clientId),
      connector: connector?.url ?? null,
      keys,
    })),
  });
}

const check = async (receipt: unknown) =>
  verifyReceipt(receipt, { anchor: { kid: anchor.kid, jwk: anchor.jwk } as never });

async function exchanged(): Promise<Receipt> {
  const { document } = await world.give();
  const by = { personId: world.alice };
  expectValue(await world.consents.change({ id: document.id, by, to: 'paused' }));
  expectValue(await world.consents.change({ id: document.id, by, to: 'active' }));
  const request = await world.ask(document.id);
  const asked = await exchange.request({ clientId: CLIENT, consentIds: [document.id], request });
  return expectValue(asked).receipt;
}

describe('a receipt convinces a stranger who has nothing but the trust anchor', () => {
  test('of an exchange, after a pause and a resumption', async () => {
    const verdict = await check(JSON.parse(JSON.stringify(await exchanged())));
    expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdict.ok).toBe(true);
  });

  test.each(['consent', 'preview'])('of a %s', async (kind) => {
    if (kind === 'consent') await world.give();
    else {
      const consentId = await world.requested();
      const about = { personId: world.alice, consentId, service: 'persons.identity', signIn: world.signIn() };
      expectValue(await exchange.preview(about));
    }
    const [act] = await exchange.actsOf({ personId: world.alice, limit: 1 });
    expect(act).toMatchObject({ kind, outcome: 'done' });
    const receipt = await exchange.receipt({ actId: act?.id ?? ('act_' as never), personId: world.alice });
    const verdict = await check(expectValue(receipt));
    expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('and no longer once any part of it is another', async () => {
    const receipt = await exchanged();
    const other = await exchanged();
    for (const part of ['consent', 'states', 'request', 'response', 'act', 'salt', 'log'] as const) {
      expect((await check({ ...receipt, [part]: other[part] })).ok, part).toBe(false);
    }
  });
});

test('what her passkey signs is the hash of the canonical document', async () => {
  const { document, token } = await world.give();
  const { assertion } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const { challenge } = JSON.parse(Buffer.from(assertion.clientDataJSON, 'base64url').toString('utf8'));
  expect(challenge).toBe(sha256(canonicalJson(document)).toString('base64url'));
});
