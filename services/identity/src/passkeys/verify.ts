import type { Clock } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import { newId } from '@praya/kernel/id';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { calculateJwkThumbprint } from 'jose';
import type {
  Assertion,
  AssertionResponse,
  IdentityRefusal,
  PersonId,
  RegistrationResponse,
} from '../contract.ts';
import { findPasskey, noteUse, type Passkey } from '../store/persons.ts';
import { coseOfJwk, jwkOfCose, PASSKEY_ALGORITHMS } from './cose.ts';

/** Who the browser says it signed for: our host and our origins. */
export type RelyingParty = {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
};

type Needs = { readonly db: Database; readonly rp: RelyingParty; readonly now: Clock };
type Verified = { readonly passkey: Passkey; readonly assertion: Assertion };

// Verified in place of a key that we do not know, so that the unknown and the wrong take the same time.
const NOBODYS_KEY = coseOfJwk({
  x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
  y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
});

/** The passkey that signed this challenge. Unknown credential and wrong signature get the same answer. */
export async function verifyPasskey(
  needs: Needs,
  about: { response: AssertionResponse; challenge: string },
): Promise<Result<Verified, IdentityRefusal>> {
  const { db, rp, now } = needs;
  const { response, challenge } = about;
  const passkey = await findPasskey(db, response.id);
  const checked = await verifyAuthenticationResponse({
    response: { ...response, clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: [...rp.origins],
    expectedRPID: rp.id,
    requireUserVerification: true,
    // A counter that goes back is a signal, never a refusal: synced passkeys keep it at nought.
    credential: { id: response.id, publicKey: new Uint8Array(passkey?.cose ?? NOBODYS_KEY), counter: 0 },
  }).catch(() => undefined);
  if (passkey === undefined || checked?.verified !== true) return refuse('identity.passkey-wrong');
  await noteUse(db, { id: passkey.id, counter: checked.authenticationInfo.newCounter, at: now() });
  const { clientDataJSON, authenticatorData, signature } = response.response;
  const { credentialId, publicKey } = passkey;
  return ok({
    passkey,
    assertion: { credentialId, publicKey, clientDataJSON, authenticatorData, signature },
  });
}

/** A new passkey, verified and not yet anybody's. */
export async function verifyNewPasskey(
  needs: Pick<Needs, 'rp' | 'now'>,
  about: { personId: PersonId; response: RegistrationResponse; challenge: string },
): Promise<Result<Passkey, IdentityRefusal>> {
  const { rp, now } = needs;
  const checked = await verifyRegistrationResponse({
    response: { ...about.response, clientExtensionResults: {} },
    expectedChallenge: about.challenge,
    expectedOrigin: [...rp.origins],
    expectedRPID: rp.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
  }).catch(() => undefined);
  const publicKey = checked?.verified === true && jwkOfCose(checked.registrationInfo.credential.publicKey);
  if (checked?.verified !== true || !publicKey) return refuse('identity.passkey-not-verified');
  const { credential, credentialBackedUp } = checked.registrationInfo;
  return ok({
    id: newId('pky', now()),
    personId: about.personId,
    credentialId: credential.id,
    thumbprint: await calculateJwkThumbprint(publicKey),
    publicKey,
    cose: credential.publicKey,
    counter: credential.counter,
    backedUp: credentialBackedUp,
    name: '',
    createdAt: now(),
    lastUsedAt: null,
  });
}
