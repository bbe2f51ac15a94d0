import { expect, test } from 'vitest';
import { bankKey, ids, officers } from '../test-city.ts';
import { approved, refused, type WithDirectory } from './officers.ts';

export function takingSuite(withDirectory: WithDirectory): void {
  test.each<[keyof typeof officers, string | null]>([
    ['maker', null],
    ['checker', null],
    ['administrator', null],
    ['bankMaker', null],
    ['bankChecker', null],
    ['registrar', 'directory.role-missing'],
    ['nobody', 'directory.role-missing'],
  ])('%s alone revokes a key of the bank: %s', (who, code) =>
    withDirectory(async ({ directory }) => {
      const about = { organisationId: ids.bank, kid: bankKey.kid, by: officers[who] };
      expect(await directory.revokeKey(about)).toMatchObject(code === null ? { ok: true } : refused(code));
    }),
  );

  test('a key is revoked at an instant, once', () =>
    withDirectory(async ({ directory, now }) => {
      const about = { organisationId: ids.bank, kid: bankKey.kid, by: officers.bankMaker };
      const revokedAt = now().toISOString();
      expect(await directory.revokeKey(about)).toMatchObject({ value: { kid: bankKey.kid, revokedAt } });
      now.advance(1000);
      expect(await directory.revokeKey(about)).toMatchObject({ value: { revokedAt } });
      const bank = await directory.organisation(ids.bank);
      expect(bank.ok && bank.value.keys).toMatchObject([{ kid: bankKey.kid, revokedAt }]);
      expect(await directory.revokeKey({ ...about, kid: 'other' })).toMatchObject(
        refused('directory.key-unknown'),
      );
      expect(await directory.revokeKey({ ...about, organisationId: ids.persons })).toMatchObject(
        refused('directory.not-your-organisation'),
      );
    }));

  test('a suspended organisation has no client and no offices until it is reinstated', () =>
    withDirectory(async ({ directory }) => {
      const about = { organisationId: ids.bank, by: officers.administrator };
      expect(await directory.suspend({ ...about, by: officers.bankMaker })).toMatchObject(
        refused('directory.not-your-organisation'),
      );
      expect(await directory.suspend({ ...about, organisationId: ids.unknown })).toMatchObject(
        refused('directory.organisation-unknown'),
      );
      expect(await directory.suspend(about)).toMatchObject({ ok: true });
      expect(await directory.organisationOfClient('lantern-bay')).toMatchObject(
        refused('directory.organisation-suspended'),
      );
      expect(await directory.officesOf(officers.bankMaker)).toEqual([]);
      const permit = { kind: 'purpose.permit', payload: { purpose: 'loan-application' } } as const;
      expect(
        await directory.propose({ ...permit, organisationId: ids.bank, madeBy: officers.maker }),
      ).toMatchObject(refused('directory.organisation-suspended'));
      await approved(directory, 'organisation.reinstate', {});
      expect(await directory.organisationOfClient('lantern-bay')).toMatchObject({ ok: true });
    }));

  test('an officer who is dismissed has no office', () =>
    withDirectory(async ({ directory }) => {
      const about = { organisationId: ids.bank, personId: officers.bankChecker, by: officers.bankMaker };
      expect(await directory.dismissOfficer(about)).toMatchObject({ ok: true });
      expect(await directory.officesOf(officers.bankChecker)).toEqual([]);
      expect(await directory.dismissOfficer(about)).toMatchObject(refused('directory.officer-unknown'));
      expect(await directory.dismissOfficer({ ...about, by: officers.nobody })).toMatchObject(
        refused('directory.role-missing'),
      );
    }));
}
