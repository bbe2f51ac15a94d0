import type { Directory, Organisation } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import type { AdapterPayload } from 'oidc-provider';
import { DETAIL_TYPE, keysInForce } from '../rules.ts';

/** The clients of the authorisation server are what the directory says, asked anew for each request. */
export function createClientFinder(needs: {
  directory: Pick<Directory, 'organisationOfClient'>;
  portalClientId: string;
  now: Clock;
}): (clientId: string) => Promise<AdapterPayload | undefined> {
  return async (clientId) => {
    const found = await needs.directory.organisationOfClient(clientId);
    if (!found.ok || found.value.suspendedAt !== null) return undefined;
    return clientMetadata(found.value, { clientId, at: needs.now(), portalClientId: needs.portalClientId });
  };
}

/** A client's registration in the words of RFC 7591; undefined for one that has no key in force. */
export function clientMetadata(
  organisation: Organisation,
  about: { clientId: string; portalClientId: string; at: Date },
): AdapterPayload | undefined {
  const client = organisation.clients.find(({ clientId }) => clientId === about.clientId);
  const keys = keysInForce(organisation.keys, { use: 'sig', at: about.at });
  if (client === undefined || keys.length === 0) return undefined;
  const isPortal = client.clientId === about.portalClientId;
  if (client.redirectUris.length === 0)
    return programMetadata(organisation, { clientId: client.clientId, keys });
  return {
    client_id: client.clientId,
    client_name: organisation.name.en,
    redirect_uris: [...client.redirectUris],
    grant_types: isPortal ? ['authorization_code'] : ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: keys.map(({ jwk }) => ({ ...jwk, use: 'sig' })) },
    subject_type: 'pairwise',
    // Only named where several hosts share one subject; it is never fetched. See sectorIdentifierUriValidate.
    sector_identifier_uri: `https://sector.invalid/${organisation.id}`,
    id_token_signed_response_alg: 'ES256',
    dpop_bound_access_tokens: true,
    require_pushed_authorization_requests: true,
    authorization_details_types: isPortal ? [] : [DETAIL_TYPE],
    organisation: organisation.id,
  };
}

// A program has no page to come back to: it gets tokens for itself, and only a department's does.
function programMetadata(
  organisation: Organisation,
  about: { clientId: string; keys: ReturnType<typeof keysInForce> },
): AdapterPayload | undefined {
  if (organisation.kind !== 'department') return undefined;
  return {
    client_id: about.clientId,
    client_name: organisation.name.en,
    redirect_uris: [],
    grant_types: ['client_credentials'],
    response_types: [],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: about.keys.map(({ jwk }) => ({ ...jwk, use: 'sig' })) },
    subject_type: 'pairwise',
    sector_identifier_uri: `https://sector.invalid/${organisation.id}`,
    dpop_bound_access_tokens: true,
    authorization_details_types: [],
    organisation: organisation.id,
  };
}
