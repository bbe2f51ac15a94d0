import { randomBytes } from 'node:crypto';
import { type Clock, secondsAfter } from '@praya/kernel/clock';
import { type Result, refuse } from '@praya/kernel/result';
import { generateRegistrationOptions } from '@simplewebauthn/server';
import type { IdentityRefusal, PersonId, RegistrationResponse } from '../contract.ts';
import type { Moments } from '../store/moments.ts';
import type { Passkey } from '../store/persons.ts';
import { PASSKEY_ALGORITHMS } from './cose.ts';
import { type RelyingParty, verifyNewPasskey } from './verify.ts';

type Needs = { readonly moments: Moments; readonly rp: RelyingParty; readonly now: Clock };

const ANSWER_SECONDS = 10 * 60;

/** What a browser needs to make a passkey; `where` ties it to an interaction or a person. */
export async function newPasskeyOptions(
  { moments, rp, now }: Needs,
  about: { where: string; personId: PersonId; known: readonly string[] },
): Promise<object> {
  const challenge = new Uint8Array(randomBytes(32));
  const at = now();
  await moments.put(
    { model: 'NewPasskey', id: `${about.where} ${Buffer.from(challenge).toString('base64url')}` },
    { payload: { personId: about.personId }, madeAt: at, expiresAt: secondsAfter(at, ANSWER_SECONDS) },
  );
  return generateRegistrationOptions({
    rpName: rp.name,
    rpID: rp.id,
    // Authenticators show this name; ours must not say who she is.
    userName: rp.name,
    userID: new Uint8Array(new TextEncoder().encode(about.personId)),
    challenge,
    attestationType: 'none',
    excludeCredentials: about.known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
    timeout: ANSWER_SECONDS * 1000,
  });
}

/** The passkey that a browser made for one of our challenges. A retry gets the same answer until the challenge expires. */
export async function newPasskeyOf(
  { moments, rp, now }: Needs,
  about: { where: string; response: RegistrationResponse },
): Promise<Result<Passkey, IdentityRefusal>> {
  const challenge = challengeIn(about.response.response.clientDataJSON);
  if (challenge === undefined) return refuse('identity.passkey-not-verified');
  const given = await moments.find('NewPasskey', `${about.where} ${challenge}`);
  if (given === undefined || given.expiresAt <= now()) return refuse('identity.challenge-expired');
  const { personId } = given.payload as { personId: PersonId };
  return verifyNewPasskey({ rp, now }, { personId, response: about.response, challenge });
}

function challengeIn(clientDataJSON: string): string | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}
