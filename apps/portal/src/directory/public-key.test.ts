import { expect, it } from 'vitest';
import { readPublicKey } from './public-key.ts';

const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
  'sign',
  'verify',
]);
const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
const spki = Buffer.from(await crypto.subtle.exportKey('spki', pair.publicKey)).toString('base64');
const pem = `-----BEGIN PUBLIC KEY-----\n${spki.match(/.{1,64}/g)?.join('\n')}\n-----END PUBLIC KEY-----\n`;

it('reads the same key from a JWK and from a PEM, named by its thumbprint', async () => {
  const fromJwk = await readPublicKey(JSON.stringify(jwk));
  expect(fromJwk).toMatchObject({ kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y });
  expect(await readPublicKey(pem)).toEqual(fromJwk);
});

it('keeps the name that a JWK gives itself, and nothing else of it', async () => {
  const read = await readPublicKey(JSON.stringify({ ...jwk, kid: 'bank-2027', key_ops: ['verify'] }));
  expect(Object.keys(read).sort()).toEqual(['crv', 'kid', 'kty', 'x', 'y']);
  expect(read.kid).toBe('bank-2027');
});

it('turns a private key away', async () => {
  const secret = await crypto.subtle.exportKey('jwk', pair.privateKey);
  await expect(readPublicKey(JSON.stringify(secret))).rejects.toMatchObject({ key: 'key.private' });
  await expect(readPublicKey('-----BEGIN PRIVATE KEY-----')).rejects.toMatchObject({ key: 'key.private' });
});

it.each([
  '',
  'nonsense',
  '{}',
  '{"kty":"RSA","n":"AQAB","e":"AQAB"}',
  '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
])('does not take %j for a key', async (pasted) => {
  await expect(readPublicKey(pasted)).rejects.toMatchObject({ key: 'key.wrong' });
});
