import { randomUUID } from 'node:crypto';
import { digest } from '@praya/kernel/canonical';
import { signJws } from '@praya/kernel/jws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bent, exchangeBody } from './testing/calls.ts';
import { ORIGIN } from './testing/city.ts';
import { newTestKey, type TestKey } from './testing/keys.ts';
import { createWorld, type World } from './testing/world.ts';

type Claims = Record<string, unknown>;
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** One consent under which many requests are made. */
function oneConsent(members: Claims = {}) {
  let kept: Claims | undefined;
  let last: Claims | undefined;
  const bent = (more: Bent): Bent => ({
    document: (claims) => {
      kept ??= { ...claims, ...members };
      return kept;
    },
    request: (claims) => ({ ...claims, consent_id: kept?.['id'] }),
    ...more,
  });
  return {
    id: () => String(kept?.['id']),
    digest: () => digest(kept),
    send: async (state?: Claims | 'same') => {
      const more: Bent = state === undefined ? {} : { state: (claims) => revision(claims, state) };
      return world.post('/praya/v1/exchanges', await exchangeBody(world.city, world.passkey, bent(more)));
    },
  };

  function revision(claims: Claims, state: Claims | 'same'): Claims {
    if (state === 'same') return last ?? claims;
    const previous = last === undefined ? claims['previous'] : digest(last);
    last = { ...claims, previous, ...state };
    return last;
  }
}

describe('the state of a consent', () => {
  test('never goes back to one that was newer than what a gateway now shows', async () => {
    const consent = oneConsent();
    expect((await consent.send()).status).toBe(200);
    expect((await consent.send({ state: 'paused' })).body['code']).toBe('connector.consent-paused');
    expect((await consent.send()).body['code']).toBe('connector.consent-state-stale');
    expect((await consent.send({ revision: 3, state: 'active' })).status).toBe(200);
    expect((await consent.send('same')).status).toBe(200);
    const older = { revision: 2, state: 'active', previous: consent.digest() };
    expect((await consent.send(older)).body['code']).toBe('connector.consent-state-stale');
  });

  test('that does not link to the one before it is refused', async () => {
    const consent = oneConsent();
    expect((await consent.send({})).status).toBe(200);
    expect((await consent.send({ revision: 3, previous: 'elsewhere' })).body['code']).toBe(
      'connector.consent-state',
    );
  });

  test('that differs under the same revision is refused', async () => {
    const consent = oneConsent();
    expect((await consent.send({})).status).toBe(200);
    const forked = await consent.send({ revision: 2, by: 'clock' });
    expect(forked.body['code']).toBe('connector.consent-state');
  });
});

describe('a consent for one answer in all', () => {
  test('is answered once, whatever count the gateway gives', async () => {
    const consent = oneConsent({ frequency: { max: 1, per: 'total' } });
    expect((await consent.send()).status).toBe(200);
    expect((await consent.send()).body['code']).toBe('connector.frequency-exceeded');
  });

  test('is answered once of five parallel requests', async () => {
    const consent = oneConsent({ frequency: { max: 1, per: 'total' } });
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => consent.send()));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

async function event(about: { consent: string; name: string; at?: string; key?: TestKey; members?: Claims }) {
  const { consent, name, key = world.city.keys.events, members = {} } = about;
  const at = about.at ?? world.city.clock().toISOString();
  const set = await signJws(key.signer, {
    typ: 'secevent+jwt',
    payload: {
      iss: ORIGIN,
      aud: world.city.ids.register,
      jti: randomUUID(),
      iat: Math.floor(world.city.clock().getTime() / 1000),
      events: { [`https://praya.example/events/consent-${name}`]: { consent_id: consent, at } },
      ...members,
    },
  });
  return world.post('/praya/v1/events', set);
}

describe('an event', () => {
  test('of a revocation ends the consent here, even if a gateway shows it active', async () => {
    const consent = oneConsent();
    expect((await consent.send()).status).toBe(200);
    expect((await event({ consent: consent.id(), name: 'revoked' })).status).toBe(202);
    expect((await consent.send()).body['code']).toBe('connector.consent-revoked');
    expect((await event({ consent: consent.id(), name: 'active' })).status).toBe(202);
    expect((await consent.send({ state: 'active' })).body['code']).toBe('connector.consent-revoked');
  });

  test('of a revocation that arrives before the first request wins', async () => {
    const consent = oneConsent();
    await exchangeBody(world.city, world.passkey);
    await consent.send();
    await event({ consent: consent.id(), name: 'revoked', at: '2020-01-01T00:00:00.000Z' });
    expect((await consent.send()).body['code']).toBe('connector.consent-revoked');
  });

  test('of a pause holds until a later signed state says active', async () => {
    const consent = oneConsent();
    await consent.send();
    await event({ consent: consent.id(), name: 'paused' });
    expect((await consent.send()).body['code']).toBe('connector.consent-paused');
    world.city.clock.advance(1_000);
    expect((await consent.send({ state: 'active', at: world.city.clock().toISOString() })).status).toBe(200);
  });

  test('told twice is acknowledged twice', async () => {
    const consent = oneConsent();
    await consent.send();
    const about = { consent: consent.id(), name: 'expired' };
    expect((await event(about)).status).toBe(202);
    expect((await event(about)).status).toBe(202);
    expect((await consent.send()).body['code']).toBe('connector.consent-expired');
  });

  test('that we do not know is acknowledged and changes nothing', async () => {
    const consent = oneConsent();
    await consent.send();
    expect((await event({ consent: consent.id(), name: 'sung' })).status).toBe(202);
    expect((await consent.send()).status).toBe(200);
  });

  test.each([
    ['by another key', () => ({ key: newTestKey('events-1') }), 'event-signature'],
    ['by the gateway key', () => ({ key: world.city.keys.gateway }), 'event-signature'],
    ['of another issuer', () => ({ members: { iss: 'https://other.test' } }), 'event-signature'],
    ['for another organisation', () => ({ members: { aud: world.city.ids.rates } }), 'event-audience'],
    ['without events', () => ({ members: { events: undefined } }), 'event-malformed'],
  ])('%s is refused', async (_name, bent, code) => {
    const answer = await event({ consent: 'con_x', name: 'revoked', ...bent() });
    expect(answer.body['code']).toBe(`connector.${code}`);
  });
});
