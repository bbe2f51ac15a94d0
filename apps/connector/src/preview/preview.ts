import { Assertion } from '@praya/consent/contract';
import { SignInStatement } from '@praya/identity/contract';
import { canonicalJson, sha256, textDigest } from '@praya/kernel/canonical';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { thumbprint } from '@praya/verifier/jwk';
import { verifyAssertion } from '@praya/verifier/webauthn';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { checkRelay, PreviewRelay } from '../checks/relay.ts';
import { checkDeclared } from '../checks/service.ts';
import { openSubject } from '../checks/subject.ts';
import type { Connector } from '../connector.ts';
import { disclose, type SealedAnswer } from '../exchange/disclose.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import type { SealingKey } from '../sealed.ts';
import type { TrustList } from '../trust/list.ts';

/** The sign-in by which she authorised previews to a key of her browser (formats §4). */
export const SignIn = Type.Object(
  { statement: SignInStatement, assertion: Assertion },
  { additionalProperties: false },
);
type SignIn = Static<typeof SignIn>;

const PreviewKey = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  y: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  kid: Type.Optional(Type.String({ maxLength: 100 })),
});

export type PreviewCall = { readonly relay: string; readonly subject: string; readonly signIn: SignIn };

const FRESH_MS = 15 * 60_000;
const CLOCKS_DIFFER_MS = 30_000;

/** Shows her own data to her own browser: sealed to the key that her passkey vouched for at sign-in. */
export async function preview(
  connector: Connector,
  call: PreviewCall,
): Promise<Result<SealedAnswer, ConnectorRefusal>> {
  const trust = await connector.trust();
  if (!trust.ok) return trust;
  const relay = await checkRelay<PreviewRelay>(connector, trust.value, {
    relay: call.relay,
    schema: PreviewRelay,
  });
  if (!relay.ok) return relay;
  const { act, consent: consentId, service: name, fields, subject_digest } = relay.value;
  if (textDigest(call.subject) !== subject_digest) return refuse('connector.subject-binding');
  const signedIn = await checkSignIn(trust.value, call.signIn, connector.now());
  if (!signedIn.ok) return signedIn;
  const { passkey, browser } = signedIn.value;
  const service = checkDeclared(connector, name, fields);
  if (!service.ok) return service;
  const identityNumber = await openSubject(connector, trust.value, {
    sealed: call.subject,
    consentId,
    passkey,
  });
  if (!identityNumber.ok) return identityNumber;
  return disclose(connector, trust.value, {
    kind: 'preview',
    typ: 'praya-preview-response+jws',
    audience: trust.value.issuer,
    act,
    consentId,
    consentDigest: null,
    requestDigest: null,
    granted: { service: service.value, fields: [...fields].sort(), subject: call.subject },
    identityNumber: identityNumber.value,
    sealTo: browser,
    most: null,
  });
}

async function checkSignIn(
  trust: TrustList,
  { statement, assertion }: SignIn,
  now: Date,
): Promise<Result<{ passkey: string; browser: SealingKey }, ConnectorRefusal>> {
  if (statement.issuer !== trust.issuer) return refuse('connector.sign-in-assertion', { detail: 'issuer' });
  const age = now.getTime() - Date.parse(statement.at);
  if (age > FRESH_MS || age < -CLOCKS_DIFFER_MS) return refuse('connector.sign-in-expired');
  const challenge = sha256(canonicalJson(statement));
  const verified = await verifyAssertion(assertion, { challenge, rp: trust.rp });
  if (!verified.ok) return refuse('connector.sign-in-assertion', { detail: verified.refusal.code });
  const { previewKey } = statement;
  if (!Value.Check(PreviewKey, previewKey)) return refuse('connector.preview-key');
  const { kty, crv, x, y } = previewKey;
  const kid = previewKey.kid ?? (await thumbprint({ kty, crv, x, y }));
  return ok({ passkey: verified.value.thumbprint, browser: { kty, crv, x, y, kid } });
}
