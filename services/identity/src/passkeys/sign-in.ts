import { randomBytes } from 'node:crypto';
import { canonicalJson, sha256 } from '@praya/kernel/canonical';
import { type Clock, secondsAfter } from '@praya/kernel/clock';
import type { Database } from '@praya/kernel/database';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import type {
  Assertion,
  AssertionResponse,
  IdentityRefusal,
  PersonId,
  SignInStatement,
} from '../contract.ts';
import type { Moments } from '../store/moments.ts';
import { type RelyingParty, verifyPasskey } from './verify.ts';

/** A sign-in as connectors may be shown it when she asks for a preview. */
export type SignInEvidence = { readonly statement: SignInStatement; readonly assertion: Assertion };

/** Signing in without a name: the passkey says who she is. */
export type SignIn = {
  prepare(about: { interaction: string; previewKey: SignInStatement['previewKey'] }): Promise<{
    statement: SignInStatement;
    options: object;
  }>;
  finish(about: {
    interaction: string;
    statement: SignInStatement;
    response: AssertionResponse;
  }): Promise<Result<{ personId: PersonId }, IdentityRefusal>>;
  evidenceOf(about: {
    personId: PersonId;
    interaction: string;
  }): Promise<Result<SignInEvidence, IdentityRefusal>>;
};

type Needs = {
  readonly db: Database;
  readonly moments: Moments;
  readonly rp: RelyingParty;
  readonly issuer: string;
  readonly now: Clock;
};

const ANSWER_SECONDS = 5 * 60;
const EVIDENCE_SECONDS = 15 * 60;

/** Sign-in by a statement whose hash the passkey signs; each statement serves once. */
export function createSignIn(needs: Needs): SignIn {
  return {
    prepare: (about) => prepare(needs, about),
    finish: (about) => finish(needs, about),
    evidenceOf: (about) => evidenceOf(needs, about),
  };
}

/** The challenge that stands for a statement. */
export function challengeOf(statement: object): string {
  return sha256(canonicalJson(statement)).toString('base64url');
}

/** What a browser needs to ask for an assertion over a statement, by any passkey or by one of those named. */
export function assertionOptions(
  rp: RelyingParty,
  challenge: string,
  credentialIds: readonly string[] = [],
): Promise<object> {
  return generateAuthenticationOptions({
    rpID: rp.id,
    allowCredentials: credentialIds.map((id) => ({ id })),
    challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
    userVerification: 'required',
    timeout: ANSWER_SECONDS * 1000,
  });
}

async function prepare(needs: Needs, about: Parameters<SignIn['prepare']>[0]) {
  const at = needs.now();
  const statement: SignInStatement = {
    type: 'praya.sign-in.v1',
    issuer: needs.issuer,
    nonce: randomBytes(24).toString('base64url'),
    at: at.toISOString(),
    previewKey: about.previewKey,
  };
  const challenge = challengeOf(statement);
  await needs.moments.put(
    { model: 'SignInStatement', id: `${about.interaction} ${challenge}` },
    { payload: {}, madeAt: at, expiresAt: secondsAfter(at, ANSWER_SECONDS) },
  );
  return { statement, options: await assertionOptions(needs.rp, challenge) };
}

async function finish(needs: Needs, about: Parameters<SignIn['finish']>[0]) {
  const { interaction, statement, response } = about;
  const challenge = challengeOf(statement);
  const given = await needs.moments.consume('SignInStatement', `${interaction} ${challenge}`);
  if (given === undefined) return refuse('identity.challenge-expired');
  const verified = await verifyPasskey(needs, { response, challenge });
  if (!verified.ok) return verified;
  const { passkey, assertion } = verified.value;
  const at = needs.now();
  await needs.moments.put(
    { model: 'SignIn', id: `${interaction} ${passkey.personId}` },
    { payload: { statement, assertion }, madeAt: at, expiresAt: secondsAfter(at, EVIDENCE_SECONDS) },
  );
  return ok({ personId: passkey.personId });
}

async function evidenceOf(needs: Needs, about: Parameters<SignIn['evidenceOf']>[0]) {
  const found = await needs.moments.find('SignIn', `${about.interaction} ${about.personId}`);
  if (found === undefined || found.expiresAt <= needs.now()) return refuse('identity.challenge-expired');
  return ok(found.payload as SignInEvidence);
}
