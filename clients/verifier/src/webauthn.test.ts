import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { utf8 } from './bytes.ts';
import type { Checked } from './checked.ts';
import { sha256 } from './digest.ts';
import { thumbprint } from './jwk.ts';
import { type AssertionChanges, createTestPasskey, derOf, type TestPasskey } from './testing/test-keys.ts';
import { rawFromDer, verifyAssertion } from './webauthn.ts';

const rp = { id: 'praya.example', origins: ['https://praya.example'] };
const at = { id: rp.id, origin: 'https://praya.example' };
const codeOf = (answer: Checked<unknown>) => (answer.ok ? 'ok' : answer.refusal.code);

describe('an assertion', () => {
  let passkey: TestPasskey;
  let challenge: Uint8Array;
  beforeAll(async () => {
    passkey = await createTestPasskey(at);
    challenge = await sha256(utf8('what she agreed to'));
  });
  const check = (assertion: unknown) => verifyAssertion(assertion, { challenge, rp });

  it.each(['ES256', 'EdDSA', 'RS256'] as const)(
    'of a passkey with %s verifies and names its key',
    async (kind) => {
      const key = await createTestPasskey(at, kind);
      const answer = await check(await key.assert(challenge));
      expect(answer).toMatchObject({
        ok: true,
        value: { thumbprint: await thumbprint(key.jwk), signCount: 0 },
      });
    },
  );

  it('verifies every time, whatever the length of its DER signature', async () => {
    for (let time = 0; time < 40; time += 1) {
      expect(codeOf(await check(await passkey.assert(challenge)))).toBe('ok');
    }
  });

  it.each<[string, AssertionChanges]>([
    ['webauthn.type-wrong', { clientData: { type: 'webauthn.create' } }],
    ['webauthn.challenge-wrong', { clientData: { challenge: 'b3RoZXI' } }],
    ['webauthn.origin-wrong', { clientData: { origin: 'https://praya.example.evil' } }],
    ['webauthn.origin-wrong', { clientData: { crossOrigin: true } }],
    ['webauthn.rp-wrong', { rpId: 'evil.example' }],
    ['webauthn.user-not-present', { flags: 0x04 }],
    ['webauthn.user-not-verified', { flags: 0x01 }],
  ])('is refused with %s: %o', async (code, changes) => {
    expect(codeOf(await check(await passkey.assert(challenge, changes)))).toBe(code);
  });

  it('over another challenge is refused', async () => {
    const assertion = await passkey.assert(await sha256(utf8('something else')));
    expect(codeOf(await check(assertion))).toBe('webauthn.challenge-wrong');
  });

  it('of another key, or with changed data, is refused', async () => {
    const assertion = await passkey.assert(challenge);
    const other = await createTestPasskey(at);
    const wrong = 'webauthn.signature-wrong';
    expect(codeOf(await check({ ...assertion, publicKey: other.jwk }))).toBe(wrong);
    const data = decodeBase64url(assertion.authenticatorData) ?? new Uint8Array();
    data[36] = 9;
    expect(codeOf(await check({ ...assertion, authenticatorData: encodeBase64url(data) }))).toBe(wrong);
    const raw = rawFromDer(decodeBase64url(assertion.signature) ?? new Uint8Array()) ?? new Uint8Array();
    expect(codeOf(await check({ ...assertion, signature: encodeBase64url(raw) }))).toBe(wrong);
  });

  it('of malformed data is refused as malformed, and never throws', async () => {
    const assertion = await passkey.assert(challenge);
    const malformed: unknown[] = [
      null,
      7,
      [],
      {},
      { ...assertion, publicKey: { kty: 'oct', k: 'AA' } },
      { ...assertion, clientDataJSON: 'not base64url!' },
      { ...assertion, clientDataJSON: encodeBase64url(utf8('[]')) },
      { ...assertion, clientDataJSON: encodeBase64url(Uint8Array.of(0xff)) },
      { ...assertion, clientDataJSON: encodeBase64url(utf8('{')) },
      { ...assertion, authenticatorData: encodeBase64url(new Uint8Array(36)) },
      { ...assertion, signature: 'A'.repeat(2001) },
    ];
    for (const value of malformed) expect(codeOf(await check(value))).toBe('webauthn.malformed');
  });
});

describe('a DER signature', () => {
  it('becomes r ‖ s again', () => {
    const half = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .filter((bytes) => bytes.some((byte) => byte !== 0));
    fc.assert(
      fc.property(half, half, (r, s) => {
        const raw = Uint8Array.of(...r, ...s);
        expect(rawFromDer(derOf(raw))).toEqual(raw);
      }),
    );
  });

  it.each([
    ['nothing', []],
    ['another tag', [0x31, 6, 2, 1, 1, 2, 1, 1]],
    ['a wrong length', [0x30, 7, 2, 1, 1, 2, 1, 1]],
    ['a long form of a short length', [0x30, 0x81, 6, 2, 1, 1, 2, 1, 1]],
    ['a negative number', [0x30, 6, 2, 1, 0x80, 2, 1, 1]],
    ['a needless zero', [0x30, 7, 2, 2, 0, 1, 2, 1, 1]],
    ['an r of zero', [0x30, 6, 2, 1, 0, 2, 1, 1]],
    ['an empty number', [0x30, 5, 2, 0, 2, 1, 1]],
    ['one number', [0x30, 3, 2, 1, 1]],
    ['something after it', [0x30, 7, 2, 1, 1, 2, 1, 1, 0]],
    ['a number of 33 bytes', [0x30, 38, 2, 33, ...Array.from({ length: 33 }, () => 1), 2, 1, 1]],
  ])('is not %s', (_, bytes) => {
    expect(rawFromDer(Uint8Array.from(bytes))).toBeNull();
  });
});
