import { generateKeyPairSync } from 'node:crypto';
import { verifyJws } from '@praya/kernel/jws';
import type { FixedClock } from '@praya/kernel/testing';
import { describe, expect, test } from 'vitest';
import type { Change, ChangeKind, Directory, OrganisationId, PersonId, TrustList } from './contract.ts';
import { bankKey, ids, newKey, officers, payloads, purposes, said } from './test-city.ts';

/** A directory seeded with the city of the tests, and the clock it goes by. */
export type SuiteDirectory = { directory: Directory; now: FixedClock };
type WithDirectory = (use: (about: SuiteDirectory) => Promise<void>) => Promise<void>;

const DAY_MS = 24 * 60 * 60 * 1000;
const KINDS = Object.keys(payloads()) as ChangeKind[];

/** What every directory does, the real one and the double. */
export function directorySuite(name: string, withDirectory: WithDirectory): void {
  describe(name, () => {
    readingSuite(withDirectory);
    changeSuite(withDirectory);
    authoritySuite(withDirectory);
    keySuite(withDirectory);
    takingSuite(withDirectory);
    trustSuite(withDirectory);
  });
}

function readingSuite(withDirectory: WithDirectory): void {
  test('an organisation is found by id, by client and as the registrar', () =>
    withDirectory(async ({ directory }) => {
      expect(await directory.organisation(ids.bank)).toMatchObject({ value: { slug: 'lantern-bay-bank' } });
      expect(await directory.organisationOfClient('lantern-bay')).toMatchObject({ value: { id: ids.bank } });
      expect(await directory.registrar()).toMatchObject({ value: { id: ids.persons } });
      expect(await directory.organisation(ids.unknown)).toMatchObject(
        refused('directory.organisation-unknown'),
      );
      expect(await directory.organisationOfClient('nobody')).toMatchObject(
        refused('directory.client-unknown'),
      );
    }));

  test('a client may ask only for what its organisation is permitted', () =>
    withDirectory(async ({ directory }) => {
      const before = await directory.organisationOfClient('lantern-bay');
      expect(before.ok && before.value.clients[0]?.purposes).toEqual(['account-opening']);
      await approved(directory, 'purpose.permit', { purpose: 'loan-application' });
      const after = await directory.organisationOfClient('lantern-bay');
      expect(after.ok && after.value.clients[0]?.purposes).toEqual(['account-opening', 'loan-application']);
    }));

  test('purposes are what the city began with', () =>
    withDirectory(async ({ directory }) => {
      expect(await directory.purposes()).toEqual(purposes);
      expect(await directory.purpose('account-opening')).toMatchObject({ value: purposes[0] });
      expect(await directory.purpose('marketing')).toMatchObject(refused('directory.purpose-unknown'));
    }));

  test('organisations are searched in every language and read page by page', () =>
    withDirectory(async ({ directory }) => {
      const names = async (page: { search?: string; after?: string; limit: number }) =>
        (await directory.organisations(page)).map((one) => one.slug);
      expect(await names({ search: '燈灣', limit: 9 })).toEqual(['lantern-bay-bank']);
      expect(await names({ search: 'OFFICE', limit: 9 })).toEqual(['platform', 'persons-register']);
      expect(await names({ search: '%', limit: 9 })).toEqual([]);
      expect(await names({ limit: 1 })).toEqual(['platform']);
      expect(await names({ after: ids.operator, limit: 9 })).toEqual([
        'lantern-bay-bank',
        'persons-register',
      ]);
    }));

  test('a person has the offices that she was appointed to', () =>
    withDirectory(async ({ directory }) => {
      expect(await directory.officesOf(officers.bankMaker)).toEqual([
        { organisationId: ids.bank, roles: ['directory.maker'] },
      ]);
      expect(await directory.officesOf(officers.nobody)).toEqual([]);
    }));
}

function changeSuite(withDirectory: WithDirectory): void {
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

function authoritySuite(withDirectory: WithDirectory): void {
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

function keySuite(withDirectory: WithDirectory): void {
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

function takingSuite(withDirectory: WithDirectory): void {
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

function trustSuite(withDirectory: WithDirectory): void {
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

async function proposed(
  directory: Directory,
  kind: ChangeKind,
  payload: object,
  organisationId: OrganisationId | null = kind === 'organisation.register' ? null : ids.bank,
): Promise<Change> {
  const result = await directory.propose({ kind, organisationId, payload, madeBy: officers.maker });
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

async function approved(directory: Directory, kind: ChangeKind, payload: object): Promise<void> {
  const result = await decide(directory, await proposed(directory, kind, payload), officers.checker);
  if (!result.ok) throw new Error(result.refusal.code);
}

function decide(directory: Directory, change: Change, decidedBy: PersonId) {
  return directory.decide({ id: change.id, decidedBy, approve: true, reason: null });
}

// Everything that a change of any kind can alter.
async function effectOf(directory: Directory, kind: ChangeKind): Promise<unknown> {
  if (kind === 'officer.appoint') return directory.officesOf(officers.nobody);
  return directory.organisations({ limit: 99 });
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

function refused(code: string) {
  return { ok: false, refusal: { code } };
}

function offCurve() {
  const key = newKey();
  const { x = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  return { ...key, jwk: { ...key.jwk, x } };
}
