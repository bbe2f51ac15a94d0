import { signJws } from '@praya/kernel/jws';
import type { ExchangeRelay } from '../checks/relay.ts';
import { type Connector, signerFor } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import type { TrustList } from '../trust/list.ts';

/**
 * Our word that we refused this request, and why.
 *
 * Shape  JWS `praya-refusal+jws` { iss, aud: the issuer, act, consent_digest, request_digest, code, iat }
 */
export function signRefusal(
  connector: Connector,
  trust: TrustList,
  about: { readonly relay: ExchangeRelay; readonly code: ConnectorRefusal },
): Promise<string> {
  const { act, consent_digest, request_digest } = about.relay;
  return signJws(signerFor(connector, trust), {
    typ: 'praya-refusal+jws',
    payload: {
      iss: connector.config.organisation,
      aud: trust.issuer,
      act,
      consent_digest,
      request_digest,
      code: about.code,
      iat: Math.floor(connector.now().getTime() / 1000),
    },
  });
}
