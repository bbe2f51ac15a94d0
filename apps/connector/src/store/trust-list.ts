import type { Database } from '@praya/kernel/database';

/** The newest trust list seen, as it was signed. */
export async function keptTrustList(db: Database): Promise<{ jws: string } | undefined> {
  const [row] = await db<{ jws: string }[]>`select jws from praya_connector.trust_list`;
  return row;
}

/** Keeps a trust list unless a newer one is kept already; answers whether it may be used. */
export async function keepTrustList(
  db: Database,
  about: { readonly sequence: number; readonly jws: string },
): Promise<boolean> {
  const rows = await db`
    insert into praya_connector.trust_list as kept (only_one, sequence, jws)
    values (true, ${about.sequence}, ${about.jws})
    on conflict (only_one) do update set sequence = excluded.sequence, jws = excluded.jws
    where excluded.sequence >= kept.sequence
    returning 1 as kept`;
  return rows.length === 1;
}
