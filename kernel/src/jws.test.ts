import { generateKeyPairSync, sign } from 'node:crypto';
import { CompactSign } from 'jose';
import { expect, test } from 'vitest';
import { claimedKeyId, claimedPayload, signJws, verifyJws } from './jws.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
const jwk = { kty: 'EC', crv: 'P-256', x, y };
const signer = { kid: 'k1', algorithm: 'ES256', privateKey } as const;
const typ = 'test+jws';

test('what was signed is read back, whatever the order of its members', async () => {
  const text = await signJws(signer, { typ, payload: { b: 1, a: '海旁' } });
  expect(await verifyJws(text, { typ, jwk })).toEqual({ a: '海旁', b: 1 });
  expect(claimedKeyId(text)).toBe('k1');
  expect(claimedPayload(text)).toEqual({ a: '海旁', b: 1 });
});

test('a signature for one purpose does not serve another', async () => {
  const text = await signJws(signer, { typ, payload: {} });
  expect(await verifyJws(text, { typ: 'other+jws', jwk })).toBeUndefined();
});

test('a signature by another key does not count', async () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const text = await signJws({ ...signer, privateKey: other }, { typ, payload: {} });
  expect(await verifyJws(text, { typ, jwk })).toBeUndefined();
});

test('an edited payload does not count', async () => {
  const [header, , signature] = (await signJws(signer, { typ, payload: { sum: 1 } })).split('.');
  const payload = Buffer.from('{"sum":2}').toString('base64url');
  expect(await verifyJws(`${header}.${payload}.${signature}`, { typ, jwk })).toBeUndefined();
});

test('the algorithm is the key’s, not the header’s', async () => {
  const none = `${Buffer.from('{"alg":"none","typ":"test+jws"}').toString('base64url')}.e30.`;
  expect(await verifyJws(none, { typ, jwk })).toBeUndefined();
  const secret = new TextEncoder().encode(x);
  const symmetric = await new CompactSign(new TextEncoder().encode('{}'))
    .setProtectedHeader({ alg: 'HS256', typ })
    .sign(secret);
  expect(await verifyJws(symmetric, { typ, jwk })).toBeUndefined();
});

test.each(['', 'a.b', 'a.b.c', '.'.repeat(9)])('%j is no JWS', async (text) => {
  expect(await verifyJws(text, { typ, jwk })).toBeUndefined();
  expect(claimedKeyId(text)).toBeUndefined();
  expect(claimedPayload(text)).toBeUndefined();
});

test('a payload that is not encoded is refused: it could say one thing to who decodes it and another to who verifies it', async () => {
  const hidden = Buffer.from('   {"iss":"one"}').toString('base64url');
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'k1', typ, b64: false, crit: ['b64'] }));
  const input = `${header.toString('base64url')}.{"":"${hidden}=","iss":"another"}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const text = `${input}.${signature.toString('base64url')}`;
  expect(claimedPayload(text)).toEqual({ iss: 'one' });
  expect(await verifyJws(text, { typ, jwk })).toBeUndefined();
});
