import { expect, test } from 'vitest';
import { bankKey, ids, newKey, officers } from '../test-city.ts';
import { approved, DAY_MS, decide, proposed, refused, type WithDirectory } from './officers.ts';

export function keySuite(withDirectory: WithDirectory): void {
  test('a new key is added before the old one ends, a third beside them is not', () =>
    withDirectory(async ({ directory }) => {
      await approved(
        directory,
        'key.add',
        newKey({ validFrom: '2027-08-01T00:00:00Z', validUntil: '2028-08-01T00:00:00Z' }),
      );
      const third = newKey({ validFrom: '2027-08-15T00:00:00Z', validUntil: '2028-08-01T00:00:00Z' });
      const about = { kind: 'key.add', organisationId: ids.bank, madeBy: officers.maker } as const;
      expect(await directory.propose({ ...about, payload: third })).toMatchObject(
        refused('directory.key-overlap'),
      );
      const later = newKey({ validFrom: '2028-07-01T00:00:00Z', validUntil: '2029-07-01T00:00:00Z' });
      expect(await directory.propose({ ...about, payload: later })).toMatchObject({ ok: true });
      const forAnotherUse = newKey({ use: 'enc' });
      expect(await directory.propose({ ...about, payload: forAnotherUse })).toMatchObject({ ok: true });
    }));

  test('a revoked key makes room for another', () =>
    withDirectory(async ({ directory }) => {
      await approved(directory, 'key.add', newKey());
      const about = { kind: 'key.add', organisationId: ids.bank, madeBy: officers.maker } as const;
      expect(await directory.propose({ ...about, payload: newKey() })).toMatchObject(
        refused('directory.key-overlap'),
      );
      await directory.revokeKey({ organisationId: ids.bank, kid: bankKey.kid, by: officers.bankMaker });
      expect(await directory.propose({ ...about, payload: newKey() })).toMatchObject({ ok: true });
    }));

  test('a key that has ended in the meantime is not approved', () =>
    withDirectory(async ({ directory, now }) => {
      const change = await proposed(directory, 'key.add', newKey({ validUntil: '2026-09-02T00:00:00Z' }));
      now.advance(2 * DAY_MS);
      expect(await decide(directory, change, officers.checker)).toMatchObject(
        refused('directory.key-validity'),
      );
      const later = await proposed(directory, 'key.add', newKey({ validFrom: now().toISOString() }));
      now.advance(9 * DAY_MS);
      expect(await decide(directory, later, officers.checker)).toMatchObject({ ok: true });
    }));
}
