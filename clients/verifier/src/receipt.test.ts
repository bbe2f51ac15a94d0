import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { type ReceiptVerdict, verifyReceipt } from './receipt.ts';
import type { CheckName } from './receipt-checks.ts';
import {
  type BuiltReceipt,
  buildReceipt,
  type Cast,
  type Changes,
  consentDocumentOf,
  createCast,
  storyInstant,
  storySeconds,
  trustListOf,
} from './testing/receipt-builder.ts';
import { createTestKey } from './testing/test-keys.ts';

const ALL: readonly CheckName[] = [
  'trust-list',
  'consent-signature',
  'citizen-signature',
  'state-chain',
  'request-signature',
  'provider-signature',
  'response-binds-consent',
  'commitment',
  'inclusion-proof',
  'log-signature',
];

let cast: Cast;
let receipt: BuiltReceipt;
beforeAll(async () => {
  cast = await createCast();
  receipt = await buildReceipt(cast);
});

const verify = (value: unknown) => verifyReceipt(value, { anchor: cast.anchor });
const namesOf = (verdict: ReceiptVerdict) => verdict.checks.map(({ name }) => name);
const findingOf = (verdict: ReceiptVerdict, name: CheckName) => {
  const check = verdict.checks.find((candidate) => candidate.name === name);
  return check?.ok ? 'ok' : `${check?.code} ${check?.detail ?? ''}`.trim();
};

/** The text with its middle character replaced. */
function nudged(text: string, at = Math.floor(text.length / 2)): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

/** A JWS with a byte of its signature changed. */
function nudgedSignature(jws: string): string {
  return nudged(jws, jws.length - 20);
}

describe('a receipt that is right', () => {
  it('of an exchange holds in all ten checks and says what happened', async () => {
    const verdict = await verify(receipt);
    expect(verdict.checks).toEqual(ALL.map((name) => ({ name, ok: true })));
    expect(verdict).toMatchObject({ ok: true, act: { id: 'act_1', kind: 'exchange' } });
  });

  it('is the same as JSON text', async () => {
    expect(await verify(JSON.stringify(receipt))).toEqual(await verify(receipt));
  });

  it('of a consent needs neither request nor response', async () => {
    const verdict = await verify(await buildReceipt(cast, { kind: 'consent' }));
    expect(verdict.ok).toBe(true);
    expect(namesOf(verdict)).toEqual([...ALL.slice(0, 4), ...ALL.slice(7)]);
  });

  it('of a preview needs no consent', async () => {
    const verdict = await verify(await buildReceipt(cast, { kind: 'preview' }));
    expect(verdict.ok).toBe(true);
    expect(namesOf(verdict)).toEqual(['trust-list', ...ALL.slice(5)]);
  });

  it('of a preview may show the consent that followed', async () => {
    const preview = await buildReceipt(cast, { kind: 'preview' });
    const verdict = await verify({ ...preview, consent: receipt.consent });
    expect(verdict.ok).toBe(true);
    expect(namesOf(verdict)).toContain('citizen-signature');
  });

  it('of an exchange keeps standing when the consent was revoked afterwards', async () => {
    const states = [
      { state: 'paused', at: storyInstant(10) },
      { state: 'active', at: storyInstant(20) },
      { state: 'revoked', at: storyInstant(600) },
    ];
    expect((await verify(await buildReceipt(cast, { states }))).ok).toBe(true);
  });

  it('of a revocation names the revision that revoked', async () => {
    const states = [{ state: 'revoked', at: storyInstant(30) }];
    const { jsonDigest } = await import('./digest.ts');
    const built = await buildReceipt(cast, { kind: 'consent', states });
    const payload = decodeBase64url(built.states[0]?.split('.')[1] ?? '') ?? new Uint8Array();
    const digest = await jsonDigest(JSON.parse(new TextDecoder().decode(payload)));
    const revoking = await buildReceipt(cast, { kind: 'consent', states, act: { consent_digest: digest } });
    expect((await verify({ ...revoking, states: built.states })).ok).toBe(true);
  });
});

describe('a byte changed in a receipt', () => {
  const token = (value: string | null) => value ?? '';
  it.each<[CheckName, string, (r: BuiltReceipt) => unknown]>([
    ['trust-list', 'jws.signature-wrong', (r) => ({ ...r, trust: nudgedSignature(r.trust) })],
    [
      'consent-signature',
      'jws.signature-wrong',
      (r) => ({ ...r, consent: nudgedSignature(token(r.consent)) }),
    ],
    [
      'request-signature',
      'jws.signature-wrong',
      (r) => ({ ...r, request: nudgedSignature(token(r.request)) }),
    ],
    [
      'provider-signature',
      'jws.signature-wrong',
      (r) => ({ ...r, response: nudgedSignature(token(r.response)) }),
    ],
    ['commitment', 'receipt.digest-wrong', (r) => ({ ...r, request: nudgedSignature(token(r.request)) })],
    ['commitment', 'receipt.digest-wrong', (r) => ({ ...r, response: nudgedSignature(token(r.response)) })],
    ['commitment', 'receipt.salt-malformed', (r) => ({ ...r, salt: r.salt.slice(1) })],
    ['inclusion-proof', 'merkle.root-mismatch', (r) => ({ ...r, salt: nudged(r.salt) })],
    ['inclusion-proof', 'merkle.root-mismatch', (r) => ({ ...r, act: { ...r.act, at: storyInstant(62) } })],
    ['inclusion-proof', 'merkle.root-mismatch', (r) => ({ ...r, act: { ...r.act, more: 1 } })],
    [
      'inclusion-proof',
      'merkle.root-mismatch',
      (r) => ({ ...r, log: { ...r.log, proof: r.log.proof.map((hash) => nudged(hash)) } }),
    ],
    ['inclusion-proof', 'merkle.proof-length', (r) => ({ ...r, log: { ...r.log, proof: [] } })],
    ['inclusion-proof', 'receipt.malformed', (r) => ({ ...r, log: { ...r.log, proof: ['?'] } })],
    ['inclusion-proof', 'merkle.index-out-of-range', (r) => ({ ...r, log: { ...r.log, index: 1e9 } })],
    ['inclusion-proof', 'merkle.index-out-of-range', (r) => ({ ...r, log: { ...r.log, index: '5' } })],
    [
      'log-signature',
      'note.origin-wrong',
      (r) => ({ ...r, log: { ...r.log, origin: 'another.example/log' } }),
    ],
    [
      'log-signature',
      'note.signature-wrong',
      (r) => ({ ...r, log: { ...r.log, checkpoint: r.log.checkpoint.replace(/\n\d+\n/, '\n4096\n') } }),
    ],
  ])('is caught by %s: %s', async (name, detail, change) => {
    const verdict = await verify(change(receipt));
    expect(verdict.ok).toBe(false);
    expect(verdict.act).toBeNull();
    expect(findingOf(verdict, name)).toBe(`receipt.${name}-wrong ${detail}`);
  });

  it('is caught wherever it is', async () => {
    const places = placesOf(receipt);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (which, at) => {
        const place = places[which % places.length] ?? [];
        const changed = structuredClone(receipt);
        changeAt(changed, place, (text) => nudged(text, at % text.length));
        expect((await verify(changed)).ok).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a receipt whose signatures hold but whose meaning is wrong', () => {
  it.each<[CheckName, string, () => Changes]>([
    ['trust-list', 'trust.expired', () => ({ trust: { validUntil: storyInstant(61) } })],
    ['trust-list', 'trust.malformed', () => ({ trust: { type: 'praya.trust-list.v2' } })],
    ['consent-signature', 'consent.issuer-wrong', () => ({ document: { issuer: 'https://evil.example' } })],
    ['consent-signature', 'consent.malformed', () => ({ document: { services: [] } })],
    ['consent-signature', 'consent.malformed', () => ({ document: { expiresAt: storyInstant(0) } })],
    ['citizen-signature', 'webauthn.challenge-wrong', () => ({ signedDocument: { other: 'document' } })],
    ['citizen-signature', 'webauthn.user-not-verified', () => ({ assertion: { flags: 1 } })],
    [
      'citizen-signature',
      'webauthn.origin-wrong',
      () => ({ assertion: { clientData: { origin: 'https://evil.example' } } }),
    ],
    ['state-chain', 'consent.not-active', () => ({ states: [{ state: 'revoked', at: storyInstant(30) }] })],
    ['state-chain', 'consent.not-active', () => ({ states: [{ state: 'paused', at: storyInstant(30) }] })],
    ['state-chain', 'consent.not-active', () => ({ document: { expiresAt: storyInstant(59) } })],
    [
      'state-chain',
      'consent.transition-wrong',
      () => ({
        states: [
          { state: 'revoked', at: storyInstant(70) },
          { state: 'active', at: storyInstant(80) },
        ],
      }),
    ],
    [
      'state-chain',
      'consent.chain-broken',
      () => ({ states: [{ state: 'paused', at: storyInstant(70), previous: 'A'.repeat(43) }] }),
    ],
    [
      'state-chain',
      'consent.chain-broken',
      () => ({ states: [{ state: 'paused', at: storyInstant(70), revision: 3 }] }),
    ],
    [
      'state-chain',
      'consent.chain-broken',
      () => ({ states: [{ state: 'paused', at: storyInstant(70), id: 'con_2' }] }),
    ],
    ['state-chain', 'consent.chain-broken', () => ({ states: [{ state: 'paused', at: storyInstant(-1) }] })],
    ['request-signature', 'request.consumer-wrong', () => ({ request: { iss: 'another-bank' } })],
    ['request-signature', 'request.audience-wrong', () => ({ request: { aud: 'https://evil.example' } })],
    ['request-signature', 'request.consent-wrong', () => ({ request: { consent_id: 'con_2' } })],
    ['request-signature', 'request.service-wrong', () => ({ request: { service: 'rates.assessment' } })],
    ['request-signature', 'request.life-wrong', () => ({ request: { exp: storySeconds(200) } })],
    ['request-signature', 'request.out-of-time', () => ({ act: { at: storyInstant(500) } })],
    ['request-signature', 'request.malformed', () => ({ request: { jti: 5 } })],
    ['provider-signature', 'trust.organisation-unknown', () => ({ response: { iss: 'org_other' } })],
    ['provider-signature', 'trust.key-unknown', () => ({ response: { iss: 'org_bank' } })],
    ['provider-signature', 'response.malformed', () => ({ response: { payload_digest: 'short' } })],
    ['response-binds-consent', 'response.act-wrong', () => ({ response: { act: 'act_2' } })],
    ['response-binds-consent', 'response.audience-wrong', () => ({ response: { aud: 'another-bank' } })],
    ['response-binds-consent', 'response.consent-wrong', () => ({ response: { consent: 'con_2' } })],
    [
      'response-binds-consent',
      'response.consent-wrong',
      () => ({ response: { consent_digest: 'A'.repeat(43) } }),
    ],
    [
      'response-binds-consent',
      'response.service-wrong',
      () => ({ response: { service: 'rates.assessment' } }),
    ],
    [
      'response-binds-consent',
      'response.request-wrong',
      () => ({ response: { request_digest: 'A'.repeat(43) } }),
    ],
    [
      'response-binds-consent',
      'response.subject-wrong',
      () => ({ response: { subject_digest: 'A'.repeat(43) } }),
    ],
    [
      'response-binds-consent',
      'response.fields-wrong',
      () => ({ response: { fields: ['address', 'dateOfBirth', 'nameEn'] } }),
    ],
    ['response-binds-consent', 'response.fields-wrong', () => ({ response: { fields: ['nameEn'] } })],
    [
      'response-binds-consent',
      'response.fields-wrong',
      () => ({ response: { fields: ['nameEn', 'nameEn'] } }),
    ],
    [
      'response-binds-consent',
      'response.provider-wrong',
      () => ({
        document: {
          services: consentDocumentOf(cast).services.map((service) => ({ ...service, provider: 'org_bank' })),
        },
      }),
    ],
    ['commitment', 'receipt.digest-wrong', () => ({ act: { consent_digest: 'A'.repeat(43) } })],
    ['commitment', 'receipt.digest-wrong', () => ({ act: { response_digest: null } })],
    ['commitment', 'receipt.act-malformed', () => ({ act: { type: 'praya.act.v2' } })],
    [
      'log-signature',
      'note.signature-missing',
      () => ({ trust: { log: { ...trustListOf(cast).log, vkey: strangerKey } } }),
    ],
    [
      'log-signature',
      'note.key-malformed',
      () => ({ trust: { log: { origin: cast.log.origin, vkey: 'x' } } }),
    ],
  ])('is caught by %s: %s', async (name, detail, changes) => {
    const verdict = await verify(await buildReceipt(cast, changes()));
    expect(findingOf(verdict, name)).toBe(`receipt.${name}-wrong ${detail}`);
    expect(verdict.ok).toBe(false);
  });

  const strangerKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';

  it('because a key was revoked or had ended by then is caught where it signed', async () => {
    const list = trustListOf(cast);
    const withKeys = (change: object) => ({
      issuerKeys: list.issuerKeys.map((key) => ({ ...key, ...change })),
      organisations: list.organisations.map((organisation) => ({
        ...organisation,
        keys: organisation.keys.map((key) => ({ ...key, ...change })),
      })),
    });
    const signatures = ['consent-signature', 'provider-signature'] as const;
    for (const change of [
      { revokedAt: storyInstant(-5) },
      { validUntil: storyInstant(-5) },
      { validFrom: storyInstant(3600) },
    ]) {
      const verdict = await verify(await buildReceipt(cast, { trust: withKeys(change) }));
      for (const name of signatures) {
        expect(findingOf(verdict, name)).toBe(`receipt.${name}-wrong trust.key-not-valid-then`);
      }
    }
    const later = await verify(
      await buildReceipt(cast, { trust: withKeys({ revokedAt: storyInstant(3600) }) }),
    );
    expect(later.ok).toBe(true);
  });

  it('because a consumer is no longer the organisation’s client is caught', async () => {
    const organisations = trustListOf(cast).organisations.map((organisation) => ({
      ...organisation,
      clients: [],
    }));
    const verdict = await verify(await buildReceipt(cast, { trust: { organisations } }));
    expect(findingOf(verdict, 'request-signature')).toBe(
      'receipt.request-signature-wrong trust.client-unknown',
    );
  });

  it('because another anchor signed its trust list proves nothing else either', async () => {
    const stranger = await createTestKey('EdDSA');
    const verdict = await verifyReceipt(receipt, { anchor: { kid: cast.anchor.kid, jwk: stranger.jwk } });
    expect(findingOf(verdict, 'trust-list')).toBe('receipt.trust-list-wrong jws.signature-wrong');
    expect(findingOf(verdict, 'consent-signature')).toBe('receipt.consent-signature-not-checked trust-list');
    expect(findingOf(verdict, 'log-signature')).toBe('receipt.log-signature-not-checked trust-list');
    expect(findingOf(verdict, 'inclusion-proof')).toBe('ok');
  });
});

describe('a receipt with a piece', () => {
  it.each<[CheckName, object]>([
    ['trust-list', { trust: null }],
    ['consent-signature', { consent: null }],
    ['citizen-signature', { consent: null }],
    ['state-chain', { states: null }],
    ['request-signature', { request: null }],
    ['provider-signature', { response: null }],
    ['response-binds-consent', { response: null }],
    ['commitment', { act: null }],
    ['commitment', { salt: null }],
    ['inclusion-proof', { log: null }],
    ['log-signature', { log: null }],
  ])('missing says so: %s, %o', async (name, change) => {
    const verdict = await verify({ ...receipt, ...change });
    expect(verdict.ok).toBe(false);
    expect(findingOf(verdict, name)).toBe(`receipt.${name}-missing`);
  });

  it('too many is caught: what nobody checks must not look checked', async () => {
    const consent = await buildReceipt(cast, { kind: 'consent' });
    const preview = await buildReceipt(cast, { kind: 'preview' });
    const unexpected = 'wrong receipt.piece-unexpected';
    const withRequest = await verify({ ...consent, request: receipt.request });
    expect(findingOf(withRequest, 'request-signature')).toBe(`receipt.request-signature-${unexpected}`);
    const withResponse = await verify({ ...consent, response: receipt.response });
    expect(findingOf(withResponse, 'provider-signature')).toBe(`receipt.provider-signature-${unexpected}`);
    const withStates = await verify({ ...preview, states: ['a.b.c'] });
    expect(findingOf(withStates, 'state-chain')).toBe(`receipt.state-chain-${unexpected}`);
  });

  it('of another kind of response is caught', async () => {
    const preview = await buildReceipt(cast, { kind: 'preview' });
    const verdict = await verify({ ...receipt, response: preview.response });
    expect(findingOf(verdict, 'provider-signature')).toBe('receipt.provider-signature-wrong jws.typ-wrong');
  });

  it('of another preview’s act or consent is caught', async () => {
    const other = await verify(await buildReceipt(cast, { kind: 'preview', response: { act: 'act_2' } }));
    expect(findingOf(other, 'response-binds-consent')).toContain('response.act-wrong');
    const preview = await buildReceipt(cast, { kind: 'preview', response: { consent: 'con_2' } });
    const verdict = await verify({ ...preview, consent: receipt.consent });
    expect(findingOf(verdict, 'response-binds-consent')).toContain('response.consent-wrong');
  });
});

describe('what is no receipt', () => {
  const circular: Record<string, unknown> = { type: 'praya.receipt.v1' };
  circular.self = circular;
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a list', []],
    ['an empty object', {}],
    ['another type', { type: 'praya.receipt.v2' }],
    ['broken JSON', '{"type":'],
    ['a circle', circular],
    [
      'a getter that throws',
      {
        type: 'praya.receipt.v1',
        get act() {
          throw new Error('hostile');
        },
      },
    ],
    ['a bigint', { type: 'praya.receipt.v1', act: 1n }],
    ['too long', { type: 'praya.receipt.v1', salt: 'a'.repeat(2_000_001) }],
  ])('is refused by its shape: %s', async (_, value) => {
    expect(await verify(value)).toEqual({
      ok: false,
      checks: [{ name: 'shape', ok: false, code: 'receipt.shape-wrong' }],
      act: null,
    });
  });

  it('never makes the verifier throw, whatever stands in its members', async () => {
    const member = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(receipt.consent, receipt.trust, receipt.request, '..'),
    );
    const names = ['consent', 'states', 'request', 'response', 'act', 'salt', 'log', 'trust'] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), member, async (name, value) => {
        const same = JSON.stringify(value) === JSON.stringify(receipt[name]);
        expect((await verify({ ...receipt, [name]: value })).ok).toBe(same);
      }),
      { numRuns: 100 },
    );
  });

  it('is also an act nested too deep to be hashed', async () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`);
    const verdict = await verify({ ...receipt, act: { ...receipt.act, deep } });
    expect(findingOf(verdict, 'commitment')).toBe('receipt.commitment-wrong verifier.fault');
  });

  it('is also one whose consent token hides another document in the same signature', async () => {
    const [head, , tail] = (receipt.consent ?? '').split('.');
    const body = encodeBase64url(new TextEncoder().encode('{"consent":{},"assertion":{}}'));
    const verdict = await verify({ ...receipt, consent: `${head}.${body}.${tail}` });
    expect(findingOf(verdict, 'consent-signature')).toBe(
      'receipt.consent-signature-wrong jws.signature-wrong',
    );
    expect(findingOf(verdict, 'commitment')).toBe('receipt.commitment-wrong receipt.digest-wrong');
  });
});

type Place = readonly (string | number)[];

/** The way to every text in a value. */
function placesOf(value: unknown, here: Place = []): Place[] {
  if (typeof value === 'string') return [here];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([name, member]) => placesOf(member, [...here, name]));
}

function changeAt(value: unknown, place: Place, change: (text: string) => string): void {
  const [name, ...rest] = place;
  if (typeof value !== 'object' || value === null || name === undefined) return;
  const member: unknown = Reflect.get(value, name);
  if (typeof member === 'string') Reflect.set(value, name, change(member));
  else changeAt(member, rest, change);
}
