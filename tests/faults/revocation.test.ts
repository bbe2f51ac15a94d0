import { openPortal } from '@praya/city/play/resident';
import type { Organisation } from '@praya/directory/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Exchanged, exchangeOnce, type Service } from '../support/fault-city/exchanges.ts';
import { isReady, killHard, pidOf, until } from '../support/fault-city/processes.ts';
import { type Consented, consentTo, openScene, type Scene, seat } from '../support/fault-city/scene.ts';
import { answeredBy } from '../support/fault-city/workers.ts';

const AT_ONCE = 12;
const WITHIN_MS = 1000;
const ROUTE = '/exchange/v1/requests';

let scene: Scene;
let officer: Awaited<ReturnType<typeof seat>>;
let agreedBefore: Consented;

beforeAll(async () => {
  scene = await openScene({ workers: 2, environment: { PRAYA_LOG_LEVEL: 'info' } });
  officer = await seat(scene, 'maker');
  await openPortal(officer);
  // With her bank's keys gone nobody could agree any more.
  agreedBefore = await consentTo(scene, { who: 4 });
});

afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

function ask(consented: Consented, service: Service = 'rates.address'): Promise<Exchanged> {
  return exchangeOnce(scene, { consented, service });
}

async function counted({ consentId }: Consented): Promise<number> {
  const [row] = await scene.db<{ count: number }[]>`
    select count from exchange.counters where consent_id = ${consentId} and service = 'rates.address'`;
  return row?.count ?? 0;
}

async function outcomeOfLast({ consentId }: Consented) {
  const [row] = await scene.db<{ outcome: string; code: string | null }[]>`
    select outcome, code from exchange.acts
    where consent_id = ${consentId} and kind = 'exchange' order by id desc limit 1`;
  return { ...row };
}

describe('a consent that she revokes', () => {
  test('is refused on every worker within a second, also to those who keep asking meanwhile', async () => {
    const consented = await consentTo(scene, { who: 0 });
    const { resident, consentId } = consented;
    await openPortal(resident);
    const asked: { beganAt: number; exchanged: Exchanged }[] = [];
    let asking = true;
    const lanes = Array.from({ length: AT_ONCE }, async () => {
      while (asking) {
        const beganAt = performance.now();
        asked.push({ beganAt, exchanged: await ask(consented) });
      }
    });
    await until('some are answered', () => asked.length > 2 * AT_ONCE);
    const revokingAt = performance.now();
    await resident.browser.call('POST', `/api/consents/${consentId}/state`, { to: 'revoked' });
    const revokedAt = performance.now();
    await until(
      'each lane asked again',
      () => asked.filter(({ beganAt }) => beganAt > revokedAt).length > 40,
    );
    asking = false;
    await Promise.all(lanes);
    const answered = asked.filter(({ exchanged }) => exchanged.status === 200);
    const last = Math.max(...answered.map(({ beganAt }) => beganAt));
    expect(last - revokingAt).toBeLessThan(WITHIN_MS);
    // Whoever asks after the answer to her is refused, whichever worker it meets.
    expect(last).toBeLessThan(revokedAt);
    const after = asked.filter(({ beganAt }) => beganAt > revokedAt);
    // Its tokens end with it, a moment later.
    for (const { exchanged } of after)
      expect(exchanged.code).toBeOneOf(['consent.revoked', 'request.not-signed-in']);
    const refusing = [401, 403].flatMap((status) => answeredBy(scene, { route: ROUTE, status }));
    expect(new Set(refusing).size).toBe(2);
  });
});

const readyUrl = () => `http://localhost:${scene.city.basePort + 2}/health/ready`;

describe('a connector', () => {
  test('that is down is exchange.connector-unreachable, and the use is given back', async () => {
    const consented = await consentTo(scene, { who: 1 });
    expect((await ask(consented)).status).toBe(200);
    killHard(pidOf(scene.city, 'connector rates'));
    await until('nobody listens', async () => !(await isReady(readyUrl())));
    expect(await ask(consented)).toMatchObject({ status: 502, code: 'exchange.connector-unreachable' });
    expect(await counted(consented)).toBe(1);
    expect(await outcomeOfLast(consented)).toEqual({
      outcome: 'failed',
      code: 'exchange.connector-unreachable',
    });
    await until('the connector is back', () => isReady(readyUrl()));
    expect((await ask(consented)).status).toBe(200);
    expect(await counted(consented)).toBe(2);
  });

  test('that stands still is exchange.connector-late; the use stays spent, and others are served meanwhile', async () => {
    const consented = await consentTo(scene, { who: 2 });
    const pid = pidOf(scene.city, 'connector rates');
    process.kill(pid, 'SIGSTOP');
    try {
      const late = ask(consented);
      expect((await ask(consented, 'persons.particulars')).status).toBe(200);
      expect(await late).toMatchObject({ status: 504, code: 'exchange.connector-late' });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await counted(consented)).toBe(1);
    await until('the connector answers', async () => (await ask(consented)).status === 200);
  });
});

describe('a key of the bank that an officer revokes between consent and fetch', () => {
  test('for encryption: nothing is sealed to it from the next request on', async () => {
    const consented = await consentTo(scene, { who: 3 });
    expect((await ask(consented)).status).toBe(200);
    await revokeKeyOfBank('enc');
    expect(await ask(consented)).toMatchObject({ status: 403, code: 'exchange.key-revoked' });
    expect(await counted(consented)).toBe(1);
  });

  test('for signing: the exchange refuses the next request, and nothing was counted', async () => {
    const before = await counted(agreedBefore);
    await revokeKeyOfBank('sig');
    expect(await ask(agreedBefore)).toMatchObject({ status: 403, code: 'exchange.key-revoked' });
    expect(await counted(agreedBefore)).toBe(before);
  });
});

async function revokeKeyOfBank(use: 'sig' | 'enc'): Promise<void> {
  const { items } = await officer.browser.call<{ items: Organisation[] }>(
    'GET',
    '/api/directory/organisations?limit=50',
  );
  const bank = items.find(({ kind }) => kind === 'bank');
  const key = bank?.keys.find((one) => one.use === use);
  const path = `/api/directory/organisations/${bank?.id}/keys/${key?.kid}/revocation`;
  await officer.browser.call('POST', path, { reason: 'lost' });
}
