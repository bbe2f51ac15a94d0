import { claimedPayload, verifyJws } from '@praya/kernel/jws';
import { fakeKeyring } from '@praya/kernel/keyring/fake';
import { expectValue } from '@praya/kernel/result';
import { beforeEach, describe, expect, test } from 'vitest';
import { agreed } from '../contract-suite.ts';
import { createFakeConsents, type FakeConsents } from '../fake.ts';
import { createWorld, ISSUER, type World } from '../test-world.ts';
import { deliver } from './deliver.ts';

type Call = { url: string; type: string; token: string };

let world: World;
let consents: FakeConsents;
let calls: Call[];
let statuses: Record<string, number>;
let events: ReturnType<typeof fakeKeyring>;

beforeEach(() => {
  world = createWorld();
  const { directory, surroundings, clock } = world;
  consents = createFakeConsents({ directory, surroundings, now: clock, issuer: ISSUER });
  calls = [];
  statuses = {};
  events = fakeKeyring({ now: clock, kid: 'events' });
});

const post: typeof fetch = async (url, init) => {
  const type = new Headers(init?.headers).get('content-type') ?? '';
  calls.push({ url: String(url), type, token: String(init?.body) });
  const status = statuses[String(url)] ?? 202;
  if (status === 0) throw new TypeError('fetch failed');
  return new Response(null, { status });
};

/** Runs the delivery jobs that are waiting, as the queue would; answers how many failed. */
async function runJobs(): Promise<number> {
  const jobs = consents.outbox.jobs.filter(({ job }) => job === 'consent.deliver');
  const messenger = { ...consents.room, events, fetch: post };
  const outcomes = await Promise.allSettled(
    jobs.map(({ payload }) => deliver(messenger, String(payload.deliveryId))),
  );
  return outcomes.filter(({ status }) => status === 'rejected').length;
}

async function told() {
  const [view] = await consents.ofPerson({ personId: world.alice, limit: 1 });
  if (view === undefined) throw new Error('There is a consent');
  return expectValue(await consents.deliveries({ id: view.id, personId: world.alice }));
}

describe('a change of a consent', () => {
  test('is told to the recipient and to every provider, each where the directory says', async () => {
    await agreed({ world, consents, events: async () => [] });
    expect(await runJobs()).toBe(0);
    expect(calls.map(({ url }) => url).sort()).toEqual([
      'http://persons.test/praya/v1/events',
      'http://rates.test/praya/v1/events',
      'https://bank.test/events',
    ]);
    expect(
      (await told()).every(({ acknowledgedAt, attempts }) => acknowledgedAt !== null && attempts === 1),
    ).toBe(true);
  });

  test('is told as a signed security event token', async () => {
    const { document } = await agreed({ world, consents, events: async () => [] });
    await runJobs();
    const { type, token } = calls.find(({ url }) => url.startsWith('https://bank')) ?? {};
    expect(type).toBe('application/secevent+jwt');
    const { jwk } = await events.signingKey();
    expect(await verifyJws(token ?? '', { typ: 'secevent+jwt', jwk })).toMatchObject({
      iss: ISSUER,
      aud: 'harbour-bank',
      events: {
        'https://praya.example/events/consent-active': {
          consent_id: document.id,
          at: world.clock().toISOString(),
        },
      },
    });
  });

  test.each([
    ['refuses', 400],
    ['answers with anything but 202', 200],
    ['is away', 0],
  ])('is told again to a party that %s, under the same name', async (_name, status) => {
    await agreed({ world, consents, events: async () => [] });
    statuses['https://bank.test/events'] = status;
    expect(await runJobs()).toBe(1);
    expect((await told()).filter(({ acknowledgedAt }) => acknowledgedAt === null)).toMatchObject([
      { organisation: { id: world.bank.id }, event: 'active', attempts: 1 },
    ]);
    statuses = {};
    expect(await runJobs()).toBe(0);
    const names = calls
      .filter(({ url }) => url === 'https://bank.test/events')
      .map(({ token }) => (claimedPayload(token) as { jti: string }).jti);
    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(1);
  });

  test('is not told twice to a party that has heard', async () => {
    await agreed({ world, consents, events: async () => [] });
    await runJobs();
    await runJobs();
    expect(calls).toHaveLength(3);
  });

  test('stays untold, and is seen so, where a party registered no address', async () => {
    world.bank.clients = world.bank.clients.map((client) => ({ ...client, eventsUri: null }));
    await agreed({ world, consents, events: async () => [] });
    expect(await runJobs()).toBe(0);
    expect((await told()).filter(({ acknowledgedAt }) => acknowledgedAt === null)).toMatchObject([
      { organisation: { id: world.bank.id }, attempts: 0 },
    ]);
  });
});
