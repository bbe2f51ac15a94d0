import { generateKeyPairSync } from 'node:crypto';
import { inclusionReceipt, signRoot } from '@praya/scitt/receipt';
import { signerOf } from '@praya/scitt/signer';
import { signStatement, transparentStatement } from '@praya/scitt/statement';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { logKeysOf } from './cose-receipt.ts';
import { readStatement, statementEntry } from './signed-statement.ts';
import { createNotaryCast, type NotaryCast, notaryTrustListOf } from './testing/notarisation-builder.ts';
import { testCbor, testReceipt, testStatement } from './testing/test-cose.ts';
import { createTestKey } from './testing/test-keys.ts';
import {
  type StatementCheckName,
  type StatementVerdict,
  verifyTransparentStatement,
} from './transparent-statement.ts';

const payload = new TextEncoder().encode('{"says":"something"}');
const about = { issuer: 'org_persons', subject: 'ntr_1', payload };

let cast: NotaryCast;
let trust: string;
let statement: Uint8Array;
let receipt: Uint8Array;
let transparent: Uint8Array;
beforeAll(async () => {
  cast = await createNotaryCast();
  trust = await cast.anchor.sign('praya-trust-list+jws', notaryTrustListOf(cast));
  statement = await testStatement(cast.notary, about);
  receipt = await receiptOf(statement);
  transparent = transparentStatement(statement, [receipt]);
});

async function receiptOf(signed: Uint8Array): Promise<Uint8Array> {
  const read = readStatement(signed);
  if (!read.ok) throw new Error(read.refusal.code);
  const index = cast.log.append(await statementEntry(read.value));
  const [root, path] = await Promise.all([cast.log.root(), cast.log.pathOf(index)]);
  return testReceipt(cast.log.key, { issuer: cast.log.origin, root, size: cast.log.size(), index, path });
}
const verify = (bytes: Uint8Array) => verifyTransparentStatement(bytes, { anchor: cast.anchor, trust });
const findingOf = (verdict: StatementVerdict, name: StatementCheckName) => {
  const check = verdict.checks.find((candidate) => candidate.name === name);
  return check?.ok ? 'ok' : `${check?.code} ${check?.detail ?? ''}`.trim();
};

describe('a transparent statement', () => {
  it('holds by the trust list and says what was stated and where it is', async () => {
    const verdict = await verify(transparent);
    expect(verdict.checks).toEqual(
      ['trust-list', 'statement-signature', 'log-receipt'].map((name) => ({ name, ok: true })),
    );
    expect(verdict.statement).toEqual({ ...about, contentType: 'application/json' });
    expect(verdict.places).toMatchObject([{ issuer: 'praya.example/log' }]);
  });

  it('holds by the keys alone', async () => {
    const by = { issuerKey: cast.notary.jwk, logKeyOf: logKeysOf([cast.log]) };
    const verdict = await verifyTransparentStatement(transparent, by);
    expect(verdict.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['statement-signature', true],
      ['log-receipt', true],
    ]);
    const other = await createTestKey();
    const wrong = await verifyTransparentStatement(transparent, { ...by, issuerKey: other.jwk });
    expect(findingOf(wrong, 'statement-signature')).toBe(
      'statement.statement-signature-wrong cose.signature-wrong',
    );
    expect([wrong.ok, wrong.statement, wrong.places]).toEqual([false, null, []]);
  });

  it('of several receipts holds when every one of them holds', async () => {
    const both = transparentStatement(statement, [receipt, receipt]);
    expect((await verify(both)).places).toHaveLength(2);
    const foreign = await receiptOf(await testStatement(cast.notary, { ...about, subject: 'ntr_2' }));
    const verdict = await verify(transparentStatement(statement, [receipt, foreign]));
    expect(findingOf(verdict, 'log-receipt')).toBe('statement.log-receipt-wrong cose.signature-wrong');
  });

  it('without a receipt says that it is missing', async () => {
    expect(findingOf(await verify(statement), 'log-receipt')).toBe('statement.log-receipt-missing');
  });

  it('by a key that the trust list does not give a notary is refused', async () => {
    const stranger = await createTestKey();
    const signed = await testStatement(stranger, about);
    const verdict = await verify(transparentStatement(signed, [await receiptOf(signed)]));
    expect(findingOf(verdict, 'statement-signature')).toBe(
      'statement.statement-signature-wrong cose.key-unknown',
    );
    expect(findingOf(verdict, 'log-receipt')).toBe('ok');
  });

  it('under another anchor proves nothing', async () => {
    const other = await createTestKey('EdDSA');
    const anchor = { kid: cast.anchor.kid, jwk: other.jwk };
    const verdict = await verifyTransparentStatement(transparent, { anchor, trust });
    expect(findingOf(verdict, 'trust-list')).toBe('statement.trust-list-wrong jws.signature-wrong');
    expect(findingOf(verdict, 'log-receipt')).toBe('statement.log-receipt-not-checked trust-list');
  });

  it('with any byte changed is refused by name', async () => {
    for (let at = 0; at < transparent.length; at += 1) {
      const changed = Uint8Array.from(transparent);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const verdict = await verify(changed);
      expect([verdict.ok, verdict.statement, verdict.places], `byte ${at}`).toEqual([false, null, []]);
      expect(verdict.checks.some(({ ok, code }) => !ok && code !== undefined)).toBe(true);
    }
  });

  it('of any bytes never throws', async () => {
    const opening = fc.constantFrom([], [0xd2, 0x84], [0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26, 0xa0]);
    await fc.assert(
      fc.asyncProperty(opening, fc.uint8Array({ maxLength: 100 }), async (head, tail) => {
        expect((await verify(Uint8Array.from([...head, ...tail]))).ok).toBe(false);
      }),
    );
  });
});

describe('a statement', () => {
  const claims = new Map([
    [1, 'org_persons'],
    [2, 'ntr_1'],
  ]);
  const sign1 = (
    header: Map<number, unknown>,
    rest: { unprotected?: Map<number, unknown>; body?: null } = {},
  ) =>
    testCbor({
      tag: 18,
      value: [
        testCbor(header as never),
        (rest.unprotected ?? new Map()) as never,
        rest.body === null ? null : payload,
        new Uint8Array(64),
      ],
    });

  it.each<[string, () => Uint8Array]>([
    ['without claims', () => sign1(new Map([[1, -7]]))],
    ['without a subject', () => sign1(new Map<number, unknown>([[15, new Map([[1, 'org_persons']])]]))],
    ['with an empty issuer', () => sign1(new Map<number, unknown>([[15, new Map([...claims, [1, '']])]]))],
    [
      'whose issuer is a number',
      () => sign1(new Map<number, unknown>([[15, new Map<number, unknown>([...claims, [1, 7]])]])),
    ],
    ['whose payload is elsewhere', () => sign1(new Map([[15, claims]]), { body: null })],
    [
      'whose content type is bytes',
      () =>
        sign1(
          new Map<number, unknown>([
            [15, claims],
            [3, payload],
          ]),
        ),
    ],
    [
      'with an empty list of receipts',
      () => sign1(new Map([[15, claims]]), { unprotected: new Map([[394, []]]) }),
    ],
    [
      'whose receipts are not wrapped',
      () => sign1(new Map([[15, claims]]), { unprotected: new Map([[394, ['x']]]) }),
    ],
    [
      'with too many receipts',
      () => sign1(new Map([[15, claims]]), { unprotected: new Map([[394, Array(17).fill(payload)]]) }),
    ],
  ])('%s is none', (_, build) => {
    expect(readStatement(build())).toMatchObject({ refusal: { code: 'statement.malformed' } });
  });

  it('has the same entry with its receipts and without', async () => {
    const entries = [statement, transparent].map(async (bytes) => {
      const read = readStatement(bytes);
      return read.ok ? statementEntry(read.value) : null;
    });
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(statement)));
    expect(await Promise.all(entries)).toEqual([digest, digest]);
  });
});

describe('what our own writer makes', () => {
  it('is what the verifier reads, whoever signs and whatever is said', async () => {
    const notary = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const log = generateKeyPairSync('ed25519');
    const [issuerKey, logKey] = [notary, log].map(({ publicKey }) => publicKey.export({ format: 'jwk' }));
    const signingKey = signerOf({ kid: 'key-1', algorithm: 'ES256', privateKey: notary.privateKey });
    const logSigner = signerOf({
      kid: Uint8Array.of(1, 2, 3, 4),
      algorithm: 'EdDSA',
      privateKey: log.privateKey,
    });
    const name = fc.string({ minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(name, name, fc.uint8Array({ maxLength: 70_000 }), async (issuer, subject, body) => {
        const signed = signStatement({
          signingKey,
          payload: body,
          issuer,
          subject,
          contentType: 'text/plain',
        });
        const read = readStatement(signed);
        if (!read.ok) throw new Error(read.refusal.code);
        expect(read.value).toMatchObject({ issuer, subject, keyId: 'key-1', contentType: 'text/plain' });
        const entry = await statementEntry(read.value);
        const leaf = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from([0, ...entry])));
        const root = signRoot(logSigner, { issuer: 'log.example', root: leaf });
        const whole = transparentStatement(signed, [inclusionReceipt(root, { size: 1, index: 0, path: [] })]);
        const verdict = await verifyTransparentStatement(whole, {
          issuerKey,
          logKeyOf: async () => logKey as never,
        });
        expect(verdict.checks.every(({ ok }) => ok)).toBe(true);
        expect(verdict.places).toMatchObject([{ issuer: 'log.example', size: 1, index: 0 }]);
      }),
      { numRuns: 50 },
    );
  });
});
