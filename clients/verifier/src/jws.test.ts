import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { utf8 } from './bytes.ts';
import type { Checked } from './checked.ts';
import { isPublicJwk, signatureHolds, thumbprint } from './jwk.ts';
import { decodeJws, verifyJws } from './jws.ts';
import { createTestKey, type TestKey } from './testing/test-keys.ts';

const typ = 'praya-test+jws';
const codeOf = (answer: Checked<unknown>) => (answer.ok ? 'ok' : answer.refusal.code);
const part = (value: unknown) => encodeBase64url(utf8(JSON.stringify(value)));

describe('a JWS', () => {
  let es256: TestKey;
  let ed25519: TestKey;
  let rsa: TestKey;
  beforeAll(async () => {
    [es256, ed25519, rsa] = await Promise.all([
      createTestKey('ES256'),
      createTestKey('EdDSA'),
      createTestKey('RS256'),
    ]);
  });
  const verify = (jws: unknown, ...keys: TestKey[]) => verifyJws(jws, { typ, keys });

  it('verifies by the key that it names, on P-256 and on Ed25519', async () => {
    for (const key of [es256, ed25519]) {
      const answer = await verify(await key.sign(typ, { hello: '海旁' }), es256, ed25519);
      expect(answer).toMatchObject({
        ok: true,
        value: { payload: { hello: '海旁' }, header: { kid: key.kid } },
      });
    }
  });

  it('of an Ed25519 key may use the name of RFC 9864 for its algorithm', async () => {
    expect(codeOf(await verify(await ed25519.sign(typ, {}, { alg: 'Ed25519' }), ed25519))).toBe('ok');
  });

  it('is refused when any one character of it is another', async () => {
    const jws = await es256.sign(typ, { amount: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: jws.length - 1 }),
        fc.constantFrom('A', 'b', '.', '_', '='),
        async (at, character) => {
          const changed = jws.slice(0, at) + character + jws.slice(at + 1);
          expect((await verify(changed, es256)).ok).toBe(changed === jws);
        },
      ),
    );
  });

  it.each([
    ['none', 'jws.alg-wrong'],
    ['HS256', 'jws.alg-wrong'],
    ['RS256', 'jws.alg-wrong'],
    ['EdDSA', 'jws.alg-wrong'],
    ['es256', 'jws.alg-wrong'],
  ])('with alg %s by a P-256 key is refused: %s', async (alg, code) => {
    expect(codeOf(await verify(await es256.sign(typ, {}, { alg }), es256))).toBe(code);
  });

  it('without a signature and with alg none is refused', async () => {
    const head = part({ alg: 'none', kid: es256.kid, typ });
    expect(codeOf(await verify(`${head}.${part({})}.`, es256))).toBe('jws.alg-wrong');
  });

  it('by an RSA key is refused: they sign assertions only', async () => {
    expect(codeOf(await verify(await rsa.sign(typ, {}), rsa))).toBe('jws.alg-wrong');
  });

  it('of another typ, of an unknown key, or by another key under this kid is refused', async () => {
    expect(codeOf(await verify(await es256.sign('other', {}), es256))).toBe('jws.typ-wrong');
    expect(codeOf(await verify(await es256.sign(typ, {}), ed25519))).toBe('jws.key-unknown');
    const impostor = await createTestKey();
    const jws = await impostor.sign(typ, {}, { kid: es256.kid });
    expect(codeOf(await verify(jws, es256))).toBe('jws.signature-wrong');
  });

  it('never takes its key from its own header', async () => {
    const impostor = await createTestKey();
    const jws = await impostor.sign(typ, {}, { jwk: impostor.jwk });
    expect(codeOf(await verify(jws, es256))).toBe('jws.key-unknown');
  });

  it.each(['crit', 'b64'])('with the header %s is refused', async (name) => {
    const jws = await es256.sign(typ, {}, { [name]: name === 'crit' ? ['exp'] : false });
    expect(codeOf(await verify(jws, es256))).toBe('jws.header-unsupported');
  });

  it.each([
    ['nothing', ''],
    ['no text', 7],
    ['null', null],
    ['two parts', 'a.b'],
    ['four parts', 'a.b.c.d'],
    ['a header that is no JSON', 'YQ.e30.'],
    ['a payload that is a list', `${part({ alg: 'ES256', kid: 'k', typ })}.${part([])}.`],
    ['a header without kid', `${part({ alg: 'ES256', typ })}.${part({})}.`],
    ['a header without typ', `${part({ alg: 'ES256', kid: 'k' })}.${part({})}.`],
    ['padding', `${part({ alg: 'ES256', kid: 'k', typ })}.e30=.`],
    [
      'a payload of half surrogates',
      `${part({ alg: 'ES256', kid: 'k', typ })}.${encodeBase64url(utf8('{"a":"\\ud800"}'))}.`,
    ],
    [
      'a payload nested too deep',
      `${part({ alg: 'ES256', kid: 'k', typ })}.${encodeBase64url(utf8(`{"a":${'['.repeat(50)}${']'.repeat(50)}}`))}.`,
    ],
    ['a payload that is not UTF-8', `${part({ alg: 'ES256', kid: 'k', typ })}._w.`],
  ])('is not one: %s', (_, jws) => {
    expect(codeOf(decodeJws(jws))).toBe('jws.malformed');
  });

  it('longer than its limit is not read', () => {
    expect(codeOf(decodeJws('a'.repeat(200_001)))).toBe('jws.too-large');
    expect(codeOf(decodeJws('a'.repeat(11), 10))).toBe('jws.too-large');
  });
});

describe('a public key', () => {
  it('checks the example signature of RFC 7515 appendix A.3', async () => {
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    } as const;
    const input =
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
    const signature = decodeBase64url(
      'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
    );
    if (signature === null) throw new Error('the example is base64url');
    expect(await signatureHolds(jwk, { message: utf8(input), signature })).toBe(true);
    expect(await signatureHolds(jwk, { message: utf8(`${input}A`), signature })).toBe(false);
  });

  it('has the thumbprint of RFC 7638 §3.1 (RSA) and RFC 8037 appendix A.3 (Ed25519)', async () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    expect(await thumbprint({ kty: 'RSA', n, e: 'AQAB' })).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    );
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(await thumbprint({ kty: 'OKP', crv: 'Ed25519', x })).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    );
  });

  it.each([
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }],
    ['another curve', { kty: 'EC', crv: 'P-384', x: 'A'.repeat(64), y: 'A'.repeat(64) }],
    ['a short coordinate', { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'A'.repeat(43) }],
    ['a private member', { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43) }],
    [
      'an RSA modulus of 1024 bits',
      { kty: 'RSA', n: encodeBase64url(new Uint8Array(128).fill(255)), e: 'AQAB' },
    ],
    ['null', null],
  ])('is not %s', (_, jwk) => {
    expect(isPublicJwk(jwk)).toBe(false);
  });

  it('that is no point of its curve proves nothing', async () => {
    const key = await createTestKey();
    const jwk = { ...key.jwk, y: 'A'.repeat(43) };
    const answer = await verifyJws(await key.sign(typ, {}), { typ, keys: [{ kid: key.kid, jwk }] });
    expect(codeOf(answer)).toBe('jws.signature-wrong');
  });
});
