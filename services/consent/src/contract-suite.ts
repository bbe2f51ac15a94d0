import { canonicalJson } from '@praya/kernel/canonical';
import type { Id } from '@praya/kernel/id';
import { expectValue } from '@praya/kernel/result';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ConsentEvidence, Consents } from './contract.ts';
import { createWorld, DAY_MS, keyPair, signed, type World } from './test-world.ts';

export type Stage = {
  readonly world: World;
  readonly consents: Consents;
  /** the consent events told so far */
  events(): Promise<string[]>;
};

const notice = { locale: 'zh-Hant', digest: 'n'.repeat(43) };
const clientId = 'harbour-bank';

/** A consent that the bank asked for. */
export async function requested({ consents, world }: Stage): Promise<Id<'con'>> {
  const asked = await consents.request({ clientId, detail: world.detail(), handle: crypto.randomUUID() });
  return expectValue(asked).id;
}

/** What she is shown, and then signs, with or without the optional field. */
export async function prepared({ consents, world }: Stage, id: Id<'con'>, sex: string[] = ['sex']) {
  expectValue(await consents.open({ id, personId: world.alice }));
  const optional = { 'persons.identity': sex };
  return expectValue(await consents.prepare({ id, personId: world.alice, optional, notice })).document;
}

/** A consent that she agreed to. */
export async function agreed(stage: Stage): Promise<ConsentEvidence> {
  const id = await requested(stage);
  const document = await prepared(stage, id);
  const response = signed(canonicalJson(document));
  return expectValue(await stage.consents.agree({ id, personId: stage.world.alice, document, response }));
}

/** The facts that hold for the room and for its double. */
export function consentSuite(build: (world: World) => Promise<Omit<Stage, 'world'>>): void {
  let stage: Stage;
  let consents: Consents;
  let world: World;
  beforeEach(async () => {
    world = createWorld();
    stage = { world, ...(await build(world)) };
    consents = stage.consents;
  });

  describe('a request', () => {
    test('mints a consent that its handle finds', async () => {
      const handle = 'urn:ietf:params:oauth:request_uri:1';
      const { id } = expectValue(await consents.request({ clientId, detail: world.detail(), handle }));
      expect(await consents.byHandle(handle)).toEqual({ ok: true, value: id });
      expect(await consents.byHandle('another')).toMatchObject({ refusal: { code: 'consent.unknown' } });
    });

    test('of an unknown or suspended client is not admitted', async () => {
      const stranger = await consents.check({ clientId: 'nobody', detail: world.detail() });
      expect(stranger).toMatchObject({ refusal: { code: 'consent.client-not-admitted' } });
      world.bank.suspendedAt = '2026-05-01T00:00:00Z';
      const suspended = await consents.check({ clientId, detail: world.detail() });
      expect(suspended).toMatchObject({ refusal: { code: 'consent.client-not-admitted' } });
    });

    test('that breaks a rule mints nothing', async () => {
      const detail = world.detail({ retention: 'P181D' });
      const asked = await consents.request({ clientId, detail, handle: 'h' });
      expect(asked).toMatchObject({ refusal: { code: 'consent.retention-too-long', field: 'retention' } });
      expect(await consents.byHandle('h')).toMatchObject({ ok: false });
    });
  });

  describe('opening', () => {
    test('shows who asks for what, and the sealed subjects of the providers', async () => {
      const id = await requested(stage);
      const view = expectValue(await consents.open({ id, personId: world.alice }));
      expect(view).toMatchObject({
        id,
        state: 'requested',
        purpose: { code: 'account-opening' },
        revision: 0,
      });
      expect(view.recipient.name.en).toBe('bank');
      expect(view.services.map(({ id: name, subject }) => [name, subject])).toEqual([
        ['persons.identity', `sealed.${world.persons.id}.${id}`],
        ['rates.address', `sealed.${world.rates.id}.${id}`],
      ]);
      expect(view.services[0]?.fields.map(({ name, required }) => [name, required])).toEqual([
        ['nameEn', true],
        ['dateOfBirth', true],
        ['sex', false],
      ]);
    });

    test('binds it to the first person; to another it is not there', async () => {
      const id = await requested(stage);
      expectValue(await consents.open({ id, personId: world.alice }));
      const other = await consents.open({ id, personId: world.bob });
      expect(other).toMatchObject({ refusal: { code: 'consent.not-yours' } });
    });

    test('seals the subjects once, however often she looks', async () => {
      const id = await requested(stage);
      expectValue(await consents.open({ id, personId: world.alice }));
      expectValue(await consents.open({ id, personId: world.alice }));
      expect(world.register.calls).toBe(1);
    });

    test('says so when the register of persons is away, and works when it is back', async () => {
      const id = await requested(stage);
      world.register.down = true;
      const away = await consents.open({ id, personId: world.alice });
      expect(away).toMatchObject({ refusal: { code: 'consent.register-unreachable' } });
      world.register.down = false;
      expect(await consents.open({ id, personId: world.alice })).toMatchObject({ ok: true });
    });

    test('of a consent that nobody asked for is refused', async () => {
      const open = await consents.open({
        id: `con_${crypto.randomUUID()}` as Id<'con'>,
        personId: world.bob,
      });
      expect(open).toMatchObject({ refusal: { code: 'consent.unknown' } });
    });
  });

  describe('her signature', () => {
    test('makes the consent active, with evidence that recomputes', async () => {
      const evidence = await agreed(stage);
      expect(evidence).toMatchObject({ state: 'active', states: [], personId: world.alice });
      expect(evidence.document.services[0]?.fields).toEqual(['dateOfBirth', 'nameEn', 'sex']);
      expect(await consents.evidence(evidence.document.id)).toEqual({ ok: true, value: evidence });
      expect(await stage.events()).toEqual(['consent.activated']);
      expect(world.ledger.acts).toEqual([
        { consentId: evidence.document.id, consentDigest: evidence.digest },
      ]);
    });

    test('covers only the fields that she left in', async () => {
      const id = await requested(stage);
      const document = await prepared(stage, id, []);
      expect(document.services[0]?.fields).toEqual(['dateOfBirth', 'nameEn']);
    });

    test.each([
      ['a field more', { 'persons.identity': ['occupation'] }, 'consent.field-not-permitted'],
      ['another service', { 'companies.roles': ['role'] }, 'consent.service-unknown'],
    ])('cannot cover %s', async (_name, optional, code) => {
      const id = await requested(stage);
      expectValue(await consents.open({ id, personId: world.alice }));
      const document = await consents.prepare({ id, personId: world.alice, optional, notice });
      expect(document).toMatchObject({ refusal: { code } });
    });

    test.each([
      ['other fields', { services: [] }, 'consent.required-field-missing'],
      [
        'another recipient name',
        { purpose: { code: 'account-opening', text: {} } },
        'consent.document-changed',
      ],
      ['a longer life', { expiresAt: '2027-06-01T00:00:00.000Z' }, 'consent.document-changed'],
      ['more uses', { frequency: { max: 4, per: 'day' } }, 'consent.document-changed'],
      ['an earlier start', { notBefore: '2026-05-01T00:00:00.000Z' }, 'consent.document-changed'],
    ])('under a document with %s does not count', async (_name, change, code) => {
      const id = await requested(stage);
      const document = { ...(await prepared(stage, id)), ...change } as ConsentEvidence['document'];
      const response = signed(canonicalJson(document));
      const outcome = await consents.agree({ id, personId: world.alice, document, response });
      expect(outcome).toMatchObject({ refusal: { code } });
    });

    test('that does not verify does not count', async () => {
      const id = await requested(stage);
      const document = await prepared(stage, id);
      const outcome = await consents.agree({ id, personId: world.alice, document, response: 'forged' });
      expect(outcome).toMatchObject({ refusal: { code: 'consent.signature-wrong' } });
    });

    test('over a document of half an hour ago asks her to look again', async () => {
      const id = await requested(stage);
      const document = await prepared(stage, id);
      world.clock.advance(31 * 60_000);
      const response = signed(canonicalJson(document));
      const outcome = await consents.agree({ id, personId: world.alice, document, response });
      expect(outcome).toMatchObject({ refusal: { code: 'consent.document-changed' } });
    });

    test('given twice is given once', async () => {
      const { document, token } = await agreed(stage);
      const about = { id: document.id, personId: world.alice, document };
      const again = await consents.agree({ ...about, response: signed(canonicalJson(document)) });
      expect(expectValue(again).token).toBe(token);
      expect(await stage.events()).toHaveLength(1);
      expect(world.ledger.acts).toHaveLength(1);
    });

    test('given twice at the same moment is kept once', async () => {
      const id = await requested(stage);
      const document = await prepared(stage, id);
      const about = { id, personId: world.alice, document, response: signed(canonicalJson(document)) };
      const outcomes = await Promise.all([
        consents.agree(about),
        consents.agree(about),
        consents.agree(about),
      ]);
      expect(outcomes.some(({ ok }) => ok)).toBe(true);
      expect(await stage.events()).toHaveLength(1);
    });

    test('is acknowledged only once its evidence is on the ledger', async () => {
      const id = await requested(stage);
      const document = await prepared(stage, id);
      const about = { id, personId: world.alice, document, response: signed(canonicalJson(document)) };
      world.ledger.down = true;
      const pending = await consents.agree(about);
      expect(pending).toMatchObject({ refusal: { code: 'consent.evidence-pending' } });
      world.ledger.down = false;
      expect(await consents.agree(about)).toMatchObject({ ok: true });
      expect(world.ledger.acts).toHaveLength(1);
    });

    test('by another person is not hers', async () => {
      const id = await requested(stage);
      const document = await prepared(stage, id);
      const response = signed(canonicalJson(document));
      const outcome = await consents.agree({ id, personId: world.bob, document, response });
      expect(outcome).toMatchObject({ refusal: { code: 'consent.not-yours' } });
    });
  });

  describe('refusing', () => {
    test('ends the request, once and for all', async () => {
      const id = await requested(stage);
      const document = await prepared(stage, id);
      const refused = await consents.refuse({ id, personId: world.alice });
      expect(refused).toMatchObject({ value: { state: 'refused' } });
      expect(await consents.refuse({ id, personId: world.alice })).toEqual(refused);
      const response = signed(canonicalJson(document));
      const late = await consents.agree({ id, personId: world.alice, document, response });
      expect(late).toMatchObject({ refusal: { code: 'consent.refused' } });
      expect(await consents.evidence(id)).toMatchObject({ refusal: { code: 'consent.refused' } });
    });

    test('comes too late after agreeing', async () => {
      const { document } = await agreed(stage);
      const refused = await consents.refuse({ id: document.id, personId: world.alice });
      expect(refused).toMatchObject({ refusal: { code: 'consent.not-requested' } });
    });
  });

  describe('a revocation that arrives before the agreement', () => {
    test.each(['recipient', 'citizen'])('by the %s wins', async (party) => {
      const id = await requested(stage);
      const document = await prepared(stage, id);
      const by = party === 'recipient' ? { clientId } : { personId: world.alice };
      expect(await consents.change({ id, by, to: 'revoked' })).toMatchObject({ value: { state: 'revoked' } });
      const response = signed(canonicalJson(document));
      const late = await consents.agree({ id, personId: world.alice, document, response });
      expect(late).toMatchObject({ refusal: { code: 'consent.revoked' } });
      const open = await consents.open({ id, personId: world.alice });
      expect(open).toMatchObject({ refusal: { code: 'consent.revoked' } });
    });
  });

  describe('a change', () => {
    test('by her pauses, resumes and revokes, each step signed and told', async () => {
      const { document } = await agreed(stage);
      const { id } = document;
      const by = { personId: world.alice };
      for (const to of ['paused', 'active', 'revoked'] as const) {
        expect(await consents.change({ id, by, to })).toMatchObject({ value: { state: to } });
      }
      const evidence = expectValue(await consents.evidence(id));
      expect(evidence.state).toBe('revoked');
      expect(evidence.states).toHaveLength(3);
      expect(await stage.events()).toEqual([
        'consent.activated',
        'consent.paused',
        'consent.resumed',
        'consent.revoked',
      ]);
    });

    test('to the state that it has writes nothing', async () => {
      const { document } = await agreed(stage);
      const { id } = document;
      const by = { personId: world.alice };
      expectValue(await consents.change({ id, by, to: 'revoked' }));
      expectValue(await consents.change({ id, by, to: 'revoked' }));
      expect(expectValue(await consents.evidence(id)).states).toHaveLength(1);
    });

    test('wished by many at once happens once', async () => {
      const { document } = await agreed(stage);
      const { id } = document;
      const wishes = Array.from({ length: 5 }, () =>
        consents.change({ id, by: { personId: world.alice }, to: 'revoked' }),
      );
      for (const outcome of await Promise.all(wishes)) expect(outcome).toMatchObject({ ok: true });
      expect(expectValue(await consents.evidence(id)).states).toHaveLength(1);
    });

    test.each(['active', 'paused'] as const)('from revoked back to %s is refused', async (to) => {
      const { document } = await agreed(stage);
      const by = { personId: world.alice };
      expectValue(await consents.change({ id: document.id, by, to: 'revoked' }));
      const back = await consents.change({ id: document.id, by, to });
      expect(back).toMatchObject({ refusal: { code: 'consent.transition' } });
    });

    test('by the recipient can only give it back', async () => {
      const { document } = await agreed(stage);
      const { id } = document;
      const pause = await consents.change({ id, by: { clientId }, to: 'paused' });
      expect(pause).toMatchObject({ refusal: { code: 'consent.transition' } });
      const revoke = await consents.change({ id, by: { clientId }, to: 'revoked' });
      expect(revoke).toMatchObject({ value: { state: 'revoked' } });
    });

    test('by anybody else finds no such consent', async () => {
      const { document } = await agreed(stage);
      const { id } = document;
      const other = await consents.change({ id, by: { clientId: 'other-bank' }, to: 'revoked' });
      expect(other).toMatchObject({ refusal: { code: 'consent.unknown' } });
      const bob = await consents.change({ id, by: { personId: world.bob }, to: 'revoked' });
      expect(bob).toMatchObject({ refusal: { code: 'consent.not-yours' } });
    });
  });

  describe('the end of its life', () => {
    test('counts before anything was written', async () => {
      const { document } = await agreed(stage);
      world.clock.advance(30 * DAY_MS);
      const allowed = await consents.allowing({ id: document.id, clientId });
      expect(allowed).toMatchObject({ refusal: { code: 'consent.expired' } });
      const resumed = await consents.change({ id: document.id, by: { personId: world.alice }, to: 'paused' });
      expect(resumed).toMatchObject({ refusal: { code: 'consent.transition' } });
    });

    test('is written and told by the clock, not a moment early', async () => {
      const { document } = await agreed(stage);
      const { id } = document;
      const early = await consents.change({ id, by: 'clock', to: 'expired' });
      expect(early).toMatchObject({ refusal: { code: 'consent.transition', rule: 'not-due' } });
      world.clock.advance(30 * DAY_MS);
      expect(await consents.change({ id, by: 'clock', to: 'expired' })).toMatchObject({ ok: true });
      expect(expectValue(await consents.evidence(id)).states).toHaveLength(1);
      expect(await stage.events()).toContain('consent.expired');
    });
  });

  describe('a consent allows', () => {
    test('its recipient while it is active', async () => {
      const evidence = await agreed(stage);
      const { id } = evidence.document;
      expect(await consents.allowing({ id, clientId })).toEqual({ ok: true, value: evidence });
      expectValue(await consents.change({ id, by: { personId: world.alice }, to: 'paused' }));
      expect(await consents.allowing({ id, clientId })).toMatchObject({
        refusal: { code: 'consent.paused' },
      });
      expectValue(await consents.change({ id, by: { personId: world.alice }, to: 'revoked' }));
      expect(await consents.allowing({ id, clientId })).toMatchObject({
        refusal: { code: 'consent.revoked' },
      });
    });

    test('nobody else', async () => {
      const { document } = await agreed(stage);
      const other = await consents.allowing({ id: document.id, clientId: 'other-bank' });
      expect(other).toMatchObject({ refusal: { code: 'consent.unknown' } });
    });

    test('nobody before she agreed', async () => {
      const id = await requested(stage);
      expect(await consents.allowing({ id, clientId })).toMatchObject({
        refusal: { code: 'consent.not-active' },
      });
    });
  });

  describe('her list', () => {
    test('is hers alone, newest first, page by page', async () => {
      const ids = [];
      for (let count = 0; count < 3; count++) {
        world.clock.advance(1000);
        ids.unshift((await agreed(stage)).document.id);
      }
      const first = await consents.ofPerson({ personId: world.alice, limit: 2 });
      expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2));
      const after = first.at(-1)?.id ?? '';
      const second = await consents.ofPerson({ personId: world.alice, after, limit: 2 });
      expect(second.map(({ id }) => id)).toEqual(ids.slice(2));
      expect(await consents.ofPerson({ personId: world.bob, limit: 2 })).toEqual([]);
    });

    test('shows of an agreed consent what was granted, and no sealed subject', async () => {
      const { document } = await agreed(stage);
      const view = expectValue(await consents.view({ id: document.id, personId: world.alice }));
      expect(view.services.map(({ fields }) => fields.map(({ name }) => name))).toEqual([
        ['dateOfBirth', 'nameEn', 'sex'],
        ['address'],
      ]);
      expect(view.services.map(({ subject }) => subject)).toEqual([null, null]);
      const other = await consents.view({ id: document.id, personId: world.bob });
      expect(other).toMatchObject({ refusal: { code: 'consent.not-yours' } });
    });
  });

  describe('a withdrawal by the recipient', () => {
    test('revokes, and serves once', async () => {
      const { document } = await agreed(stage);
      const withdrawal = await world.withdrawal({ consent_id: document.id });
      expect(await consents.withdraw(withdrawal)).toMatchObject({ value: { state: 'revoked' } });
      const again = await consents.withdraw(withdrawal);
      expect(again).toMatchObject({ refusal: { code: 'consent.withdrawal-replayed' } });
    });

    test.each([
      ['for another platform', { aud: 'https://elsewhere.test' }, 'consent.withdrawal-malformed'],
      ['of two minutes ago', { iat: 1_780_286_280 }, 'consent.withdrawal-expired'],
      ['without a name of its own', { jti: 'short' }, 'consent.withdrawal-malformed'],
      ['by a client nobody knows', { iss: 'nobody' }, 'consent.client-not-admitted'],
    ])('%s does not count', async (_name, change, code) => {
      const { document } = await agreed(stage);
      const withdrawal = await world.withdrawal({ consent_id: document.id, ...change });
      expect(await consents.withdraw(withdrawal)).toMatchObject({ refusal: { code } });
      expect(await consents.allowing({ id: document.id, clientId })).toMatchObject({ ok: true });
    });

    test('under a key that is not the bank’s does not count', async () => {
      const { document } = await agreed(stage);
      const { privateKey } = keyPair('bank-sig', 'sig');
      const forged = { kid: 'bank-sig', algorithm: 'ES256', privateKey } as const;
      const withdrawal = await world.withdrawal({ consent_id: document.id }, forged);
      const outcome = await consents.withdraw(withdrawal);
      expect(outcome).toMatchObject({ refusal: { code: 'consent.withdrawal-signature' } });
    });
  });

  test('each party is told of each change, and she sees who has not answered', async () => {
    const { document } = await agreed(stage);
    const { id } = document;
    expectValue(await consents.change({ id, by: { personId: world.alice }, to: 'revoked' }));
    const told = expectValue(await consents.deliveries({ id, personId: world.alice }));
    expect(told).toHaveLength(6);
    expect(told.every(({ acknowledgedAt }) => acknowledgedAt === null)).toBe(true);
    const other = await consents.deliveries({ id, personId: world.bob });
    expect(other).toMatchObject({ refusal: { code: 'consent.not-yours' } });
  });
}
