import type { Clock } from '@praya/kernel/clock';
import { type Database, type DatabasePool, type Transaction, transaction } from '@praya/kernel/database';
import type { JwsSigner } from '@praya/kernel/jws';
import type { IssuerKey, TrustList } from '../contract.ts';
import type { DirectoryState } from '../rules/state.ts';
import { lockRevision, readRevision, readState } from '../store/read-state.ts';

/** The key that verifiers are given beforehand: a keyring of algorithm EdDSA is one. */
export type TrustAnchorSigner = { signingKey(): Promise<JwsSigner & { readonly jwk: object }> };

/** What the directory needs of the platform. */
export type DirectoryNeeds = {
  readonly db: DatabasePool;
  readonly now: Clock;
  /** in production redirect URIs and connectors are https only */
  readonly production: boolean;
  readonly issuer: string;
  readonly anchor: TrustAnchorSigner;
  /** the keys with which the rooms sign for us */
  issuerKeys(): Promise<readonly IssuerKey[]>;
  /** the ledger's logs with their verifier keys, and who must cosign them */
  logs(): Promise<Pick<TrustList, 'logs' | 'witnessPolicy'>>;
  readonly rp: TrustList['rp'];
};

/** The needs, and the directory as this process last read it. */
export type Room = DirectoryNeeds & { state(): Promise<DirectoryState> };

/** Reads the directory again only when something has taken effect since, in whichever process. */
export function createRoom(needs: DirectoryNeeds): Room {
  let known: DirectoryState | undefined;
  const state = async () => {
    const revision = await readRevision(needs.db);
    if (known?.revision !== revision) known = await inSnapshot(needs.db);
    return known;
  };
  return { ...needs, state };
}

/** Runs with the directory as it is, while nobody else makes anything take effect. */
export function withLock<T>(
  db: DatabasePool,
  run: (tx: Transaction, state: DirectoryState) => Promise<T>,
): Promise<T> {
  return transaction(db, async (tx) => run(tx, await readState(tx, await lockRevision(tx))));
}

function inSnapshot(db: DatabasePool): Promise<DirectoryState> {
  const run = async (tx: Database) => readState(tx, await readRevision(tx));
  return db.begin('isolation level repeatable read read only', run) as Promise<DirectoryState>;
}
