import { openPortal } from '@praya/city/play/resident';
import type { DeliveryView } from '@praya/consent/contract';
import type { Database } from '@praya/kernel/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchangeOnce } from '../support/fault-city/exchanges.ts';
import { until } from '../support/fault-city/processes.ts';
import { type Consented, consentTo, openScene, type Scene } from '../support/fault-city/scene.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene({ workers: 2 });
});

afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
});

const EDITS: readonly {
  readonly what: string;
  readonly paused: boolean;
  edit(db: Database, id: string): Promise<unknown>;
}[] = [
  {
    what: 'the document that she signed',
    paused: false,
    edit: (db, id) => db`
      update consent.revisions set document = jsonb_set(document, '{frequency,max}', '9999')
      where consent_id = ${id} and revision = 1`,
  },
  {
    what: 'the token',
    paused: false,
    edit: (db, id) => db`
      update consent.revisions set jws = overlay(jws placing 'AAAA' from length(jws) - 40)
      where consent_id = ${id} and revision = 1`,
  },
  {
    what: 'the state beside a paused chain',
    paused: true,
    edit: (db, id) => db`update consent.consents set state = 'active' where id = ${id}`,
  },
  {
    what: 'a pause, dropped from the chain',
    paused: true,
    edit: (db, id) => db`delete from consent.revisions where consent_id = ${id} and revision = 2`,
  },
];

async function pause({ resident: { browser }, consentId }: Consented, to = 'paused'): Promise<void> {
  await browser.call('POST', `/api/consents/${consentId}/state`, { to });
}

async function consentOf(who: number): Promise<Consented> {
  const consented = await consentTo(scene, { who });
  await openPortal(consented.resident);
  return consented;
}

function ask(consented: Consented) {
  return exchangeOnce(scene, { consented, service: 'rates.address' });
}

describe('a consent edited in the database', () => {
  test.each(EDITS.map((edit, who) => ({ ...edit, who })))(
    '($what) is refused, and her page says so',
    async ({ paused, edit, who }) => {
      const consented = await consentOf(who);
      const { resident, consentId } = consented;
      expect((await ask(consented)).status).toBe(200);
      if (paused) await pause(consented);
      await edit(scene.db, consentId);
      expect(await ask(consented)).toMatchObject({ status: 500, code: 'consent.tampered' });
      const one = resident.browser.call('GET', `/api/consents/${consentId}`);
      await expect(one).rejects.toMatchObject({ status: 500, code: 'consent.tampered' });
      const { items } = await resident.browser.call<{ items: { id: string; state: string }[] }>(
        'GET',
        '/api/consents',
      );
      expect(items.find(({ id }) => id === consentId)?.state).toBe('tampered');
    },
  );

  test('is refused by the connector that was told of a pause, where every trace of it is gone here', async () => {
    const consented = await consentOf(EDITS.length);
    const { consentId: id, resident } = consented;
    await pause(consented);
    await until('everybody was told', async () => {
      const { items } = await resident.browser.call<{ items: DeliveryView[] }>(
        'GET',
        `/api/consents/${id}/deliveries`,
      );
      const told = items.filter(({ event }) => event === 'paused');
      return told.length > 1 && told.every(({ acknowledgedAt }) => acknowledgedAt !== null);
    });
    await scene.db`delete from consent.revisions where consent_id = ${id} and revision = 2`;
    await scene.db`update consent.consents set state = 'active', revision = 1 where id = ${id}`;
    expect(await ask(consented)).toMatchObject({ status: 502, code: 'exchange.connector-refused' });
  });
});
