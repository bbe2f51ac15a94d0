import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeOnce, type Service } from '../support/fault-city/exchanges.ts';
import { type Consented, consentTo, openScene, type Scene } from '../support/fault-city/scene.ts';
import { answeredBy } from '../support/fault-city/workers.ts';

const MOST = 5;
const AT_ONCE = 20;

let scene: Scene;
let consented: Consented;

beforeAll(async () => {
  scene = await openScene({ workers: 2, environment: { PRAYA_LOG_LEVEL: 'info' } });
  consented = await consentTo(scene, { who: 0, perDay: MOST });
});

afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

async function ask(service: Service, times: number): Promise<Record<string, number>> {
  const answers = await Promise.all(
    Array.from({ length: times }, () => exchangeOnce(scene, { consented, service })),
  );
  const tally: Record<string, number> = {};
  for (const { code } of answers) tally[code ?? 'answered'] = (tally[code ?? 'answered'] ?? 0) + 1;
  return tally;
}

async function counted(service: Service): Promise<number | undefined> {
  const [row] = await scene.db<{ count: number }[]>`
    select count from exchange.counters where consent_id = ${consented.consentId} and service = ${service}`;
  return row?.count;
}

test('of twenty requests at once on two workers, a consent for five a day answers exactly five', async () => {
  expect(await ask('persons.particulars', AT_ONCE)).toEqual({
    answered: MOST,
    'exchange.frequency-exceeded': AT_ONCE - MOST,
  });
  expect(await counted('persons.particulars')).toBe(MOST);
  expect(answeredBy(scene, { route: '/exchange/v1/requests' })).toHaveLength(2);
});

test('each service of the consent is counted by itself', async () => {
  expect(await ask('rates.address', MOST + 1)).toEqual({
    answered: MOST,
    'exchange.frequency-exceeded': 1,
  });
});

test('she sees each answer and each refusal, and no act is left open', async () => {
  const rows = await scene.db<{ outcome: string; acts: number }[]>`
    select outcome, count(*)::int as acts from exchange.acts
    where consent_id = ${consented.consentId} and kind = 'exchange' group by outcome order by outcome`;
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { outcome: 'done', acts: 2 * MOST },
    { outcome: 'refused', acts: AT_ONCE - MOST + 1 },
  ]);
});
