import { canonicalJson, digest, sha256 } from '@praya/kernel/canonical';
import { transaction } from '@praya/kernel/database';
import { personal } from '@praya/kernel/personal';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { isPublicJwk, thumbprint } from '@praya/verifier/jwk';
import { verifyAssertion } from '@praya/verifier/webauthn';
import { type Static, Type } from 'typebox';
import type { ConnectorRefusal } from '../refusals.ts';
import { spend } from '../store/replays.ts';
import type { TrustList } from '../trust/list.ts';
import { openHandle } from './handle.ts';
import type { Registrar } from './registrar.ts';
import { addCitizenKey, citizenKeys, removeCitizenKey } from './store.ts';

/** That a passkey is added or removed, in words that an existing passkey signs. */
export const CredentialStatement = Type.Object(
  {
    type: Type.Literal('praya.credential.v1'),
    action: Type.Union([Type.Literal('add'), Type.Literal('remove')]),
    publicKey: personal(Type.Record(Type.String({ maxLength: 10 }), Type.String({ maxLength: 1000 }))),
    at: Type.String({ format: 'date-time' }),
  },
  { additionalProperties: false },
);
export type CredentialStatement = Static<typeof CredentialStatement>;

const FRESH_MS = 15 * 60_000;
const CLOCKS_DIFFER_MS = 30_000;

type Change = {
  readonly handle: string;
  readonly statement: CredentialStatement;
  readonly assertion: unknown;
};

/** Adds or removes a passkey of a person, on the word of another passkey of hers and of nobody else. */
export async function changeCredential(
  registrar: Registrar,
  trust: TrustList,
  change: Change,
): Promise<Result<{ ok: true }, ConnectorRefusal>> {
  const { statement } = change;
  const identityNumber = await openHandle(registrar.handles, change.handle);
  if (identityNumber === undefined) return refuse('connector.handle-unknown');
  const { publicKey } = statement;
  const now = registrar.now();
  const age = now.getTime() - Date.parse(statement.at);
  if (!isPublicJwk(publicKey)) return refuse('connector.credential-statement', { field: 'publicKey' });
  if (age > FRESH_MS || age < -CLOCKS_DIFFER_MS)
    return refuse('connector.credential-statement', { field: 'at' });
  const challenge = sha256(canonicalJson(statement));
  const signed = await verifyAssertion(change.assertion, { challenge, rp: trust.rp });
  if (!signed.ok) return refuse('connector.credential-assertion', { detail: signed.refusal.code });
  const key = { identityNumber, thumbprint: await thumbprint(publicKey), jwk: publicKey, at: now };
  return transaction(registrar.db, async (tx) => {
    const hers = await citizenKeys(tx, identityNumber);
    if (!hers.includes(signed.value.thumbprint)) return refuse('connector.credential-assertion');
    const until = new Date(now.getTime() + 2 * FRESH_MS);
    if (!(await spend(tx, { maker: 'statement', id: digest(statement), until })))
      return refuse('connector.credential-statement', { detail: 'replayed' });
    if (statement.action === 'add') {
      return (await addCitizenKey(tx, key))
        ? ok({ ok: true as const })
        : refuse('connector.credential-taken');
    }
    if (!hers.includes(key.thumbprint)) return refuse('connector.credential-unknown');
    if (hers.length === 1) return refuse('connector.credential-last');
    await removeCitizenKey(tx, key);
    return ok({ ok: true as const });
  });
}
