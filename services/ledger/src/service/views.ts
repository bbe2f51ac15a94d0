import type { Database } from '@praya/kernel/database';
import { encodeBase64 } from '@praya/tlog/base64';
import { type Policy, quorumSize } from '@praya/tlog/policy';
import type { CheckpointView, LogView, WitnessView } from '../contract.ts';
import {
  type CheckpointRow,
  listStandings,
  listWitnesses,
  type Standing,
  type WitnessRow,
} from '../store.ts';

type Needs = {
  readonly db: Database;
  readonly policy: Policy | null;
  vkeyOf(origin: string): Promise<string>;
};

/** Every log as the explorer shows it. */
export async function viewLogs(needs: Needs): Promise<LogView[]> {
  const [standings, witnesses] = await Promise.all([listStandings(needs.db), listWitnesses(needs.db)]);
  return Promise.all(
    standings.map((standing) =>
      viewOf(
        needs,
        standing,
        witnesses.filter(({ origin }) => origin === standing.origin),
      ),
    ),
  );
}

/** One log with what it last heard of its witnesses. */
export async function viewOf(
  { policy, vkeyOf }: Needs,
  standing: Standing,
  witnesses: readonly WitnessRow[],
): Promise<LogView> {
  const { origin, tenant, shard, owner, sequenced, integrated, published, halted } = standing;
  const quorum = policy === null ? { need: 0, of: 0 } : quorumSize(policy);
  return {
    origin,
    tenant,
    shard,
    owner,
    vkey: await vkeyOf(origin),
    openedAt: standing.openedAt.toISOString(),
    closedAt: standing.closedAt?.toISOString() ?? null,
    sequenced,
    integrated,
    published,
    publishedAt: standing.publishedAt?.toISOString() ?? null,
    halted,
    quorum: { need: quorum.need, of: quorum.of },
    witnesses: witnesses.map((row) => viewOfWitness(row, published)),
  };
}

/** One published checkpoint. */
export function viewOfCheckpoint(row: CheckpointRow): CheckpointView {
  const { size, root, note, publishedAt } = row;
  return { size, root: encodeBase64(root), note, publishedAt: publishedAt.toISOString() };
}

function viewOfWitness({ witness, size, cosignedAt, trouble }: WitnessRow, published: number): WitnessView {
  return {
    name: witness,
    size,
    lag: Math.max(0, published - size),
    cosignedAt: cosignedAt?.toISOString() ?? null,
    trouble,
  };
}
