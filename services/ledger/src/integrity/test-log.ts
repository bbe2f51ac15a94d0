import { generateKeyPairSync, sign } from 'node:crypto';
import type { DatabasePool } from '@praya/kernel/database';
import { formatCheckpoint } from '@praya/tlog/checkpoint';
import { cosign, cosignerKeyOf } from '@praya/tlog/cosignature';
import { formatNote, formatVerifierKey, parseNote, signNote, verifierKeyOf } from '@praya/tlog/note';
import type { Policy } from '@praya/tlog/policy';
import { createIntegrator, type IntegratorFault } from '../integration/integrator.ts';
import { entriesOf, openLog, sequenceBatch, takeLease } from '../integration/test-journal.ts';
import { readTree, type Tree } from '../integration/trees.ts';
import { publish } from '../publication/store.ts';
import { sha256 } from '../sha256.ts';
import { createPostgresTiles } from '../tiles/postgres-tiles.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import { checkIntegrity } from './check.ts';

const ed25519 = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const x = publicKey.export({ format: 'jwk' }).x ?? '';
  return { privateKey, publicKey: Buffer.from(x, 'base64url') };
};

/** A log with a witness, as its parts write it; for tests of the check. */
export async function writtenLog(
  db: DatabasePool,
  about: { origin: string; batches: readonly number[]; beyond?: readonly number[]; tiles?: TileStore },
) {
  const { origin } = about;
  const tiles = about.tiles ?? createPostgresTiles(db);
  const keys = { log: ed25519(), witness: ed25519() };
  const logKey = verifierKeyOf(sha256, origin, keys.log.publicKey);
  const witness = {
    name: 'witness.test/w1',
    algorithm: 'Ed25519',
    publicKey: keys.witness.publicKey,
  } as const;
  const key = cosignerKeyOf(sha256, witness);
  const policy: Policy = { logs: [], witnesses: [{ name: 'w1', key, url: null }], groups: [], quorum: 'w1' };
  let seconds = 1_790_000_000;

  const publishTree = async (tree: Tree): Promise<void> => {
    seconds += 1;
    const text = formatCheckpoint({ origin, size: tree.size, root: tree.root, extensions: [] });
    const signed = parseNote(
      signNote(text, { ...logKey, sign: (message) => sign(null, message, keys.log.privateKey) }),
    );
    if (!signed.ok) throw new Error(signed.refusal.code);
    const line = cosign({
      key,
      timestamp: seconds,
      text,
      sign: (message) => sign(null, message, keys.witness.privateKey),
    });
    const note = formatNote({ text, signatures: [...signed.value.signatures, line] });
    await publish(db, { ...tree, note, at: new Date(seconds * 1000 + 123) });
  };

  await openLog(db, origin);
  let places = 0;
  const sequence = (count: number) => {
    places += count;
    return sequenceBatch(db, origin, entriesOf(places - count, count));
  };
  const integrate = async (
    batches: readonly number[],
    faults?: (at: IntegratorFault) => void,
  ): Promise<void> => {
    const needs = { db, tiles, limits: { turnEveryMs: 0 } };
    const integrator = createIntegrator(faults === undefined ? needs : { ...needs, faults });
    await integrator.lead(origin, await takeLease(db, origin));
    for (const count of batches) {
      integrator.take(await sequence(count));
      await integrator.settled(origin);
      await publishTree(await readTree(db, origin));
    }
    await integrator.stop();
  };
  await integrate(about.batches);
  if (about.beyond !== undefined) {
    for (const count of about.beyond) await sequence(count);
    // the tiles of a turn stand, the tree was not moved
    const stopped = createIntegrator({
      db,
      tiles,
      faults: (at) => (at === 'after-tiles' ? stop() : undefined),
    });
    const stop = (): Promise<void> => {
      stopped.lose(origin);
      return takeLease(db, origin).then(() => {});
    };
    await stopped.lead(origin, await takeLease(db, origin)).catch(() => {});
    await stopped.stop();
  }
  const vkeyOf = async () => formatVerifierKey(logKey);
  return {
    tiles,
    policy,
    integrate,
    check: () => checkIntegrity({ db, tiles, vkeyOf, policy }, origin),
  };
}
