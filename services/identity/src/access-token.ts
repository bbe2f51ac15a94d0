import { createHash, createHmac } from 'node:crypto';
import type { Directory } from '@praya/directory/contract';
import type { Clock } from '@praya/kernel/clock';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { calculateJwkThumbprint, EmbeddedJWK, errors, type JWK, jwtVerify } from 'jose';
import type { AccessGrant, IdentityRefusal } from './contract.ts';
import type { OpenId } from './provider/provider.ts';
import { DETAIL_TYPE, PROGRAM_SCOPE, proofFault } from './rules.ts';
import { derivedKey } from './seal.ts';
import type { Replays } from './store/replays.ts';

/** A request to a resource of ours. `url` is the one that the client calls, without query. */
export type ResourceRequest = {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly proof: string | undefined;
};

/** The answer, and the headers that go with it: the next nonce, and the challenge where it was refused. */
export type AccessCheck = (request: ResourceRequest) => Promise<{
  readonly result: Result<AccessGrant, IdentityRefusal>;
  readonly headers: Readonly<Record<string, string>>;
}>;

type Needs = {
  readonly openId: OpenId;
  readonly replays: Replays;
  readonly directory: Pick<Directory, 'organisationOfClient'>;
  readonly masterKey: Uint8Array;
  readonly now: Clock;
};

type Proof = { readonly thumbprint: string; readonly jti: string; readonly nonce: unknown };

const NONCE_STEP_SECONDS = 60;
const NONCE_STEPS = 4;
const ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519'];

/**
 * Checks the token and the DPoP proof of a request to a resource of ours.
 *
 * Source  RFC 9449 §7.1, §9
 */
export function createAccessTokenCheck(needs: Needs): AccessCheck {
  return async (request) => {
    const { epoch } = await needs.openId.current();
    const nonces = noncesOf(needs, epoch.id);
    const result = await check(needs, request, nonces);
    const headers = {
      'dpop-nonce': nonces[0] ?? '',
      ...(result.ok ? {} : challengeFor(result.refusal.rule)),
    };
    return { result, headers };
  };
}

async function check(
  needs: Needs,
  request: ResourceRequest,
  nonces: readonly string[],
): Promise<Result<AccessGrant, IdentityRefusal>> {
  const value = /^DPoP ([\x21-\x7e]{1,400})$/i.exec(request.authorization ?? '')?.[1];
  if (value === undefined) return refuse('identity.token-invalid');
  if (request.proof === undefined) return refuse('identity.dpop-invalid', { rule: 'missing' });
  const proof = await readProof(needs, { ...request, value, proof: request.proof });
  if (!proof.ok) return proof;
  if (!nonces.includes(String(proof.value.nonce))) return refuse('identity.dpop-invalid', { rule: 'nonce' });
  const { provider, epoch } = await needs.openId.current();
  const token = (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value));
  if (token?.clientId === undefined) return refuse('identity.token-invalid');
  const program = token.kind === 'ClientCredentials';
  if (token.jkt !== proof.value.thumbprint) return refuse('identity.dpop-invalid', { rule: 'key' });
  const used = await needs.replays.claim('DPoP', `${token.clientId} ${proof.value.jti}`, epoch.id);
  if (used === 'forgotten') needs.openId.forgetEpoch();
  if (used !== 'once')
    return refuse('identity.dpop-invalid', { rule: used === 'forgotten' ? 'nonce' : 'replay' });
  const [granted, organisation] = await Promise.all([
    program ? token.scope === PROGRAM_SCOPE : isGranted(provider, token),
    needs.directory.organisationOfClient(token.clientId),
  ]);
  if (!granted || !organisation.ok || organisation.value.suspendedAt !== null)
    return refuse('identity.token-invalid');
  return ok({
    clientId: token.clientId,
    organisationId: organisation.value.id,
    scope: token.scope ?? '',
    program,
    consentIds: consentsOf(token.rar),
  });
}

type Provider = Awaited<ReturnType<OpenId['current']>>['provider'];

async function isGranted(provider: Provider, token: { readonly grantId?: unknown }): Promise<boolean> {
  return typeof token.grantId === 'string' && (await provider.Grant.find(token.grantId)) !== undefined;
}

async function readProof(
  { now }: Needs,
  about: ResourceRequest & { value: string; proof: string },
): Promise<Result<Proof, IdentityRefusal>> {
  try {
    const verified = await jwtVerify(about.proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ALGORITHMS,
      currentDate: now(),
    });
    const { payload, protectedHeader } = verified;
    const tokenHash = createHash('sha256').update(about.value).digest('base64url');
    const fault = proofFault(payload, { ...about, tokenHash, now: now() });
    if (fault !== undefined) return refuse('identity.dpop-invalid', { rule: fault });
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk as JWK);
    return ok({ thumbprint, jti: String(payload.jti), nonce: payload.nonce });
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      return refuse('identity.dpop-invalid', { rule: 'signature' });
    throw error;
  }
}

// A nonce follows from the epoch and the minute; so after a crash no earlier proof has one that counts.
function noncesOf({ masterKey, now }: Needs, epochId: string): string[] {
  const key = derivedKey(masterKey, `resource nonces ${epochId}`);
  const step = Math.floor(now().getTime() / 1000 / NONCE_STEP_SECONDS);
  return Array.from({ length: NONCE_STEPS }, (_, back) =>
    createHmac('sha256', key)
      .update(String(step - back))
      .digest('base64url'),
  );
}

function challengeFor(rule: string | undefined): Record<string, string> {
  const error =
    rule === 'nonce' ? 'use_dpop_nonce' : rule === undefined ? 'invalid_token' : 'invalid_dpop_proof';
  return { 'www-authenticate': `DPoP error="${error}", algs="${ALGORITHMS.join(' ')}"` };
}

function consentsOf(details: readonly { readonly type: string }[] | undefined): string[] {
  return (details ?? [])
    .filter(({ type }) => type === DETAIL_TYPE)
    .flatMap((detail) => ('consent_id' in detail ? [String(detail.consent_id)] : []));
}
