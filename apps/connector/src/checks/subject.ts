import { claimedKeyId, claimedPayload, verifyJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Connector } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import { openSealed } from '../sealed.ts';
import { countsAt, namedKey, organisationOf, type TrustList } from '../trust/list.ts';

const Text = Type.String({ minLength: 1, maxLength: 300 });
const Claims = Type.Object({
  iss: Text,
  aud: Text,
  sub: Text,
  consent: Text,
  cnf: Type.Object({ jkts: Type.Array(Text, { minItems: 1, maxItems: 100 }) }),
  iat: Type.Number(),
});

/**
 * Opens whom the consent is about: sealed to us, signed by the register of persons, for this consent,
 * and a person whose passkey signed. Answers her identity card number, which goes nowhere but into the query.
 */
export async function openSubject(
  connector: Connector,
  trust: TrustList,
  about: { readonly sealed: string; readonly consentId: string; readonly passkey: string },
): Promise<Result<string, ConnectorRefusal>> {
  const { organisation, registerOfPersons, keys } = connector.config;
  const jws = await openSealed(about.sealed, keys.encryption, 'praya-subject+jwe');
  if (jws === undefined) return refuse('connector.subject-sealed');
  const claims = await signedClaims(trust, jws, registerOfPersons);
  if (claims === undefined) return refuse('connector.subject-signature');
  if (claims.aud !== organisation) return refuse('connector.subject-audience');
  if (claims.consent !== about.consentId) return refuse('connector.subject-consent');
  if (!claims.cnf.jkts.includes(about.passkey)) return refuse('connector.subject-confirmation');
  return ok(claims.sub);
}

async function signedClaims(
  trust: TrustList,
  jws: string,
  register: string,
): Promise<Static<typeof Claims> | undefined> {
  const claimed = claimedPayload(jws);
  if (!Value.Check(Claims, claimed)) return undefined;
  const key = namedKey(organisationOf(trust, register), 'sig', claimedKeyId(jws));
  if (key === undefined || !countsAt(key, new Date(claimed.iat * 1000))) return undefined;
  const claims = await verifyJws(jws, { typ: 'praya-subject+jws', jwk: key.jwk });
  return Value.Check(Claims, claims) && claims.iss === register ? claims : undefined;
}
