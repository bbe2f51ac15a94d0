import { storyInstant, storySeconds } from '@praya/verifier/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyEvent } from './event.ts';
import { CLIENT, createGateway, type Gateway, ISSUER, listWith } from './testing/gateway.ts';
import { trustListOf } from './trust-list.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await createGateway();
});

const REVOKED = 'https://praya.example/events/consent-revoked';
const HAPPENED = { consent_id: 'con_1', at: storyInstant(90) };

function tokenOf(changes: object = {}, typ = 'secevent+jwt'): Promise<string> {
  return gateway.cast.consent.sign(typ, {
    iss: ISSUER,
    aud: CLIENT,
    jti: 'dlv_1',
    iat: storySeconds(91),
    events: { [REVOKED]: HAPPENED },
    ...changes,
  });
}

async function trustOf() {
  const list = await gateway.cast.anchor.sign('praya-trust-list+jws', listWith(gateway.cast, gateway.keys));
  const source = trustListOf({
    issuer: ISSUER,
    anchor: gateway.cast.anchor,
    fetch: async () => new Response(list),
    now: () => new Date(storyInstant(90)),
  });
  const trust = await source();
  if (!trust.ok) throw new Error(trust.problem.code);
  return trust.value;
}

async function read(token: unknown, seen: readonly string[] = []) {
  const trust = await trustOf();
  return verifyEvent({ token, trust, audience: CLIENT, seen: (jti) => seen.includes(jti) });
}

describe('an event', () => {
  test('says what became of which consent, and when', async () => {
    expect(await read(await tokenOf())).toEqual({
      ok: true,
      value: { event: 'revoked', consentId: 'con_1', at: HAPPENED.at, jti: 'dlv_1' },
    });
  });

  test('is also read by the issuer’s keys alone', async () => {
    const { issuerKeys } = await trustOf();
    const by = { issuer: ISSUER, issuerKeys, audience: CLIENT, seen: () => false };
    expect(await verifyEvent({ ...by, token: await tokenOf() })).toMatchObject({ ok: true });
    const late = await tokenOf({ iat: storySeconds(10_000_000) });
    expect(await verifyEvent({ ...by, token: late })).toMatchObject({
      problem: { code: 'relying-party.event-signature' },
    });
  });

  test('that came before is a replay', async () => {
    expect(await read(await tokenOf(), ['dlv_1'])).toMatchObject({
      problem: { code: 'relying-party.event-replayed' },
    });
  });

  test.each([
    ['from another issuer', { iss: 'https://other.example' }, 'issuer'],
    ['for somebody else', { aud: 'other-bank' }, 'audience'],
    ['without a name', { jti: '' }, 'malformed'],
    ['of an unknown kind', { events: { 'https://praya.example/events/other': HAPPENED } }, 'malformed'],
    ['of two kinds', { events: { [REVOKED]: HAPPENED, other: HAPPENED } }, 'malformed'],
    ['without an instant', { events: { [REVOKED]: { consent_id: 'con_1' } } }, 'malformed'],
    ['signed when the key did not count', { iat: storySeconds(10_000_000) }, 'signature'],
  ])('%s is refused', async (_title, changes, code) => {
    expect(await read(await tokenOf(changes))).toMatchObject({
      problem: { code: `relying-party.event-${code}` },
    });
  });

  test.each([['not a token'], [42], [null]])('that is %j is refused', async (token) => {
    expect(await read(token)).toMatchObject({ problem: { code: 'relying-party.event-signature' } });
  });

  test('of another typ or by another key is refused', async () => {
    expect(await read(await tokenOf({}, 'jwt'))).toMatchObject({ ok: false });
    const forged = await gateway.cast.bank.sign('secevent+jwt', {}, { kid: gateway.cast.consent.kid });
    expect(await read(forged)).toMatchObject({ problem: { code: 'relying-party.event-signature' } });
  });
});
