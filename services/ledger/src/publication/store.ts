import type { Database } from '@praya/kernel/database';
import type { WitnessTrouble } from './ask-witness.ts';

/** What the log last heard of a witness. */
export type View = {
  readonly witness: string;
  /** the tree that it has cosigned last */
  readonly size: number;
  readonly cosignedAt: Date | null;
  readonly trouble: WitnessTrouble | null;
  readonly askedAt: Date;
};

export type Publication = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly at: Date;
};

/** What the world may see of a log; null before the first publication. Errors: throws on a log that was never opened. */
export async function readPublished(
  db: Database,
  origin: string,
): Promise<{ readonly size: number; readonly note: string } | null> {
  const [row] = await db<{ size: bigint; note: string | null }[]>`
    select published_size as size, published as note from trees where origin = ${origin}`;
  if (row === undefined) throw new Error(`The log ${origin} has no tree`);
  return row.note === null ? null : { size: Number(row.size), note: row.note };
}

/**
 * Publishes a cosigned checkpoint and notes it in the log's history, both or neither.
 * False when that tree or a larger one is published already: whoever comes late publishes nothing.
 */
export async function publish(db: Database, publication: Publication): Promise<boolean> {
  const { origin, size, root, note, at } = publication;
  const published = await db`
    with durable as (select set_config('synchronous_commit', 'on', true) as setting),
    moved as (
      update trees set published_size = ${size}, published = ${note}, published_at = ${at}
      from durable
      where durable.setting = 'on' and origin = ${origin} and size >= ${size}
        and (published_size < ${size} or published is null)
      returning trees.origin
    )
    insert into checkpoints (origin, size, root, note, published_at)
    select origin, ${size}, ${Buffer.from(root)}, ${note}, ${at} from moved`;
  return published.count === 1;
}

export async function readViews(db: Database, origin: string): Promise<readonly View[]> {
  const rows = await db<(Omit<View, 'size'> & { size: bigint })[]>`
    select witness, size, cosigned_at as "cosignedAt", trouble, asked_at as "askedAt"
    from witness_views where origin = ${origin}`;
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

/** Keeps what was heard last. */
export async function saveViews(db: Database, origin: string, views: readonly View[]): Promise<void> {
  if (views.length === 0) return;
  const rows = views.map(({ cosignedAt, askedAt, ...view }) => ({
    ...view,
    cosigned_at: cosignedAt?.toISOString() ?? null,
    asked_at: askedAt.toISOString(),
  }));
  await db`
    insert into witness_views (origin, witness, size, cosigned_at, trouble, asked_at)
    select ${origin}, witness, size, cosigned_at, trouble, asked_at
    from jsonb_to_recordset(${db.json(rows)})
      as heard (witness text, size bigint, cosigned_at timestamptz, trouble text, asked_at timestamptz)
    on conflict (origin, witness) do update
    set size = excluded.size, cosigned_at = excluded.cosigned_at, trouble = excluded.trouble, asked_at = excluded.asked_at
    where witness_views.asked_at <= excluded.asked_at`;
}

/**
 * Halts a log that has given fewer places than its witnesses have cosigned: its newer entries are lost.
 * True when it stands still, now or already. Compared by the database, so that a late publisher does not halt its successor.
 */
export async function haltBehind(db: Database, origin: string, claimed: number): Promise<boolean> {
  const halted = await db`
    update sequences set halted = coalesce(halted, ${BEHIND_WITNESSES})
    where origin = ${origin} and (halted is not null or size < ${claimed})`;
  return halted.count === 1;
}

export const BEHIND_WITNESSES = 'behind-witnesses';
