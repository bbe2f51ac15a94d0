import type { NotarisationReceipt } from '@praya/notary/contract';
import type { NotaryRecord } from '@praya/notary/records/contract';
import {
  buildNotarisation,
  createNotaryCast,
  type NotaryCast,
  notaryTrustListOf,
} from '../../../clients/verifier/src/testing/notarisation-builder.ts';
import type { Parties } from './parties.ts';

const FAR_OFF = '2036-01-01T00:00:00Z';
const LONG_AGO = '2025-01-01T00:00:00Z';

/** Makes the notary's key; everybody else is the city's own cast. */
export async function notaryCastOf(parties: Pick<Parties, 'cast'>): Promise<NotaryCast> {
  const { notary } = await createNotaryCast();
  return { ...parties.cast, notary };
}

/** The receipt of a record: its statements signed, logged and cosigned, by keys that the trust anchor vouches for. */
export async function receiptOf(
  cast: NotaryCast,
  parties: Parties,
  record: NotaryRecord,
): Promise<NotarisationReceipt> {
  const list = notaryTrustListOf(cast);
  const trust = {
    validUntil: FAR_OFF,
    issuerKeys: list.issuerKeys.map((key) => ({ ...key, validFrom: LONG_AGO, validUntil: FAR_OFF })),
    organisations: parties.organisations,
  };
  const statements = record.history.map(({ state, reason, at, effectiveFrom, issuer }) => ({
    issuer,
    record: record.id,
    kind: record.kind,
    digest: record.digest,
    state,
    reason,
    at,
    effectiveFrom,
    ...(record.validFrom !== null && { validFrom: new Date(record.validFrom).toISOString() }),
    ...(record.validUntil !== null && { validUntil: new Date(record.validUntil).toISOString() }),
  }));
  const built = await buildNotarisation(cast, { statements, trust });
  return { ...built, record: record.id } as NotarisationReceipt;
}
