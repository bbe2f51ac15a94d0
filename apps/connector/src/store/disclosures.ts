import { type Database, transaction } from '@praya/kernel/database';

export type Disclosure = {
  readonly act: string;
  readonly kind: 'exchange' | 'preview';
  readonly consentId: string;
  readonly service: string;
  readonly fields: readonly string[];
  readonly at: Date;
};

/**
 * Notes a disclosure before the answer leaves, unless the consent allows no more of this service or the act is known.
 * `most` counts over the whole life of the consent; disclosures of one consent wait for each other.
 */
export async function noteDisclosure(
  db: Database,
  disclosure: Disclosure,
  most: number | null,
): Promise<'noted' | 'exhausted' | 'repeated'> {
  const { act, kind, consentId, service, fields, at } = disclosure;
  return transaction(db, async (tx) => {
    if (most !== null) {
      await tx`select pg_advisory_xact_lock(hashtextextended(${`${consentId} ${service}`}, 0))`;
      const [counted] = await tx<{ count: bigint }[]>`
        select count(*) from praya_connector.disclosures
        where consent_id = ${consentId} and service = ${service} and kind = 'exchange'`;
      if (Number(counted?.count ?? 0) >= most) return 'exhausted';
    }
    const rows = await tx`
      insert into praya_connector.disclosures (act, kind, consent_id, service, fields, at)
      values (${act}, ${kind}, ${consentId}, ${service}, ${[...fields]}, ${at})
      on conflict (act) do nothing returning 1 as noted`;
    return rows.length === 1 ? 'noted' : 'repeated';
  });
}
