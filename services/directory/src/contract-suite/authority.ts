import { expect, test } from 'vitest';
import type { Change, ChangeKind, OrganisationId } from '../contract.ts';
import { ids, officers, payloads } from '../test-city.ts';
import { decide, proposed, refused, type WithDirectory } from './officers.ts';

export function authoritySuite(withDirectory: WithDirectory): void {
  const permit = { purpose: 'loan-application' };
  test.each<[keyof typeof officers, ChangeKind, OrganisationId | null, string | null]>([
    ['maker', 'purpose.permit', ids.bank, null],
    ['administrator', 'purpose.permit', ids.bank, null],
    ['administrator', 'organisation.register', null, null],
    ['checker', 'purpose.permit', ids.bank, 'directory.role-missing'],
    ['registrar', 'purpose.permit', ids.bank, 'directory.role-missing'],
    ['nobody', 'purpose.permit', ids.bank, 'directory.role-missing'],
    ['bankMaker', 'purpose.permit', ids.bank, null],
    ['bankMaker', 'key.add', ids.bank, null],
    ['bankMaker', 'purpose.permit', ids.persons, 'directory.not-your-organisation'],
    ['bankMaker', 'organisation.register', null, 'directory.not-your-organisation'],
    ['bankMaker', 'organisation.reinstate', ids.bank, 'directory.not-your-organisation'],
    ['maker', 'purpose.permit', ids.unknown, 'directory.organisation-unknown'],
    ['maker', 'purpose.permit', null, 'directory.organisation-unknown'],
  ])('%s proposing %s for %s: %s', (who, kind, organisationId, code) =>
    withDirectory(async ({ directory }) => {
      const payload = kind === 'purpose.permit' ? permit : payloads()[kind];
      const result = await directory.propose({ kind, organisationId, payload, madeBy: officers[who] });
      expect(result).toMatchObject(code === null ? { ok: true } : refused(code));
    }),
  );

  test.each<[keyof typeof officers, ChangeKind, string | null]>([
    ['checker', 'purpose.permit', null],
    ['both', 'purpose.permit', null],
    ['maker', 'purpose.permit', 'directory.role-missing'],
    ['administrator', 'purpose.permit', 'directory.role-missing'],
    ['nobody', 'purpose.permit', 'directory.role-missing'],
    ['bankChecker', 'purpose.permit', 'directory.not-your-organisation'],
    ['bankChecker', 'officer.appoint', 'directory.not-your-organisation'],
    ['bankChecker', 'client.register', 'directory.not-your-organisation'],
    ['bankChecker', 'key.add', null],
  ])('%s deciding %s of the bank: %s', (who, kind, code) =>
    withDirectory(async ({ directory }) => {
      const change = await proposed(directory, kind, payloads()[kind]);
      const result = await decide(directory, change, officers[who]);
      expect(result).toMatchObject(code === null ? { ok: true } : refused(code));
    }),
  );

  test('who is maker and checker in one does not approve her own proposal', () =>
    withDirectory(async ({ directory }) => {
      const about = { kind: 'purpose.permit', organisationId: ids.bank, payload: permit } as const;
      const own = await directory.propose({ ...about, madeBy: officers.both });
      if (!own.ok) throw new Error(own.refusal.code);
      expect(await decide(directory, own.value, officers.both)).toMatchObject(
        refused('directory.checker-is-maker'),
      );
      expect(await decide(directory, own.value, officers.checker)).toMatchObject({ ok: true });
    }));

  test('a change that is not there cannot be decided or taken back', () =>
    withDirectory(async ({ directory }) => {
      const id = ids.unknown.replace('org', 'chg') as Change['id'];
      const about = { id, decidedBy: officers.checker, approve: true, reason: null };
      expect(await directory.decide(about)).toMatchObject(refused('directory.change-unknown'));
      expect(await directory.withdraw({ id, by: officers.maker })).toMatchObject(
        refused('directory.change-unknown'),
      );
    }));
}
