import { describe, expect, it } from 'vitest';
import { claimsOf, readSign1, verifySign1 } from './cose.ts';
import type { PublicJwk } from './jwk.ts';
import { type TestCbor, testCbor, testSign1 } from './testing/test-cose.ts';
import { createTestKey } from './testing/test-keys.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

// Key and messages as published in github.com/cose-wg/Examples: RFC8152/Appendix_C_2_1, ecdsa-examples/ecdsa-sig-01,
// sign1-tests/sign-pass-01, -02, sign-fail-02.
const ecKey: PublicJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8',
  y: 'IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4',
};
const edKey: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const CONTENT = 'This is the content.';
const BODY = '54546869732069732074686520636F6E74656E742E';
const HEAD = `D28443A10126A104423131${BODY}5840`;
const PUBLISHED = `${HEAD}8EB33E4CA31D1C465AB05AAC34CC6B23D58FEF5C083106C4D25A91AEF0B0117E2AF9A291AA32E14AB834DC56ED2A223444547E01F11D3B0916E5A4C345CACB36`;

async function verdictOf(hex: string, jwk: PublicJwk): Promise<string> {
  const message = readSign1(bytesOf(hex));
  const answer = message.ok ? await verifySign1(message.value, { jwk }) : message;
  return answer.ok ? new TextDecoder().decode(answer.value) : answer.refusal.code;
}

describe('a published message', () => {
  it.each([
    ['of RFC 8152 C.2.1', PUBLISHED, ecKey],
    [
      'with a content type',
      `D28445A201260300A104423131${BODY}5840EAE868ECC176883766C5DC5BA5B8DCA25DAB3C2E56A551CE5705B793914348E172727F48461FABBBA2E343492DDECAC3983686250BC68E9F1A7A07D41225B59F`,
      ecKey,
    ],
  ])('%s is checked', async (_, hex, jwk) => {
    expect(await verdictOf(hex, jwk)).toBe(CONTENT);
  });

  it.each([
    ['by another key', PUBLISHED, edKey, 'cose.alg-wrong'],
    [
      'whose payload was changed',
      'D28443A10126A10442313154546869732069732074686520636F6E74656E742F5840EAE868ECC176883766C5DC5BA5B8DCA25DAB3C2E56A551CE5705B793914348E19F43D6C6BA654472DA301B645B293C9BA939295B97C4BDB847782BFF384C5794',
      ecKey,
      'cose.signature-wrong',
    ],
    [
      'with external data, which we do not use',
      `${HEAD}EAE868ECC176883766C5DC5BA5B8DCA25DAB3C2E56A551CE5705B793914348E155388B10C4F1B59A6733EAB416870A945111A4B2FBDBEF33A77234B1DEFF2F9B`,
      ecKey,
      'cose.signature-wrong',
    ],
    [
      'whose algorithm nobody signed',
      `D28441A0A2012604423131${BODY}5840EAE868ECC176883766C5DC5BA5B8DCA25DAB3C2E56A551CE5705B793914348E11A02E5F0344BF2D4EE5C7FD75A68A9F5E0B3CC1F1FC1409C189566586FF9D610`,
      ecKey,
      'cose.alg-wrong',
    ],
  ])('%s is refused', async (_, hex, jwk, code) => {
    expect(await verdictOf(hex, jwk)).toBe(code);
  });
});

describe('a message', () => {
  const labels = (...members: readonly [number, TestCbor][]) => new Map(members);
  const payload = new TextEncoder().encode('signed');
  const readingOf = (value: TestCbor) => {
    const read = readSign1(testCbor(value));
    return read.ok ? 'ok' : read.refusal.code;
  };

  it('is signed under the newer numbers of its algorithm, too', async () => {
    for (const [kind, alg] of [
      ['ES256', -9],
      ['EdDSA', -19],
    ] as const) {
      const key = await createTestKey(kind);
      const bytes = await testSign1(key, { header: labels([1, alg]), payload });
      expect(await verdictOf(Buffer.from(bytes).toString('hex'), key.jwk)).toBe('signed');
    }
  });

  it('is of one shape', () => {
    const [header, empty] = [testCbor(labels([1, -7])), labels()];
    const parts = [header, empty, payload, new Uint8Array(64)] as const;
    expect(readingOf({ tag: 18, value: parts })).toBe('ok');
    for (const wrong of [
      parts,
      { tag: 98, value: parts },
      { tag: 18, value: parts.slice(0, 3) },
      { tag: 18, value: [...parts, null] },
      { tag: 18, value: ['text', ...parts.slice(1)] },
      { tag: 18, value: [testCbor([]), ...parts.slice(1)] },
      { tag: 18, value: [header, [], ...parts.slice(2)] },
      { tag: 18, value: [header, empty, 'text', new Uint8Array(64)] },
      { tag: 18, value: [header, empty, payload, null] },
      { tag: 18, value: [header, labels([1, -8]), payload, new Uint8Array(64)] },
    ]) {
      expect(readingOf(wrong)).toBe('cose.malformed');
    }
  });

  it('that says `crit` is read only when we know what is critical', () => {
    const of = (critical: TestCbor) => [testCbor(labels([1, -7], [2, critical])), labels(), payload, payload];
    expect(readingOf({ tag: 18, value: of([1, 395]) })).toBe('ok');
    expect(readingOf({ tag: 18, value: of([999]) })).toBe('cose.header-unsupported');
    expect(readingOf({ tag: 18, value: of('1') })).toBe('cose.header-unsupported');
  });

  it('has its payload in one place', async () => {
    const key = await createTestKey();
    const about = { header: labels([1, -7]), payload };
    for (const detached of [true, false]) {
      const message = readSign1(await testSign1(key, { ...about, detached }));
      if (!message.ok) throw new Error(message.refusal.code);
      const { jwk } = key;
      const [within, beside] = [
        await verifySign1(message.value, { jwk }),
        await verifySign1(message.value, { jwk, detached: payload }),
      ];
      const wrong = { ok: false, refusal: { code: 'cose.payload-wrong' } };
      expect([within, beside]).toEqual(
        detached ? [wrong, { ok: true, value: payload }] : [{ ok: true, value: payload }, wrong],
      );
    }
  });

  it('is checked by a key that can check, and by nothing else', async () => {
    const message = readSign1(bytesOf(PUBLISHED));
    if (!message.ok) throw new Error(message.refusal.code);
    for (const jwk of [null, 'key', {}, { ...ecKey, d: 'secret' }]) {
      expect(await verifySign1(message.value, { jwk })).toMatchObject({
        refusal: { code: 'cose.key-unknown' },
      });
    }
    expect(claimsOf(message.value)).toEqual({ issuer: null, subject: null });
  });
});
