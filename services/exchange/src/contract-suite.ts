import { canonicalJson, digest, sha256, textDigest } from '@praya/kernel/canonical';
import { claimedPayload } from '@praya/kernel/jws';
import { expectValue } from '@praya/kernel/result';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Exchange } from './contract.ts';
import { CLIENT, createWorld, keyPair, OFFER, sealedTo, type World } from './test-world.ts';

/** The facts that hold for the room and for its double. */
export function exchangeSuite(build: (world: World) => Promise<Exchange>): void {
  let world: World;
  let exchange: Exchange;
  beforeEach(async () => {
    world = createWorld();
    exchange = await build(world);
    await world.offer(exchange);
  });
  const send = (consentId: string, request: string) =>
    exchange.request({ clientId: CLIENT, consentIds: [consentId], request });
  const acts = () => exchange.actsOf({ personId: world.alice, limit: 50 });

  describe('a data request', () => {
    test('is relayed, checked, put on the ledger and answered with its receipt', async () => {
      const { document, digest, token } = await world.give();
      const request = await world.ask(document.id);
      const { act, response, payload, receipt } = expectValue(await send(document.id, request));
      expect(payload).toBe(sealedTo('bank-enc'));
      expect(receipt).toMatchObject({
        consent: token,
        states: [],
        request,
        response,
        trust: 'trust.list.jws',
      });
      expect(receipt.act).toMatchObject({
        id: act,
        kind: 'exchange',
        consent_digest: digest,
        request_digest: textDigest(request),
        response_digest: textDigest(response),
      });
      expect(await acts()).toMatchObject([
        { id: act, outcome: 'done', code: null, service: 'persons.identity' },
      ]);
    });

    test('leaves a commitment on the ledger that its record and salt open', async () => {
      const { document } = await world.give();
      const { receipt } = expectValue(await send(document.id, await world.ask(document.id)));
      const salt = Buffer.from(receipt.salt, 'base64url');
      expect(salt).toHaveLength(32);
      const commitment = sha256(Buffer.concat([salt, Buffer.from(canonicalJson(receipt.act))]));
      expect(expectValue(await world.ledger.append(commitment)).index).toBe(receipt.log.index);
    });

    test('tells the connector the act, the consent and the count', async () => {
      const { document, digest } = await world.give();
      const request = await world.ask(document.id);
      expectValue(await send(document.id, await world.ask(document.id)));
      const { act } = expectValue(await send(document.id, request));
      const { url, relay, state } = world.connector.calls[1] ?? {};
      expect(url).toBe('http://persons.test/praya/v1/exchanges');
      expect(state).toBeNull();
      expect(relay).toMatchObject({
        aud: world.persons.id,
        act,
        consent_digest: digest,
        request_digest: textDigest(request),
        count: 2,
      });
    });

    test('sends the latest state along after a pause and a resumption', async () => {
      const { document } = await world.give();
      const by = { personId: world.alice };
      expectValue(await world.consents.change({ id: document.id, by, to: 'paused' }));
      expectValue(await world.consents.change({ id: document.id, by, to: 'active' }));
      const { receipt } = expectValue(await send(document.id, await world.ask(document.id)));
      expect(receipt.states).toHaveLength(2);
      expect(world.connector.calls[0]?.state).toBe(receipt.states[1]);
    });

    test.each([
      ['of another client', { iss: 'other-bank' }, 'exchange.client-mismatch'],
      ['for another exchange', { aud: 'https://elsewhere.test' }, 'exchange.request-audience'],
      ['of two minutes ago', { iat: 1_780_286_280, exp: 1_780_286_340 }, 'exchange.request-expired'],
      ['of two minutes ahead', { iat: 1_780_286_520, exp: 1_780_286_580 }, 'exchange.request-expired'],
      ['that would count for an hour', { exp: 1_780_290_000 }, 'exchange.request-malformed'],
      ['with a member too many', { more: 1 }, 'exchange.request-malformed'],
      ['without a name of its own', { jti: 'short' }, 'exchange.request-malformed'],
      ['for a service not consented', { service: 'companies.roles' }, 'exchange.service-not-consented'],
    ])('%s is refused before anything is relayed', async (_name, change, code) => {
      const { document } = await world.give();
      const outcome = await send(document.id, await world.ask(document.id, change));
      expect(outcome).toMatchObject({ refusal: { code } });
      expect(world.connector.calls).toEqual([]);
    });

    test('for a consent that the token does not stand for is refused', async () => {
      const [one, other] = [await world.give(), await world.give()];
      const outcome = await send(other.document.id, await world.ask(one.document.id));
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.token-not-for-consent' } });
    });

    test('serves once', async () => {
      const { document } = await world.give();
      const request = await world.ask(document.id);
      expectValue(await send(document.id, request));
      const again = await send(document.id, request);
      expect(again).toMatchObject({ refusal: { code: 'exchange.request-replayed' } });
      expect(world.connector.calls).toHaveLength(1);
    });

    test('signed by a stranger’s key under the bank’s kid is refused', async () => {
      const { document } = await world.give();
      const request = await world.ask(document.id, {}, keyPair('bank-sig', 'sig').signer);
      const outcome = await send(document.id, request);
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.request-signature' } });
    });

    test('signed by a revoked key is refused', async () => {
      const { document } = await world.give();
      for (const key of world.bank.keys) key.revokedAt = '2026-05-31T00:00:00Z';
      const outcome = await send(document.id, await world.ask(document.id));
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.key-revoked' } });
    });

    test('under a consent whose encryption key was revoked is refused, and kept in her list', async () => {
      const { document } = await world.give();
      for (const key of world.bank.keys) if (key.use === 'enc') key.revokedAt = '2026-05-31T00:00:00Z';
      const outcome = await send(document.id, await world.ask(document.id));
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.key-revoked' } });
      expect(world.connector.calls).toHaveLength(0);
    });

    test('of a suspended bank is refused', async () => {
      const { document } = await world.give();
      world.bank.suspendedAt = '2026-05-31T00:00:00Z';
      const outcome = await send(document.id, await world.ask(document.id));
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.client-suspended' } });
    });

    test.each([
      ['paused', 'consent.paused'],
      ['revoked', 'consent.revoked'],
      ['expired', 'consent.expired'],
    ] as const)('under a consent that is %s is refused, and she sees the attempt', async (state, code) => {
      const { document } = await world.give();
      if (state === 'expired') world.clock.advance(31 * 86_400_000);
      else {
        const by = { personId: world.alice };
        expectValue(await world.consents.change({ id: document.id, by, to: state }));
      }
      const outcome = await send(document.id, await world.ask(document.id));
      expect(outcome).toMatchObject({ refusal: { code } });
      expect(world.connector.calls).toEqual([]);
      expect((await acts())[0]).toMatchObject({ outcome: 'refused', code, consentId: document.id });
    });
  });

  describe('the count', () => {
    test('lets exactly as many through as she agreed to, also all at once', async () => {
      const { document } = await world.give({ max: 5, per: 'day' });
      const requests = await Promise.all(Array.from({ length: 20 }, () => world.ask(document.id)));
      const outcomes = await Promise.all(requests.map((request) => send(document.id, request)));
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(5);
      const refused = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.refusal.code]));
      expect(new Set(refused)).toEqual(new Set(['exchange.frequency-exceeded']));
      expect(world.connector.calls).toHaveLength(5);
    });

    test('begins anew on the next day, and is kept by service', async () => {
      const { document } = await world.give({ max: 1, per: 'day' });
      expect(await send(document.id, await world.ask(document.id))).toMatchObject({ ok: true });
      expect(await send(document.id, await world.ask(document.id))).toMatchObject({ ok: false });
      const other = await world.ask(document.id, { service: 'rates.address' });
      expect(await send(document.id, other)).toMatchObject({ ok: true });
      world.clock.advance(86_400_000);
      expect(await send(document.id, await world.ask(document.id))).toMatchObject({ ok: true });
    });

    test('gives a use back when the connector could not be called, and only then', async () => {
      const { document } = await world.give({ max: 1, per: 'total' });
      const away = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      world.connector.answer = () => Promise.reject(new TypeError('fetch failed', { cause: away }));
      const outcome = await send(document.id, await world.ask(document.id));
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.connector-unreachable' } });
      world.connector.answer = async () => new Response('no', { status: 500 });
      const failed = await send(document.id, await world.ask(document.id));
      expect(failed).toMatchObject({ refusal: { code: 'exchange.connector-refused' } });
      const spent = await send(document.id, await world.ask(document.id));
      expect(spent).toMatchObject({ refusal: { code: 'exchange.frequency-exceeded' } });
    });
  });

  describe('an answer of a connector', () => {
    const other = 'x'.repeat(43);
    test.each([
      ['with a field more', { fields: ['dateOfBirth', 'nameEn', 'sex'] }, 'exchange.response-fields'],
      ['with a field fewer', { fields: ['nameEn'] }, 'exchange.response-fields'],
      ['with the fields in another order', { fields: ['nameEn', 'dateOfBirth'] }, 'exchange.response-fields'],
      ['about somebody else', { subject_digest: other }, 'exchange.response-subject'],
      ['with another payload', { payload_digest: other }, 'exchange.response-binding'],
      ['to another request', { request_digest: other }, 'exchange.response-binding'],
      ['under another consent', { consent_digest: other }, 'exchange.response-binding'],
      ['under another consent id', { consent: 'con_x' }, 'exchange.response-binding'],
      ['for another act', { act: 'act_x' }, 'exchange.response-binding'],
      ['of another description', { schema_digest: other }, 'exchange.response-schema'],
      ['for another bank', { aud: 'other-bank' }, 'exchange.response-binding'],
      ['of another service', { service: 'rates.address' }, 'exchange.response-binding'],
      ['of another department', { iss: 'org_x' }, 'exchange.response-binding'],
      ['of another hour', { iat: 1_780_282_800 }, 'exchange.response-binding'],
      ['without its bindings', { request_digest: undefined }, 'exchange.response-binding'],
    ])('%s is not passed on', async (_name, claims, code) => {
      world.connector.answer = (relayed) => world.honest(relayed, { claims });
      await expectFailure(code);
    });

    test.each([
      ['in clear', JSON.stringify({ nameEn: 'CHAN' })],
      ['sealed to another key', sealedTo('someone-else')],
    ])('%s is not passed on', async (_name, payload) => {
      world.connector.answer = (relayed) => world.honest(relayed, { payload });
      await expectFailure('exchange.response-binding');
    });

    test('signed by a key that the directory does not have is not passed on', async () => {
      world.connector.answer = (relayed) =>
        world.honest(relayed, { signer: keyPair('persons-sig', 'sig').signer });
      await expectFailure('exchange.response-signature');
    });

    test('signed by another department is not passed on', async () => {
      world.connector.answer = (relayed) => world.honest(relayed, { signer: world.signer('rates-sig') });
      await expectFailure('exchange.response-signature');
    });

    test('signed for another purpose is not passed on', async () => {
      world.connector.answer = (relayed) => world.honest(relayed, { typ: 'praya-preview-response+jws' });
      await expectFailure('exchange.response-signature');
    });

    test('signed by a revoked key is not passed on', async () => {
      for (const key of world.persons.keys) key.revokedAt = '2026-05-31T00:00:00Z';
      await expectFailure('exchange.response-signature');
    });

    test.each([
      ['that is no JSON', () => new Response('<html>'), 'exchange.response-signature'],
      ['that lacks its parts', () => Response.json({ response: 'x' }), 'exchange.response-signature'],
      [
        'that points elsewhere',
        () => new Response(null, { status: 307, headers: { location: 'http://evil.test' } }),
        'exchange.connector-refused',
      ],
      [
        'that is a refusal',
        () => Response.json({ code: 'x' }, { status: 403 }),
        'exchange.connector-refused',
      ],
      ['that has no end', () => new Response('x'.repeat(1024 * 1024 + 1)), 'exchange.response-too-large'],
    ])('%s is not passed on', async (_name, answer, code) => {
      world.connector.answer = async () => answer();
      await expectFailure(code);
    });

    test('of a service that was declared anew while it answered is passed on', async () => {
      const { document } = await world.give();
      world.clock.advance(1000);
      const changed = { type: 'object', properties: { nameEn: { type: 'string', maxLength: 9 } } };
      const services = [{ ...OFFER, schema: changed, schemaDigest: digest(changed) }];
      let claims = { schema_digest: digest(changed) };
      world.connector.answer = async (relayed) => {
        expectValue(await exchange.declare(await world.declaration({ services })));
        return world.honest(relayed, { claims });
      };
      expect(await send(document.id, await world.ask(document.id))).toMatchObject({ ok: true });
      claims = { schema_digest: OFFER.schemaDigest };
      const stale = await send(document.id, await world.ask(document.id));
      expect(stale).toMatchObject({ refusal: { code: 'exchange.response-schema' } });
    });

    test('of a service that is offered no more is not passed on', async () => {
      expectValue(await exchange.declare(await world.declaration({ services: [] })));
      await expectFailure('exchange.response-schema');
    });

    test('from a suspended department is not asked for', async () => {
      world.persons.suspendedAt = '2026-05-31T00:00:00Z';
      await expectFailure('exchange.connector-unreachable');
      expect(world.connector.calls).toEqual([]);
    });

    async function expectFailure(code: string): Promise<void> {
      const { document } = await world.give();
      const outcome = await send(document.id, await world.ask(document.id));
      expect(outcome).toMatchObject({ ok: false, refusal: { code } });
      const [act] = await acts();
      expect(act).toMatchObject({ outcome: 'failed', code });
      const receipt = await exchange.receipt({ actId: act?.id ?? 'act_', personId: world.alice } as never);
      expect(receipt).toMatchObject({ refusal: { code: 'exchange.act-unknown' } });
    }
  });

  test('nothing is passed on while the ledger takes no evidence', async () => {
    const { document } = await world.give();
    world.ledger.busy = true;
    const outcome = await send(document.id, await world.ask(document.id));
    expect(outcome).toMatchObject({ refusal: { code: 'exchange.evidence-unavailable' } });
    expect((await acts())[0]).toMatchObject({ outcome: 'failed' });
  });

  describe('a receipt', () => {
    test('is rebuilt as it was given, for her and for the bank', async () => {
      const { document } = await world.give();
      const { act, receipt } = expectValue(await send(document.id, await world.ask(document.id)));
      const by = { personId: world.alice };
      expectValue(await world.consents.change({ id: document.id, by, to: 'revoked' }));
      expect(await exchange.receipt({ actId: act, personId: world.alice })).toEqual({
        ok: true,
        value: receipt,
      });
      expect(await exchange.receipt({ actId: act, clientId: CLIENT })).toEqual({ ok: true, value: receipt });
    });

    test('is not there for anybody else', async () => {
      const { document } = await world.give();
      const { act } = expectValue(await send(document.id, await world.ask(document.id)));
      const unknown = { refusal: { code: 'exchange.act-unknown' } };
      expect(await exchange.receipt({ actId: act, personId: world.bob })).toMatchObject(unknown);
      expect(await exchange.receipt({ actId: act, clientId: 'other-bank' })).toMatchObject(unknown);
      expect(await exchange.actsOf({ personId: world.bob, limit: 5 })).toEqual([]);
    });
  });

  describe('an agreement', () => {
    test('is an act with a receipt, recorded once', async () => {
      world.recording.exchange = exchange;
      const { document, digest, token } = await world.give();
      const about = { consentId: document.id, personId: world.alice, consentDigest: digest };
      await exchange.recordConsent({ ...about, at: world.clock().toISOString() });
      const list = await acts();
      expect(list).toMatchObject([
        { kind: 'consent', outcome: 'done', consentId: document.id, service: null },
      ]);
      const actId = list[0]?.id ?? ('act_' as never);
      const receipt = expectValue(await exchange.receipt({ actId, personId: world.alice }));
      expect(receipt).toMatchObject({ consent: token, request: null, response: null });
      expect(receipt.act).toMatchObject({ kind: 'consent', consent_digest: digest });
    });

    test('recorded while the ledger is busy is recorded later, in one place', async () => {
      world.recording.exchange = exchange;
      world.ledger.busy = true;
      await expect(world.give()).rejects.toThrow('evidence-pending');
      world.ledger.busy = false;
      const [view] = await world.consents.ofPerson({ personId: world.alice, limit: 1 });
      const { digest, document } = expectValue(await world.consents.evidence(view?.id ?? ('con_' as never)));
      const about = { consentId: document.id, personId: world.alice, consentDigest: digest };
      await Promise.all([1, 2, 3].map(() => exchange.recordConsent({ ...about, at: view?.decidedAt ?? '' })));
      expect(await acts()).toMatchObject([{ kind: 'consent', outcome: 'done' }]);
    });
  });

  test('an agreement whose recording died after the ledger had it keeps its place there', async () => {
    world.recording.exchange = exchange;
    const { append } = world.ledger;
    const places: number[] = [];
    world.ledger.append = async (commitment) => {
      places.push(expectValue(await append(commitment)).index);
      if (places.length === 1) throw new Error('The process died');
      return append(commitment);
    };
    await expect(world.give()).rejects.toThrow('evidence-pending');
    const [view] = await world.consents.ofPerson({ personId: world.alice, limit: 1 });
    const { digest, document } = expectValue(await world.consents.evidence(view?.id ?? ('con_' as never)));
    const about = { consentId: document.id, personId: world.alice, consentDigest: digest };
    await exchange.recordConsent({ ...about, at: view?.decidedAt ?? '' });
    expect(places).toEqual([0, 0]);
    expect(await acts()).toMatchObject([{ kind: 'consent', outcome: 'done' }]);
  });

  describe('a preview', () => {
    const ask = async (signIn: unknown, personId = world.alice) => {
      const consentId = await world.requested();
      return exchange.preview({ personId, consentId, service: 'persons.identity', signIn });
    };

    test('asks the connector for all fields and is an act of its own', async () => {
      world.connector.answer = (relayed) => world.honest(relayed, { payload: sealedTo('browser') });
      const shown = expectValue(await ask(world.signIn()));
      expect(shown.payload).toBe(sealedTo('browser'));
      const [call] = world.connector.calls;
      expect(call?.url).toBe('http://persons.test/praya/v1/previews');
      expect(call?.relay).toMatchObject({
        act: shown.act,
        fields: ['dateOfBirth', 'nameEn', 'sex'],
        subject_digest: textDigest(call?.subject ?? ''),
      });
      expect(await acts()).toMatchObject([{ kind: 'preview', outcome: 'done' }]);
      const receipt = expectValue(await exchange.receipt({ actId: shown.act, personId: world.alice }));
      expect(receipt).toMatchObject({ consent: null, request: null, response: shown.response });
    });

    test.each([
      ['of sixteen minutes ago', { at: '2026-06-01T03:44:00.000Z' }],
      ['of the future', { at: '2026-06-01T04:01:00.000Z' }],
      ['without a key of her browser', { previewKey: null }],
      ['at another platform', { issuer: 'https://elsewhere.test' }],
    ])('by a sign-in %s is not authorised', async (_name, change) => {
      const outcome = await ask(world.signIn(change));
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.preview-not-authorised' } });
      expect(world.connector.calls).toEqual([]);
    });

    test('of somebody else’s request is refused', async () => {
      expect(await ask(world.signIn(), world.bob)).toMatchObject({ refusal: { code: 'consent.not-yours' } });
    });

    test.each([
      ['with other fields', { fields: ['nameEn'] }, 'exchange.response-fields'],
      ['about somebody else', { subject_digest: 'x'.repeat(43) }, 'exchange.response-subject'],
      ['of another act', { act: 'act_x' }, 'exchange.response-binding'],
    ])('%s is not shown', async (_name, claims, code) => {
      world.connector.answer = (relayed) => world.honest(relayed, { claims });
      expect(await ask(world.signIn())).toMatchObject({ refusal: { code } });
    });

    test('is refused after twenty of one request', async () => {
      const consentId = await world.requested();
      const about = { personId: world.alice, consentId, service: 'persons.identity', signIn: world.signIn() };
      for (let count = 0; count < 20; count++) expectValue(await exchange.preview(about));
      const more = await exchange.preview(about);
      expect(more).toMatchObject({ refusal: { code: 'exchange.frequency-exceeded' } });
    });

    test('ends with the request', async () => {
      const { document } = await world.give();
      const about = { personId: world.alice, consentId: document.id, service: 'persons.identity' };
      const outcome = await exchange.preview({ ...about, signIn: world.signIn() });
      expect(outcome).toMatchObject({ refusal: { code: 'consent.not-requested' } });
    });
  });

  describe('the catalogue', () => {
    beforeEach(async () => {
      world = createWorld();
      exchange = await build(world);
    });

    test('offers what a department declared, and finds it in every language', async () => {
      const [declared] = expectValue(await exchange.declare(await world.declaration()));
      expect(declared).toMatchObject({ id: 'persons.identity', provider: world.persons.id });
      for (const search of ['resident', '繁', '简', 'IDENTITY']) {
        expect(await exchange.services({ search, limit: 5 })).toEqual([declared]);
      }
      expect(await exchange.services({ search: '100%', limit: 5 })).toEqual([]);
      expect(await exchange.services({ provider: world.rates.id, limit: 5 })).toEqual([]);
      expect(await exchange.services({ after: 'persons.identity', limit: 5 })).toEqual([]);
      expect(await exchange.service('persons.identity')).toEqual({ ok: true, value: declared });
      expect(await exchange.servicesById(['persons.identity', 'none.such'])).toEqual([declared]);
    });

    test('forgets a service that the next declaration leaves out', async () => {
      expectValue(await exchange.declare(await world.declaration()));
      world.clock.advance(1000);
      expectValue(await exchange.declare(await world.declaration({ services: [] })));
      const gone = await exchange.service('persons.identity');
      expect(gone).toMatchObject({ refusal: { code: 'exchange.service-unknown' } });
    });

    test('does not go back to an older declaration', async () => {
      const older = await world.declaration({ services: [] });
      world.clock.advance(1000);
      expectValue(await exchange.declare(await world.declaration()));
      const outcome = await exchange.declare(older);
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.declaration-invalid' } });
      expect(await exchange.service('persons.identity')).toMatchObject({ ok: true });
    });

    test('does not let a department declare another one’s service', async () => {
      expectValue(await exchange.declare(await world.declaration()));
      const taking = await world.declaration({ iss: world.rates.id }, world.signer('rates-sig'));
      const outcome = await exchange.declare(taking);
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.declaration-invalid' } });
      expect(await exchange.service('persons.identity')).toMatchObject({
        value: { provider: world.persons.id },
      });
    });

    test('takes none from who has no connector that could answer: a bank offers no data of residents', async () => {
      const services = [{ ...OFFER, id: 'persons.photograph' }];
      const taking = await world.declaration({ iss: world.bank.id, services }, world.signer('bank-sig'));
      const outcome = await exchange.declare(taking);
      expect(outcome).toMatchObject({
        refusal: { code: 'exchange.declaration-signature', rule: 'connector' },
      });
      const found = await exchange.service('persons.photograph');
      expect(found).toMatchObject({ refusal: { code: 'exchange.service-unknown' } });
    });

    test('says of a service whose it is by the signature, whatever the declaration says', async () => {
      const provider = world.rates.id;
      const [service] = (claimedPayload(await world.declaration()) as { services: object[] }).services;
      const boasting = await world.declaration({ services: [{ ...service, provider, more: 'words' }] });
      const [declared] = expectValue(await exchange.declare(boasting));
      expect(declared?.provider).toBe(world.persons.id);
      expect(declared).not.toHaveProperty('more');
    });

    test('takes no declaration that another signed, nor one of an hour ago', async () => {
      const forged = await exchange.declare(await world.declaration({}, world.signer('rates-sig')));
      expect(forged).toMatchObject({ refusal: { code: 'exchange.declaration-signature' } });
      const old = await world.declaration();
      world.clock.advance(3_600_000);
      expect(await exchange.declare(old)).toMatchObject({
        refusal: { code: 'exchange.declaration-invalid', field: 'iat' },
      });
    });

    test.each([
      ['is not one', 'nonsense'],
      ['has no services', { services: undefined }],
      ['is for another exchange', { aud: 'https://elsewhere.test' }],
      ['offers a service twice', { services: [{}, {}] }],
    ])('takes no declaration that %s', async (_name, change) => {
      const text = typeof change === 'string' ? change : await world.declaration(change);
      const outcome = await exchange.declare(text);
      expect(outcome).toMatchObject({ refusal: { code: 'exchange.declaration-invalid' } });
    });
  });
}
