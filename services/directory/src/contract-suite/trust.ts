import { verifyJws } from '@praya/kernel/jws';
import { expect, test } from 'vitest';
import type { Directory, TrustList } from '../contract.ts';
import { bankKey, ids, officers } from '../test-city.ts';
import { DAY_MS, type WithDirectory } from './officers.ts';

export function trustSuite(withDirectory: WithDirectory): void {
  test('the trust list is signed by the anchor and good for a day', () =>
    withDirectory(async ({ directory, now }) => {
      const list = await trustList(directory);
      expect(list).toMatchObject({ type: 'praya.trust-list.v1', sequence: 1, issuedAt: now().toISOString() });
      expect(Date.parse(list.validUntil) - Date.parse(list.issuedAt)).toBe(DAY_MS);
      expect(list.organisations.find((one) => one.id === ids.bank)).toEqual({
        id: ids.bank,
        kind: 'bank',
        name: { en: 'Lantern Bay Bank', 'zh-Hant': '燈灣銀行', 'zh-Hans': '灯湾银行' },
        clients: ['lantern-bay'],
        connector: null,
        keys: [{ ...bankKey, revokedAt: null }],
      });
    }));

  test('its number goes up when its content changes, and only then', () =>
    withDirectory(async ({ directory, now }) => {
      await trustList(directory);
      now.advance(2 * 60 * 60 * 1000);
      const renewed = await trustList(directory);
      expect(renewed).toMatchObject({ sequence: 1, issuedAt: now().toISOString() });
      await directory.revokeKey({ organisationId: ids.bank, kid: bankKey.kid, by: officers.bankMaker });
      const changed = await trustList(directory);
      expect(changed.sequence).toBe(2);
      const bank = changed.organisations.find((one) => one.id === ids.bank);
      expect(bank?.keys).toMatchObject([{ kid: bankKey.kid, revokedAt: now().toISOString() }]);
    }));

  test('a suspended organisation keeps its keys in the list and nothing else', () =>
    withDirectory(async ({ directory }) => {
      await directory.suspend({ organisationId: ids.bank, by: officers.maker });
      const list = await trustList(directory);
      const bank = list.organisations.find((one) => one.id === ids.bank);
      expect(bank).toMatchObject({ clients: [], connector: null, keys: [{ kid: bankKey.kid }] });
    }));
}

async function trustList(directory: Directory): Promise<TrustList> {
  const { jwk } = await directory.trustAnchor();
  const typ = 'praya-trust-list+jws';
  const list = await verifyJws(await directory.trustList(), {
    typ,
    jwk: jwk as { kty: string; crv: string; x: string },
  });
  if (list === undefined) throw new Error('The trust list does not verify');
  return list as TrustList;
}
