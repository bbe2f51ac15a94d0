import type { CredentialStatement, PasskeyView } from '@praya/identity/contract';
import { decodeBase64url, encodeBase64url } from '@praya/verifier/base64url';
import { jsonDigest } from '@praya/verifier/digest';
import { queryOptions } from '@tanstack/react-query';
import { get, patch, post } from '../api/request.ts';
import { SaidError } from '../parts/trouble.tsx';
import {
  type CreationOptions,
  createPasskey,
  type RequestOptions,
  signWithPasskey,
} from '../passkey/authenticator.ts';

type Prepared = { readonly statement: CredentialStatement; readonly options: RequestOptions };

export const passkeysQuery = queryOptions({
  queryKey: ['passkeys'],
  queryFn: ({ signal }) => get<{ items: PasskeyView[] }>('/api/passkeys', signal),
});

/** Makes a passkey here, and has one of the present ones vouch for it. */
export async function addPasskey(name: string): Promise<PasskeyView> {
  const { options } = await post<{ options: CreationOptions }>('/api/passkeys/options');
  const response = await createPasskey(options);
  const prepared = await post<Prepared>('/api/passkeys/prepare', { response });
  if (!isKeyOf(prepared.statement.publicKey, response.response.publicKey)) {
    throw new SaidError('devices.statementWrong');
  }
  const assertion = await vouch(prepared, 'add');
  return post<PasskeyView>('/api/passkeys', { statement: prepared.statement, assertion, name });
}

export function renamePasskey(id: string, name: string): Promise<PasskeyView> {
  return patch<PasskeyView>(`/api/passkeys/${encodeURIComponent(id)}`, { name });
}

export async function removePasskey(id: string): Promise<void> {
  const path = `/api/passkeys/${encodeURIComponent(id)}/removal`;
  const prepared = await post<Prepared>(`${path}/prepare`);
  const assertion = await vouch(prepared, 'remove');
  await post<null>(path, { statement: prepared.statement, assertion });
}

// Her passkey signs only what this browser has read: the deed that she asked for, by the digest computed here.
async function vouch(prepared: Prepared, action: 'add' | 'remove') {
  const { statement, options } = prepared;
  const isAsked = statement.type === 'praya.credential.v1' && statement.action === action;
  if (!isAsked || (await jsonDigest(statement)) !== options.challenge) {
    throw new SaidError('devices.statementWrong');
  }
  return signWithPasskey(options);
}

/** Whether a JWK is the key that the authenticator made: the last 64 bytes of its SPKI are x and y (RFC 5480 §2.2). */
function isKeyOf(jwk: Readonly<Record<string, string>>, spki: string | undefined): boolean {
  // an authenticator that does not say its key, or one on another curve, is compared by the server alone
  if (spki === undefined || jwk.kty !== 'EC') return true;
  const bytes = decodeBase64url(spki);
  if (bytes === null) return false;
  return jwk.x === encodeBase64url(bytes.slice(-64, -32)) && jwk.y === encodeBase64url(bytes.slice(-32));
}
