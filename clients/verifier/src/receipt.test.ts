import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { type ReceiptVerdict, verifyReceipt } from './receipt.ts';
import type { CheckName } from './receipt-checks.ts';
import {
  type BuiltReceipt,
  buildReceipt,
  type Cast,
  createCast,
  storyInstant,
} from './testing/receipt-builder.ts';

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
  'witnesses',
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

describe('a receipt that is right', () => {
  it('of an exchange holds in all eleven checks and says what happened', async () => {
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
    ['witnesses', { log: null }],
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
