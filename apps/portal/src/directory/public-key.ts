import type { PublicEcKey } from '@praya/kernel/jwk';
import { isPublicJwk, thumbprint } from '@praya/verifier/jwk';
import { SaidError } from '../parts/trouble.tsx';

const PEM = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/;

/** A public key on P-256 out of what an officer pasted: a JWK or a PEM. A private key is turned away unread. */
export async function readPublicKey(pasted: string): Promise<PublicEcKey> {
  if (/PRIVATE KEY/.test(pasted)) throw new SaidError('key.private');
  const pem = PEM.exec(pasted)?.[1];
  const jwk = pem === undefined ? parse(pasted) : await fromPem(pem);
  if (typeof jwk === 'object' && jwk !== null && 'd' in jwk) throw new SaidError('key.private');
  if (!isPublicJwk(jwk) || jwk.kty !== 'EC') throw new SaidError('key.wrong');
  const { kty, crv, x, y } = jwk;
  const named: unknown = Reflect.get(jwk, 'kid');
  const kid = typeof named === 'string' && named !== '' ? named : await thumbprint({ kty, crv, x, y });
  return { kty, crv, x, y, kid };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SaidError('key.wrong', { cause });
  }
}

async function fromPem(base64: string): Promise<unknown> {
  try {
    const bytes = Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (letter) => letter.charCodeAt(0));
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await crypto.subtle.importKey('spki', bytes, algorithm, true, ['verify']);
    return await crypto.subtle.exportKey('jwk', key);
  } catch (cause) {
    throw new SaidError('key.wrong', { cause });
  }
}
