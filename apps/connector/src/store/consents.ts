import type { Database } from '@praya/kernel/database';

export type KnownState = {
  readonly consentId: string;
  readonly revision: number;
  readonly digest: string;
  readonly state: string;
};

/** The newest signed state that we saw of a consent. */
export async function knownState(db: Database, consentId: string): Promise<KnownState | undefined> {
  const [row] = await db<KnownState[]>`
    select consent_id as "consentId", revision, digest, state
    from praya_connector.consent_states where consent_id = ${consentId}`;
  return row;
}

/** Remembers a state unless a newer one is known. */
export async function rememberState(db: Database, state: KnownState): Promise<void> {
  await db`
    insert into praya_connector.consent_states as known (consent_id, revision, digest, state)
    values (${state.consentId}, ${state.revision}, ${state.digest}, ${state.state})
    on conflict (consent_id) do update
    set revision = excluded.revision, digest = excluded.digest, state = excluded.state
    where excluded.revision > known.revision`;
}

/** What the platform's events last told of a consent. */
export async function toldState(
  db: Database,
  consentId: string,
): Promise<{ state: string; at: Date } | undefined> {
  const [row] = await db<{ state: string; at: Date }[]>`
    select state, at from praya_connector.consent_events where consent_id = ${consentId}`;
  return row;
}

/** Keeps what an event told; "revoked" and "expired" are final, and an older event changes nothing. */
export async function keepTold(
  db: Database,
  told: { readonly consentId: string; readonly state: string; readonly at: Date },
): Promise<void> {
  await db`
    insert into praya_connector.consent_events as told (consent_id, state, at)
    values (${told.consentId}, ${told.state}, ${told.at})
    on conflict (consent_id) do update set state = excluded.state, at = excluded.at
    where told.state not in ('revoked', 'expired')
      and (excluded.at > told.at or excluded.state in ('revoked', 'expired'))`;
}
