import { signJws } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { signerFor } from '../connector.ts';
import type { ConnectorRefusal } from '../refusals.ts';
import { sealTo } from '../sealed.ts';
import { organisationOf, sealingKeyOf, type TrustList } from '../trust/list.ts';
import { openHandle } from './handle.ts';
import type { Registrar } from './registrar.ts';
import { citizenKeys } from './store.ts';

/** Says to each provider who the person is, sealed so that only it can read, fresh for this consent (formats §3). */
export async function sealSubjects(
  registrar: Registrar,
  trust: TrustList,
  about: { readonly handle: string; readonly consent: string; readonly audiences: readonly string[] },
): Promise<Result<{ subjects: Record<string, string> }, ConnectorRefusal>> {
  const identityNumber = await openHandle(registrar.handles, about.handle);
  if (identityNumber === undefined) return refuse('connector.handle-unknown');
  const jkts = await citizenKeys(registrar.db, identityNumber);
  if (jkts.length === 0) return refuse('connector.credential-unknown');
  const now = registrar.now();
  const signer = signerFor(registrar, trust);
  const subjects: Record<string, string> = {};
  for (const audience of about.audiences) {
    // Whoever asks in the platform's name: only a provider may learn who she is, never a recipient.
    const provides = (organisationOf(trust, audience)?.connector ?? null) !== null;
    const recipient = sealingKeyOf(trust, audience, now);
    if (!provides || recipient === undefined)
      return refuse('connector.audience-unknown', { field: 'audiences' });
    const jws = await signJws(signer, {
      typ: 'praya-subject+jws',
      payload: {
        iss: registrar.config.organisation,
        aud: audience,
        sub: identityNumber,
        consent: about.consent,
        cnf: { jkts },
        iat: Math.floor(now.getTime() / 1000),
      },
    });
    const { kid, jwk } = recipient;
    subjects[audience] = await sealTo({ ...jwk, kid }, { typ: 'praya-subject+jwe', content: jws });
  }
  return ok({ subjects });
}
