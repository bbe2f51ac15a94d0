import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { formatCheckpoint } from '@praya/tlog/checkpoint';
import { type CosignerKey, cosign, cosignerKeyOf, formatCosignerKey } from '@praya/tlog/cosignature';
import { encodeEntries } from '@praya/tlog/entry-bundle';
import { growTree } from '@praya/tlog/growing-tree';
import { leafHash } from '@praya/tlog/merkle-hash';
import { formatNote, formatVerifierKey, type NoteSignature, verifierKeyOf } from '@praya/tlog/note';
import { encodeTile, parseTilePath, TILE_WIDTH, type Tile, tilePath, tileWidth } from '@praya/tlog/tiles';
import { hashInto, sha256 } from '../crypto.ts';

/** Keys of a log and its three witnesses, the third with ML-DSA-44. */
export type PretendedKeys = { readonly log: KeyObject; readonly witnesses: readonly KeyObject[] };

/** A log in memory that serves its files, and can be made to misbehave. */
export type PretendedLog = {
  readonly origin: string;
  readonly vkey: string;
  readonly keys: PretendedKeys;
  /** Two of its three witnesses. */
  readonly policy: string;
  readonly url: string;
  readonly entries: Uint8Array[];
  /** Answers by this instead of a file, at one path or at every one. */
  readonly answers: Map<string, () => Response>;
  asked: number;
  grow(count: number): void;
  publish(about?: { at?: Date; cosigners?: readonly number[]; size?: number; note?: string }): string;
  /** The same keys, the same first entries, and others from there; nothing of it is published yet. */
  forkedAt(size: number): PretendedLog;
  /** Every file of the published size. */
  paths(): readonly string[];
  file(path: string): Uint8Array | null;
  note(): string;
  damage(path: string, change: (bytes: Uint8Array) => Uint8Array | null): void;
  readonly ask: typeof fetch;
};

const NAMES = ['w1.example.edu', 'w2.example.org', 'w3.example.net'];

export function createPretendedLog(
  origin = 'log.example.gov/log/evidence/2026h2',
  keys: PretendedKeys = newKeys(),
): PretendedLog {
  return logOf(origin, { keys, entries: [], kind: 'kept' });
}

function logOf(
  origin: string,
  from: { readonly keys: PretendedKeys; readonly entries: readonly Uint8Array[]; readonly kind: string },
): PretendedLog {
  const { keys, kind } = from;
  const key = verifierKeyOf(sha256, origin, rawKey(keys.log));
  const entries = [...from.entries];
  const shown = { note: '', sizes: new Set<number>(), size: 0 };
  const damaged = new Map<string, Uint8Array | null>();
  const levels: Uint8Array[][] = [];
  let hashed = 0;

  function hashAll(): void {
    const fresh = entries.slice(hashed).map((entry) => leafHash(sha256, entry));
    hashed = entries.length;
    for (let level = 0, more = fresh; level === 0 || more.length > 0; level += 1) {
      const hashes = [...(levels[level] ?? []), ...more];
      const before = Math.floor((levels[level]?.length ?? 0) / TILE_WIDTH);
      levels[level] = hashes;
      const full = Math.floor(hashes.length / TILE_WIDTH);
      more = Array.from({ length: full - before }, (_, at) =>
        rootOf(hashes.slice((before + at) * TILE_WIDTH, (before + at + 1) * TILE_WIDTH)),
      );
    }
  }

  // A partial tile is there in the widths that were published, until it is full.
  function isThere({ level, index, width }: Tile): boolean {
    const at = { level: level === 'entries' ? 0 : level, index };
    if (tileWidth(at, shown.size) === TILE_WIDTH) return width === TILE_WIDTH;
    return Array.from(shown.sizes).some((size) => tileWidth(at, size) === width);
  }

  const log: PretendedLog = {
    origin,
    keys,
    entries,
    url: `https://${origin}`,
    vkey: formatVerifierKey(key),
    policy: policyOf(formatVerifierKey(key), keys),
    answers: new Map(),
    asked: 0,
    grow: (count) => {
      for (let at = 0; at < count; at += 1) entries.push(entryOf(kind, entries.length));
    },
    publish: (about = {}) => {
      hashAll();
      const size = about.size ?? entries.length;
      const root = rootOf(levels[0]?.slice(0, size) ?? []);
      const text = formatCheckpoint({ origin, size, root, extensions: [] });
      const message = new TextEncoder().encode(text);
      const own = { name: key.name, keyId: key.keyId, signature: sign(null, message, keys.log) };
      const others = cosignaturesOf(text, keys, about);
      shown.note = about.note ?? formatNote({ text, signatures: [own, ...others] });
      shown.size = size;
      shown.sizes.add(size);
      return shown.note;
    },
    forkedAt: (size) => logOf(origin, { keys, entries: entries.slice(0, size), kind: `${kind} other` }),
    paths: () => {
      const paths: string[] = [];
      for (let level = 0; level === 0 || tileWidth({ level, index: 0 }, shown.size) > 0; level += 1)
        for (let index = 0; tileWidth({ level, index }, shown.size) > 0; index += 1) {
          const width = tileWidth({ level, index }, shown.size);
          paths.push(tilePath({ level, index, width }));
          if (level === 0) paths.push(tilePath({ level: 'entries', index, width }));
        }
      return paths;
    },
    file: (path) => {
      const damage = damaged.get(path);
      if (damage !== undefined) return damage;
      if (path === 'checkpoint') return new TextEncoder().encode(shown.note);
      const tile = parseTilePath(path);
      if (!tile.ok || !isThere(tile.value)) return null;
      const { level, index, width } = tile.value;
      const [begin, end] = [index * TILE_WIDTH, index * TILE_WIDTH + width];
      if (level === 'entries') return encodeEntries(entries.slice(begin, end));
      return encodeTile(levels[level]?.slice(begin, end) ?? []);
    },
    note: () => shown.note,
    damage: (path, change) => void damaged.set(path, change(log.file(path) ?? new Uint8Array())),
    ask: async (input) => {
      log.asked += 1;
      const url = String(input);
      const path = url.slice(log.url.length + 1);
      const answer = log.answers.get('*') ?? log.answers.get(path) ?? log.answers.get(url);
      if (answer !== undefined) return answer();
      const bytes = url.startsWith(`${log.url}/`) ? log.file(path) : null;
      return bytes === null ? new Response('', { status: 404 }) : new Response(Buffer.from(bytes));
    },
  };
  return log;
}

export function newKeys(): PretendedKeys {
  const ed25519 = () => generateKeyPairSync('ed25519').privateKey;
  return { log: ed25519(), witnesses: [ed25519(), ed25519(), generateKeyPairSync('ml-dsa-44').privateKey] };
}

/** The text of an entry: every seventh has 32 bytes, as commitments have. */
export function entryOf(kind: string, index: number): Uint8Array {
  const text = new TextEncoder().encode(`${kind} ${index}`);
  return index % 7 === 0 ? sha256(text) : text;
}

/** With this bit another one. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % Math.max(1, copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

function cosignaturesOf(
  text: string,
  keys: PretendedKeys,
  { at = new Date(), cosigners = [0, 1, 2] }: { at?: Date; cosigners?: readonly number[] },
): readonly NoteSignature[] {
  return cosigners.flatMap((which) => {
    const witness = keys.witnesses[which];
    if (witness === undefined) return [];
    const timestamp = Math.floor(at.getTime() / 1000);
    return [
      cosign({
        key: cosignerOf(witness, which),
        timestamp,
        text,
        sign: (message) => sign(null, message, witness),
      }),
    ];
  });
}

function policyOf(vkey: string, keys: PretendedKeys): string {
  const witnesses = keys.witnesses.map(
    (witness, at) => `witness w${at} ${formatCosignerKey(cosignerOf(witness, at))}`,
  );
  return [`log ${vkey}`, ...witnesses, 'group all-of-them 2 w0 w1 w2', 'quorum all-of-them', ''].join('\n');
}

function cosignerOf(witness: KeyObject, which: number): CosignerKey {
  const algorithm = witness.asymmetricKeyType === 'ed25519' ? 'Ed25519' : 'ML-DSA-44';
  return cosignerKeyOf(sha256, { name: NAMES[which] ?? '', algorithm, publicKey: rawKey(witness) });
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const tree = growTree(hashInto);
  tree.append(hashes);
  return tree.root();
}

function rawKey(key: KeyObject): Uint8Array {
  const { x, pub }: { x?: string; pub?: string } = key.export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(String(x ?? pub), 'base64url'));
}
