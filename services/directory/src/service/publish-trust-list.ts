import { digest } from '@praya/kernel/canonical';
import { signJws } from '@praya/kernel/jws';
import { TRUST_LIST_RENEWAL_MS, trustContent, trustListOf } from '../rules/trust-list.ts';
import { readTrustList, saveTrustList } from '../store/trust-lists.ts';
import { type Room, withLock } from './room.ts';

/** A process asks the other rooms for their keys again after this, even where the directory itself is unchanged. */
const REMEMBER_MS = 60_000;

/** The list that this process serves: the same text in every process until something changes. */
export function createTrustListPublisher(room: Room): () => Promise<string> {
  let memory: { jws: string; revision: number; until: number } | undefined;
  return async () => {
    const { revision } = await room.state();
    const at = room.now().getTime();
    if (memory !== undefined && memory.revision === revision && at < memory.until) return memory.jws;
    const published = await publish(room);
    memory = { ...published, until: at + REMEMBER_MS };
    return memory.jws;
  };
}

async function publish(room: Room): Promise<{ jws: string; revision: number }> {
  const [issuerKeys, { logs, witnessPolicy }, signer] = await Promise.all([
    room.issuerKeys(),
    room.logs(),
    room.anchor.signingKey(),
  ]);
  return withLock(room.db, async (tx, state) => {
    const { revision } = state;
    const now = room.now();
    const { issuer, rp } = room;
    const content = trustContent(state, { issuer, rp, logs, witnessPolicy, issuerKeys });
    // Who signs is part of what changed: a new anchor signs a new list.
    const contentDigest = digest({ content, anchor: signer.kid });
    const latest = await readTrustList(tx);
    const isSame = latest?.digest === contentDigest;
    if (latest !== undefined && isSame && now.getTime() < latest.issuedAt.getTime() + TRUST_LIST_RENEWAL_MS)
      return { jws: latest.jws, revision };
    const sequence = latest === undefined ? 1 : latest.sequence + (isSame ? 0 : 1);
    const payload = trustListOf(content, { sequence, now });
    const jws = await signJws(signer, { typ: 'praya-trust-list+jws', payload });
    await saveTrustList(tx, { sequence, digest: contentDigest, issuedAt: now, jws });
    return { jws, revision };
  });
}
