import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { errors, Provider } from 'oidc-provider';
import type { Claim } from '../store/replays.ts';

/** The OAuth error for a second use: of the client's assertion, or else of a DPoP proof. */
export function replayError(id: string, claim: Claim): Error {
  const detail = claim === 'again' ? 'used before' : 'what was used before is no longer known';
  return isClientAssertion(id)
    ? new errors.InvalidClientAuth({ detail: `client assertion: ${detail}` })
    : new errors.InvalidDpopProof(`DPoP proof: ${detail}`);
}

// oidc-provider names a use by the hash of issuer and jti; so this tells which of the two it is about.
function isClientAssertion(id: string): boolean {
  const assertion: unknown = Provider.ctx?.oidc.params?.client_assertion;
  if (typeof assertion !== 'string') return false;
  try {
    const { iss, jti } = decodeJwt(assertion);
    return createHash('sha256').update(`${iss}${jti}`).digest('base64url') === id;
  } catch {
    return false;
  }
}
