import type { KeyObject } from 'node:crypto';
import type { Clock } from './clock.ts';
import { type Database, type Transaction, transaction } from './database.ts';
import {
  type KeyAlgorithm,
  makeSealedKey,
  openSealedKey,
  type PublicJwk,
  sealingKey,
} from './keyring/sealed-key.ts';
import {
  findCurrentKey,
  insertKey,
  type KeyRow,
  type KeyState,
  listKeys,
  lockKeys,
  promoteNextKey,
  retireCurrentKey,
  revokeKey,
} from './keyring/store.ts';

export type { KeyAlgorithm, KeyState, PublicJwk };

/** How long a key signs before the next takes over, counts after that, and stays published for old signatures. */
export type KeyLifetimes = { signForMs: number; overlapMs: number; keepMs: number };

/** The key that signs now. */
export type SigningKey = { kid: string; algorithm: KeyAlgorithm; privateKey: KeyObject; jwk: PublicJwk };

/**
 * A key as others may know it. A signature of instant T counts when `validFrom ≤ T < validUntil` and the key
 * was not revoked at T.
 */
export type PublishedKey = {
  kid: string;
  state: KeyState;
  jwk: PublicJwk;
  validFrom: Date;
  validUntil: Date;
  revokedAt: Date | null;
};

export type Keyring = {
  /** The current key, made on first use; when its time is over the next one has taken its place. */
  signingKey: () => Promise<SigningKey>;
  /** Next, current, and the former keys whose signatures may still be met. */
  published: () => Promise<PublishedKey[]>;
  /** Retires the current key, promotes the next, publishes a new next. With `from`, only if that key is still current. */
  rotate: (options?: { from?: string }) => Promise<{ rotated: boolean; kid: string }>;
  /** Ends trust in a key now; the next one signs if it was current. False when there is no such key to revoke. */
  revoke: (kid: string) => Promise<boolean>;
};

type Options = {
  db: Database;
  masterKey: Uint8Array;
  room: string;
  purpose: string;
  algorithm: KeyAlgorithm;
  now: Clock;
  lifetimes?: Partial<KeyLifetimes>;
};

const dayMs = 24 * 60 * 60 * 1000;
const usualLifetimes: KeyLifetimes = { signForMs: 90 * dayMs, overlapMs: dayMs / 24, keepMs: 3653 * dayMs };

// A rotation or revocation made by another process is noticed within this time; shorter than any overlap.
const rememberMs = 1_000;

/**
 * The signing keys of one purpose in the room's table `signing_keys` (migrate with `keyring: true`).
 * The private halves are sealed with AES-256-GCM under HKDF(master key, room, purpose), bound to their kid.
 */
export function createKeyring(options: Options): Keyring {
  const { db, masterKey, room, purpose, algorithm, now } = options;
  const lifetimes = { ...usualLifetimes, ...options.lifetimes };
  const ring = { ...options, lifetimes, sealing: sealingKey(masterKey, room, purpose) };
  let memory: { key: Promise<KeyRow & { opened: SigningKey }>; at: number } | null = null;
  const forget = () => {
    memory = null;
  };
  const load = async () => {
    const row = (await findCurrentKey(db, purpose)) ?? (await createFirstKey(ring));
    const privateKey = openSealedKey(row.sealed, row.kid, ring.sealing);
    return { ...row, opened: { kid: row.kid, algorithm, privateKey, jwk: row.jwk } };
  };
  const remembered = () => {
    if (memory === null || performance.now() - memory.at > rememberMs) {
      const key = load();
      key.catch(forget);
      memory = { key, at: performance.now() };
    }
    return memory.key;
  };
  const rotate: Keyring['rotate'] = async ({ from } = {}) => {
    const outcome = await transaction(db, (tx) => turn(tx, ring, from));
    forget();
    return outcome;
  };
  return {
    rotate,
    signingKey: async () => {
      const key = await remembered();
      if (now().getTime() < key.validUntil.getTime() - lifetimes.overlapMs) return key.opened;
      await rotate({ from: key.kid });
      return (await remembered()).opened;
    },
    published: async () => {
      await remembered();
      const keys = await listKeys(db, purpose, new Date(now().getTime() - lifetimes.keepMs));
      return keys.map(({ sealed: _, ...published }) => published);
    },
    revoke: async (kid) => {
      const done = await transaction(db, (tx) => revokeAndReplace(tx, ring, kid));
      forget();
      return done;
    },
  };
}

type Ring = Omit<Options, 'lifetimes'> & { lifetimes: KeyLifetimes; sealing: Buffer };

function createFirstKey(ring: Ring): Promise<KeyRow> {
  return transaction(ring.db, async (tx) => {
    await lockKeys(tx, ring.purpose);
    if ((await findCurrentKey(tx, ring.purpose)) === undefined) await stepForward(tx, ring);
    return mustFindCurrent(tx, ring);
  });
}

async function turn(tx: Transaction, ring: Ring, from: string | undefined) {
  await lockKeys(tx, ring.purpose);
  const current = await findCurrentKey(tx, ring.purpose);
  if (current !== undefined && from !== undefined && current.kid !== from) {
    return { rotated: false, kid: current.kid };
  }
  await stepForward(tx, ring);
  return { rotated: true, kid: (await mustFindCurrent(tx, ring)).kid };
}

async function revokeAndReplace(tx: Transaction, ring: Ring, kid: string): Promise<boolean> {
  await lockKeys(tx, ring.purpose);
  const before = await revokeKey(tx, { purpose: ring.purpose, kid }, ring.now());
  if (before === 'current') await stepForward(tx, ring);
  if (before === 'next') await addKey(tx, ring, 'next');
  return before !== null;
}

async function stepForward(tx: Transaction, ring: Ring): Promise<void> {
  const { purpose, lifetimes, now } = ring;
  const at = now().getTime();
  await retireCurrentKey(tx, purpose, new Date(at + lifetimes.overlapMs));
  await promoteNextKey(tx, purpose, new Date(at + lifetimes.signForMs + lifetimes.overlapMs));
  if ((await findCurrentKey(tx, purpose)) === undefined) await addKey(tx, ring, 'current');
  await addKey(tx, ring, 'next');
}

// A next key is published a whole term before it signs, so that every verifier knows it by then.
async function addKey(tx: Transaction, ring: Ring, state: 'next' | 'current'): Promise<void> {
  const { purpose, algorithm, lifetimes, now } = ring;
  const validFrom = now();
  const terms = state === 'next' ? 2 : 1;
  const validUntil = new Date(validFrom.getTime() + terms * lifetimes.signForMs + lifetimes.overlapMs);
  const key = await makeSealedKey(algorithm, ring.sealing);
  await insertKey(tx, { ...key, purpose, algorithm, state, validFrom, validUntil });
}

async function mustFindCurrent(tx: Transaction, ring: Ring): Promise<KeyRow> {
  const row = await findCurrentKey(tx, ring.purpose);
  if (row === undefined) throw new Error(`No current signing key for ${ring.purpose}`);
  return row;
}
