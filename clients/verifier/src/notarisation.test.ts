import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type NotarisationCheckName, type NotarisationVerdict, verifyNotarisation } from './notarisation.ts';
import { notarisedStateAt } from './notarisation-history.ts';
import {
  type BuiltNotarisation,
  buildNotarisation,
  createNotaryCast,
  type NotarisationChanges,
  type NotaryCast,
  notaryTrustListOf,
  STORY,
  storyDigest,
} from './testing/notarisation-builder.ts';
import { storyInstant } from './testing/receipt-builder.ts';
import { createTestKey, type TestKey } from './testing/test-keys.ts';
import { createTestWitnesses } from './testing/test-witnesses.ts';

const ALL: readonly NotarisationCheckName[] = [
  'trust-list',
  'statement-signatures',
  'history',
  'inclusion-proofs',
  'log-signatures',
  'witnesses',
];

let cast: NotaryCast;
let receipt: BuiltNotarisation;
let stranger: TestKey;
let otherPolicy: string;
beforeAll(async () => {
  cast = await createNotaryCast();
  receipt = await buildNotarisation(cast);
  stranger = await createTestKey();
  otherPolicy = (await createTestWitnesses()).policy;
});

const verify = (value: unknown, digest?: string) =>
  verifyNotarisation(value, { anchor: cast.anchor, ...(digest === undefined ? {} : { digest }) });
const findingOf = (verdict: NotarisationVerdict, name: NotarisationCheckName) => {
  const check = verdict.checks.find((candidate) => candidate.name === name);
  return check?.ok ? 'ok' : `${check?.code} ${check?.detail ?? ''}`.trim();
};

describe('a notarisation that is right', () => {
  it('holds in every check and says what was notarised', async () => {
    const verdict = await verify(receipt);
    expect(verdict.checks).toEqual(ALL.map((name) => ({ name, ok: true })));
    expect(verdict.ok).toBe(true);
    expect(verdict.record).toMatchObject({
      record: 'ntr_1',
      kind: 'licence',
      digest: await storyDigest(),
      issuer: { id: 'org_persons' },
    });
    expect(verdict.record?.history.map(({ state }) => state)).toEqual(['active', 'suspended', 'active']);
    expect(verdict.record?.places.map(({ origin }) => origin)).toEqual(Array(3).fill('praya.example/log'));
  });

  it('is the same as JSON text', async () => {
    expect(await verify(JSON.stringify(receipt))).toEqual(await verify(receipt));
  });

  it('knows its document, and no other', async () => {
    expect(findingOf(await verify(receipt, await storyDigest()), 'document')).toBe('ok');
    const other = await verify(receipt, 'A'.repeat(43));
    expect(findingOf(other, 'document')).toBe('notarisation.document-wrong notarisation.digest-wrong');
    expect([other.ok, other.record]).toEqual([false, null]);
  });

  it('of a chain of approvals has statements of several organisations', async () => {
    const statements = [
      { state: 'pending', kind: 'approval' },
      { state: 'pending', kind: 'approval', issuer: 'org_bank' },
      { state: 'active', kind: 'approval' },
    ];
    const verdict = await verify(await buildNotarisation(cast, { statements }));
    expect(verdict.ok).toBe(true);
    expect(verdict.record?.history.map(({ issuer }) => issuer)).toEqual([
      'org_persons',
      'org_bank',
      'org_persons',
    ]);
  });

  it('says how the record stands at each instant', async () => {
    const statements = [
      { state: 'active' },
      { state: 'revoked', at: storyInstant(60), effectiveFrom: storyInstant(600) },
      { state: 'active', at: storyInstant(120) },
      { state: 'suspended', at: storyInstant(180), effectiveFrom: storyInstant(90) },
    ];
    const history = (await verify(await buildNotarisation(cast, { statements }))).record?.history ?? [];
    const standing = [-1, 0, 89, 90, 150, 700].map((seconds) =>
      notarisedStateAt(history, new Date(storyInstant(seconds))),
    );
    expect(standing).toEqual([null, 'active', 'active', 'suspended', 'suspended', 'suspended']);
  });
});

describe('a notarisation whose signatures hold but whose meaning is wrong', () => {
  const story = (at: number, change: object) => ({
    statements: STORY.map((one, place) => (place === at ? { ...one, ...change } : one)),
  });
  const listed = (change: object) => {
    const issuerKeys = notaryTrustListOf(cast).issuerKeys.map((key) => ({ ...key, ...change }));
    return { trust: { issuerKeys } };
  };
  it.each<[NotarisationCheckName, string, () => NotarisationChanges]>([
    ['statement-signatures', 'trust.key-unknown', () => ({ signer: stranger })],
    ['statement-signatures', 'trust.key-unknown', () => listed({ purpose: 'consent' })],
    ['statement-signatures', 'trust.key-not-valid-then', () => listed({ revokedAt: storyInstant(30) })],
    ['statement-signatures', 'trust.key-not-valid-then', () => listed({ validFrom: storyInstant(30) })],
    [
      'statement-signatures',
      'cose.signature-wrong',
      () => ({ signer: { ...stranger, kid: cast.notary.kid } }),
    ],
    ['statement-signatures', 'trust.organisation-unknown', () => story(0, { issuer: 'org_nobody' })],
    ['statement-signatures', 'trust.expired', () => ({ trust: { validUntil: storyInstant(100) } })],
    ['statement-signatures', 'notarisation.claims-wrong', () => ({ claims: { issuer: 'org_bank' } })],
    ['statement-signatures', 'notarisation.claims-wrong', () => ({ claims: { subject: 'ntr_2' } })],
    ['statement-signatures', 'notarisation.malformed', () => ({ claims: { contentType: 'text/plain' } })],
    ['statement-signatures', 'notarisation.malformed', () => ({ unprotected: new Map([[99, 'unsigned']]) })],
    ['statement-signatures', 'notarisation.malformed', () => story(1, { type: 'praya.notarisation.v2' })],
    ['statement-signatures', 'notarisation.malformed', () => story(1, { state: 'lost' })],
    ['statement-signatures', 'notarisation.malformed', () => story(1, { salt: 'short' })],
    ['statement-signatures', 'notarisation.malformed', () => ({ json: (it) => JSON.stringify(it, null, 1) })],
    ['history', 'notarisation.chain-broken', () => story(0, { record: 'ntr_2' })],
    ['history', 'notarisation.chain-broken', () => story(1, { revision: 3 })],
    ['history', 'notarisation.chain-broken', () => story(1, { previous: null })],
    ['history', 'notarisation.chain-broken', () => story(1, { previous: 'A'.repeat(43) })],
    ['history', 'notarisation.chain-broken', () => story(0, { previous: 'A'.repeat(43) })],
    ['history', 'notarisation.chain-broken', () => story(2, { kind: 'file' })],
    ['history', 'notarisation.chain-broken', () => story(2, { digest: 'A'.repeat(43) })],
    ['history', 'notarisation.chain-broken', () => story(2, { at: storyInstant(30) })],
    ['history', 'notarisation.transition-wrong', () => story(0, { state: 'revoked' })],
    ['history', 'notarisation.transition-wrong', () => story(1, { state: 'pending' })],
    ['history', 'notarisation.transition-wrong', () => story(1, { state: 'active' })],
    ['history', 'notarisation.transition-wrong', () => story(1, { state: 'revoked' })],
    ['history', 'notarisation.transition-wrong', () => story(1, { state: 'rejected' })],
    ['log-signatures', 'note.origin-wrong', () => ({ trust: { logs: [] } })],
    ['witnesses', 'receipt.not-witnessed', () => ({ trust: { witnessPolicy: otherPolicy } })],
  ])('is caught by %s: %s', async (name, detail, changes) => {
    const verdict = await verify(await buildNotarisation(cast, changes()));
    expect([verdict.ok, verdict.record]).toEqual([false, null]);
    expect(findingOf(verdict, name)).toBe(`notarisation.${name}-wrong ${detail}`);
  });
});

describe('a notarisation with pieces that belong elsewhere', () => {
  const swapped = (change: (pieces: BuiltNotarisation['statements']) => readonly object[]) => ({
    ...receipt,
    statements: change(receipt.statements),
  });
  it.each<[NotarisationCheckName, string, () => unknown]>([
    ['history', 'notarisation.chain-broken', () => swapped(([, ...rest]) => rest)],
    ['history', 'notarisation.chain-broken', () => swapped((all) => [...all].reverse())],
    ['history', 'notarisation.chain-broken', () => ({ ...receipt, record: 'ntr_2' })],
    [
      'inclusion-proofs',
      'merkle.root-mismatch',
      () => swapped((all) => all.map((one) => ({ ...one, proof: all[0]?.proof }))),
    ],
    [
      'inclusion-proofs',
      'proof.extra-unexpected',
      () =>
        swapped((all) =>
          all.map((one) => ({ ...one, proof: one.proof.replace('\nindex', '\nextra AAAA\nindex') })),
        ),
    ],
  ])('is caught by %s: %s', async (name, detail, build) => {
    const verdict = await verify(build());
    expect(verdict.ok).toBe(false);
    expect(findingOf(verdict, name)).toBe(`notarisation.${name}-wrong ${detail}`);
  });

  it('without any statement shows nothing', async () => {
    const verdict = await verify({ ...receipt, statements: [] });
    expect(verdict.ok).toBe(false);
    expect(findingOf(verdict, 'statement-signatures')).toBe('notarisation.statement-signatures-missing');
    expect(findingOf(verdict, 'inclusion-proofs')).toBe('notarisation.inclusion-proofs-missing');
  });

  it('under another anchor proves nothing', async () => {
    const other = await createTestKey('EdDSA');
    const verdict = await verifyNotarisation(receipt, { anchor: { kid: cast.anchor.kid, jwk: other.jwk } });
    expect(findingOf(verdict, 'trust-list')).toBe('notarisation.trust-list-wrong jws.signature-wrong');
    expect(findingOf(verdict, 'statement-signatures')).toBe(
      'notarisation.statement-signatures-not-checked trust-list',
    );
  });

  it('that leaves out its last statement still verifies: a withheld one is not seen offline', async () => {
    expect((await verify(swapped((all) => all.slice(0, 2)))).ok).toBe(true);
  });
});

describe('a byte changed in a notarisation', () => {
  const texts = (r: BuiltNotarisation) => [
    ...r.statements.flatMap((_, at) => [
      { at, piece: 'statement' as const },
      { at, piece: 'proof' as const },
    ]),
    { at: 0, piece: 'trust' as const },
    { at: 0, piece: 'record' as const },
  ];

  it('is caught wherever it is, whatever it becomes', async () => {
    const places = texts(receipt);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 32, max: 126 }), async (which, where, code) => {
        const { at, piece } = places[which % places.length] ?? { at: 0, piece: 'record' };
        const change = (text: string) => {
          const place = where % text.length;
          const other = String.fromCharCode(code === text.charCodeAt(place) ? code ^ 1 : code);
          return text.slice(0, place) + other + text.slice(place + 1);
        };
        const changed =
          piece === 'trust' || piece === 'record'
            ? { ...receipt, [piece]: change(receipt[piece]) }
            : {
                ...receipt,
                statements: receipt.statements.map((one, n) =>
                  n === at ? { ...one, [piece]: change(one[piece]) } : one,
                ),
              };
        const verdict = await verify(changed);
        expect([verdict.ok, verdict.record]).toEqual([false, null]);
        expect(verdict.checks.some(({ ok, code: named }) => !ok && named !== undefined)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what is no notarisation', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 7],
    ['an empty object', {}],
    ['another type', { type: 'praya.receipt.v1' }],
    ['broken JSON', '{"type":'],
    ['a bigint', { type: 'praya.notarisation-receipt.v1', record: 1n }],
  ])('is refused by its shape: %s', async (_, value) => {
    expect(await verify(value)).toEqual({
      ok: false,
      checks: [{ name: 'shape', ok: false, code: 'notarisation.shape-wrong' }],
      record: null,
    });
  });

  it('never makes the verifier throw, whatever stands in its members', async () => {
    const names = ['type', 'record', 'statements', 'trust'] as const;
    const pieces = fc.oneof(
      fc.jsonValue(),
      fc.string().map((statement) => [{ statement, proof: statement }]),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), pieces, async (name, value) => {
        const verdict = await verify({ ...receipt, [name]: value });
        expect(verdict.ok).toBe(JSON.stringify(value) === JSON.stringify(receipt[name]));
      }),
      { numRuns: 200 },
    );
  });
});
