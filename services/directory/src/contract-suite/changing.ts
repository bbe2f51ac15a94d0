import { expect, test } from 'vitest';
import type { ChangeKind, Directory } from '../contract.ts';
import { bankKey, ids, newKey, officers, payloads, said } from '../test-city.ts';
import { approved, decide, effectOf, offCurve, proposed, refused, type WithDirectory } from './officers.ts';

const KINDS = Object.keys(payloads()) as ChangeKind[];

export function changeSuite(withDirectory: WithDirectory): void {
  test.each(KINDS)('%s takes effect when another officer approves it, and not before', (kind) =>
    withDirectory(async ({ directory }) => {
      if (kind === 'organisation.reinstate')
        await directory.suspend({ organisationId: ids.bank, by: officers.maker });
      const before = await effectOf(directory, kind);
      const change = await proposed(directory, kind, payloads()[kind]);
      expect(change).toMatchObject({ kind, state: 'proposed', madeBy: officers.maker, decidedBy: null });
      expect(await effectOf(directory, kind)).toEqual(before);
      const decided = await decide(directory, change, officers.checker);
      expect(decided).toMatchObject({ value: { state: 'approved', decidedBy: officers.checker } });
      expect(await effectOf(directory, kind)).not.toEqual(before);
    }),
  );

  test.each(KINDS)('%s has no effect when declined', (kind) =>
    withDirectory(async ({ directory }) => {
      if (kind === 'organisation.reinstate')
        await directory.suspend({ organisationId: ids.bank, by: officers.maker });
      const before = await effectOf(directory, kind);
      const change = await proposed(directory, kind, payloads()[kind]);
      const about = { id: change.id, decidedBy: officers.checker, approve: false, reason: 'Not now' };
      expect(await directory.decide(about)).toMatchObject({
        value: { state: 'declined', reason: 'Not now' },
      });
      expect(await effectOf(directory, kind)).toEqual(before);
      expect(await decide(directory, change, officers.checker)).toMatchObject(
        refused('directory.change-decided'),
      );
    }),
  );

  test('of two checkers at once one wins', () =>
    withDirectory(async ({ directory }) => {
      const change = await proposed(directory, 'purpose.permit', { purpose: 'loan-application' });
      const both = await Promise.all([
        decide(directory, change, officers.checker),
        directory.decide({ id: change.id, decidedBy: officers.otherChecker, approve: false, reason: null }),
      ]);
      expect(both.filter((one) => one.ok)).toHaveLength(1);
      expect(both.find((one) => !one.ok)).toMatchObject(refused('directory.change-decided'));
    }));

  test('two changes that exclude each other do not both take effect', () =>
    withDirectory(async ({ directory }) => {
      const { 'organisation.register': payload } = payloads();
      const one = await proposed(directory, 'organisation.register', payload, null);
      const other = await proposed(directory, 'organisation.register', payload, null);
      const both = await Promise.all([
        decide(directory, one, officers.checker),
        decide(directory, other, officers.otherChecker),
      ]);
      expect(both.filter((each) => each.ok)).toHaveLength(1);
      expect(both.find((each) => !each.ok)).toMatchObject(refused('directory.slug-taken'));
    }));

  test('only the maker takes a proposal back, and only while it is undecided', () =>
    withDirectory(async ({ directory }) => {
      const change = await proposed(directory, 'purpose.permit', { purpose: 'loan-application' });
      const { id } = change;
      expect(await directory.withdraw({ id, by: officers.both })).toMatchObject(
        refused('directory.not-your-change'),
      );
      expect(await directory.withdraw({ id, by: officers.maker })).toMatchObject({
        value: { state: 'withdrawn' },
      });
      expect(await directory.withdraw({ id, by: officers.maker })).toMatchObject(
        refused('directory.change-decided'),
      );
      expect(await decide(directory, change, officers.checker)).toMatchObject(
        refused('directory.change-decided'),
      );
    }));

  test('changes are listed newest first, by state, page by page, each officer’s own', () =>
    withDirectory(async ({ directory, now }) => {
      const first = await proposed(directory, 'purpose.permit', { purpose: 'loan-application' });
      now.advance(1000);
      const second = await proposed(
        directory,
        'organisation.register',
        payloads()['organisation.register'],
        null,
      );
      now.advance(1000);
      const third = await proposed(directory, 'key.add', newKey());
      await directory.withdraw({ id: second.id, by: officers.maker });
      const list = async (page: Partial<Parameters<Directory['changes']>[0]>) =>
        (await directory.changes({ limit: 9, ...page })).map((one) => one.id);
      expect(await list({})).toEqual([third.id, second.id, first.id]);
      expect(await list({ state: 'proposed' })).toEqual([third.id, first.id]);
      expect(await list({ after: third.id, limit: 1 })).toEqual([second.id]);
      expect(await list({ seenBy: officers.maker })).toHaveLength(3);
      expect(await list({ seenBy: officers.bankMaker })).toEqual([third.id, first.id]);
      expect(await list({ seenBy: officers.registrar })).toEqual([]);
    }));

  test.each<[string, ChangeKind, object, string]>([
    [
      'a slug that is taken',
      'organisation.register',
      { slug: 'platform', kind: 'bank', name: said('X') },
      'directory.slug-taken',
    ],
    [
      'a kind that is not there',
      'organisation.register',
      { slug: 'new', kind: 'club', name: said('X') },
      'directory.change-invalid',
    ],
    [
      'a member too many',
      'purpose.permit',
      { purpose: 'loan-application', more: 1 },
      'directory.change-invalid',
    ],
    ['a purpose nobody knows', 'purpose.permit', { purpose: 'marketing' }, 'directory.purpose-unknown'],
    [
      'a client with such a purpose',
      'client.register',
      { ...payloads()['client.register'], purposes: ['marketing'] },
      'directory.purpose-unknown',
    ],
    [
      'a redirect URI without TLS',
      'client.register',
      { ...payloads()['client.register'], redirectUris: ['http://bank.example/'] },
      'directory.redirect-uri',
    ],
    [
      'a wildcard',
      'client.register',
      { ...payloads()['client.register'], redirectUris: ['https://bank.example/*'] },
      'directory.redirect-uri',
    ],
    [
      'an events address with a password',
      'client.register',
      { ...payloads()['client.register'], eventsUri: 'https://a:b@bank.example/' },
      'directory.redirect-uri',
    ],
    [
      'a connector with a query',
      'connector.register',
      { url: 'https://bank.example/?a=1', registrar: false },
      'directory.redirect-uri',
    ],
    [
      'a second register of persons',
      'connector.register',
      { url: 'https://bank.example', registrar: true },
      'directory.registrar-taken',
    ],
    [
      'an administrator of a bank',
      'officer.appoint',
      { personId: officers.nobody, roles: ['administrator'] },
      'directory.role-not-for-organisation',
    ],
    ['a key that is off the curve', 'key.add', offCurve(), 'directory.key-not-on-curve'],
    ['a key under another name', 'key.add', { ...newKey(), kid: 'other' }, 'directory.change-invalid'],
    [
      'a key that is over',
      'key.add',
      newKey({ validFrom: '2026-08-31T12:00:00Z', validUntil: '2026-09-01T00:00:00Z' }),
      'directory.key-validity',
    ],
    [
      'a key from the past',
      'key.add',
      newKey({ validFrom: '2026-08-01T00:00:00Z' }),
      'directory.key-validity',
    ],
    [
      'a key that ends before it begins',
      'key.add',
      newKey({ validFrom: '2027-10-01T00:00:00Z' }),
      'directory.key-validity',
    ],
    [
      'a key for ten years',
      'key.add',
      newKey({ validUntil: '2036-09-01T00:00:00Z' }),
      'directory.key-validity',
    ],
    ['a key that is there', 'key.add', bankKey, 'directory.key-taken'],
    [
      'the same point for another use',
      'key.add',
      { ...bankKey, kid: 'n', use: 'enc', jwk: { ...bankKey.jwk, kid: 'n' } },
      'directory.key-taken',
    ],
  ])('%s is refused when it is proposed', (_name, kind, payload, code) =>
    withDirectory(async ({ directory }) => {
      const organisationId = kind === 'organisation.register' ? null : ids.bank;
      const result = await directory.propose({ kind, organisationId, payload, madeBy: officers.maker });
      expect(result).toMatchObject(refused(code));
    }),
  );

  test('a client of another organisation cannot be taken over', () =>
    withDirectory(async ({ directory }) => {
      const payload = { ...payloads()['client.register'], clientId: 'lantern-bay' };
      const about = {
        kind: 'client.register',
        organisationId: ids.persons,
        payload,
        madeBy: officers.maker,
      } as const;
      expect(await directory.propose(about)).toMatchObject(refused('directory.client-taken'));
      await approved(directory, 'client.register', payload);
      const found = await directory.organisationOfClient('lantern-bay');
      expect(found.ok && found.value.clients).toMatchObject([{ redirectUris: payload.redirectUris }]);
    }));
}
