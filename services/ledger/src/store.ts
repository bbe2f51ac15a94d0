import type { Database } from '@praya/kernel/database';

/** How far a log is, as it stands in the database. */
export type Standing = {
  readonly origin: string;
  readonly tenant: string;
  readonly shard: string;
  readonly owner: string | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly sequenced: number;
  readonly integrated: number;
  readonly root: Uint8Array;
  readonly published: number;
  readonly note: string | null;
  readonly publishedAt: Date | null;
  readonly halted: string | null;
};

type StandingRow = {
  [Key in keyof Standing]: Standing[Key] extends number ? bigint : Standing[Key];
};

export type WitnessRow = {
  readonly origin: string;
  readonly witness: string;
  readonly size: number;
  readonly cosignedAt: Date | null;
  readonly trouble: string | null;
};

export type CheckpointRow = {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly publishedAt: Date;
};

/** One log. */
export async function findStanding(db: Database, origin: string): Promise<Standing | undefined> {
  const [row] = await db<StandingRow[]>`${standings(db)} where logs.origin = ${origin}`;
  return row === undefined ? undefined : standingIn(row);
}

/** Every log, a tenant's newest shard first. */
export async function listStandings(db: Database): Promise<Standing[]> {
  const rows = await db<StandingRow[]>`${standings(db)} order by tenant, shard desc`;
  return rows.map(standingIn);
}

/** What the logs last heard of their witnesses. */
export async function listWitnesses(db: Database): Promise<WitnessRow[]> {
  const rows = await db<(Omit<WitnessRow, 'size'> & { size: bigint })[]>`
    select origin, witness, size, cosigned_at as "cosignedAt", trouble from witness_views
    order by origin, witness`;
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

/** Published checkpoints below a size, the newest first. */
export async function listCheckpoints(
  db: Database,
  about: { readonly origin: string; readonly before: number; readonly limit: number },
): Promise<CheckpointRow[]> {
  const rows = await db<(Omit<CheckpointRow, 'size'> & { size: bigint })[]>`
    select size, root, note, published_at as "publishedAt" from checkpoints
    where origin = ${about.origin} and size < ${about.before} order by size desc limit ${about.limit}`;
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

/** The published checkpoint of exactly this size. */
export async function findCheckpoint(
  db: Database,
  about: { readonly origin: string; readonly size: number },
): Promise<string | undefined> {
  const [row] = await db<{ note: string }[]>`
    select note from checkpoints where origin = ${about.origin} and size = ${about.size}`;
  return row?.note;
}

function standings(db: Database) {
  return db`
    select logs.origin, tenant, shard, owner, opened_at as "openedAt", closed_at as "closedAt",
      sequences.size as sequenced, trees.size as integrated, trees.root, published_size as published,
      trees.published as note, published_at as "publishedAt", halted
    from logs join sequences using (origin) join trees using (origin)`;
}

function standingIn(row: StandingRow): Standing {
  return {
    ...row,
    sequenced: Number(row.sequenced),
    integrated: Number(row.integrated),
    published: Number(row.published),
  };
}
