import { encodeBase64url } from './base64url.ts';
import { type Bytes, concat, utf8 } from './bytes.ts';
import { signatureHolds } from './jwk.ts';
import { type Note, readCheckpoint } from './signed-note.ts';
import { isLineOf, type NoteKey } from './verifier-key.ts';

/**
 * What the signature lines of a witness say. `unchecked`: this runtime cannot check its algorithm, so the line
 * counts for nothing, neither for nor against.
 */
export type CosignatureFinding = 'good' | 'wrong' | 'missing' | 'unchecked';

/** The finding for one key; `timestamp` in seconds since 1970, 0 unless good. */
export type Cosignature = {
  readonly key: NoteKey;
  readonly finding: CosignatureFinding;
  readonly timestamp: number;
};

const KEY_ID_BYTES = 4;
const TIMESTAMP_BYTES = 8;
const MAX_TIMESTAMP = 2n ** 63n - 1n;
const SIGNATURE_BYTES: Readonly<Partial<Record<NoteKey['kind'], number>>> = {
  'cosignature-ed25519': 64,
  'cosignature-ml-dsa-44': 2420,
};
const ML_DSA_44 = 'ML-DSA-44';

/**
 * Looks for the cosignature of a witness on a checkpoint. One line by its key that does not hold spoils the others.
 *
 * Source  C2SP tlog-cosignature
 */
export async function checkCosignature(note: Note, key: NoteKey): Promise<Cosignature> {
  const lines = note.signatures.filter((line) => isLineOf(key, line));
  if (lines.length === 0) return { key, finding: 'missing', timestamp: 0 };
  const findings = await Promise.all(lines.map(({ bytes }) => checkLine(note.text, key, bytes)));
  for (const finding of ['wrong', 'unchecked'] as const) {
    if (findings.some((one) => one.finding === finding)) return { key, finding, timestamp: 0 };
  }
  return { key, finding: 'good', timestamp: Math.max(...findings.map(({ timestamp }) => timestamp)) };
}

async function checkLine(text: string, key: NoteKey, bytes: Bytes): Promise<Omit<Cosignature, 'key'>> {
  const wrong = { finding: 'wrong', timestamp: 0 } as const;
  const body = bytes.slice(KEY_ID_BYTES);
  const length = SIGNATURE_BYTES[key.kind];
  if (length === undefined || body.length !== TIMESTAMP_BYTES + length) return wrong;
  const stated = new DataView(body.buffer).getBigUint64(0);
  const message = stated > MAX_TIMESTAMP ? null : cosignedMessage(text, key, stated);
  if (message === null) return wrong;
  const signature = body.slice(TIMESTAMP_BYTES);
  const finding = await (key.kind === 'cosignature-ed25519'
    ? byEd25519(key.publicKey, { message, signature })
    : byMlDsa(key.publicKey, { message, signature }));
  return finding === 'good' ? { finding, timestamp: Number(stated) } : { finding, timestamp: 0 };
}

/**
 * The bytes that a witness signs for a checkpoint; null when the text is no checkpoint, or one that it cannot sign.
 *
 * Source  C2SP tlog-cosignature, “Ed25519 signed message”, “ML-DSA-44 signed message”
 */
export function cosignedMessage(text: string, key: NoteKey, timestamp: bigint): Bytes | null {
  const checkpoint = readCheckpoint(text);
  if (!checkpoint.ok) return null;
  if (key.kind === 'cosignature-ed25519') return utf8(`cosignature/v1\ntime ${timestamp}\n${text}`);
  const { origin, size, root } = checkpoint.value;
  const names = [utf8(key.name), utf8(origin)];
  if (names.some(({ length }) => length === 0 || length > 255)) return null;
  const [name, log] = names.map((bytes) => concat(Uint8Array.of(bytes.length), bytes));
  if (name === undefined || log === undefined) return null;
  return concat(utf8('subtree/v1\n\0'), name, uint64(timestamp), log, uint64(0n), uint64(BigInt(size)), root);
}

type Signed = { readonly message: Bytes; readonly signature: Bytes };

async function byEd25519(publicKey: Bytes, about: Signed): Promise<CosignatureFinding> {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(publicKey) } as const;
  return (await signatureHolds(jwk, about)) ? 'good' : 'wrong';
}

/** Where WebCrypto has no ML-DSA, importing fails; every 1312 bytes are a key, so nothing else can make it fail. */
async function byMlDsa(publicKey: Bytes, about: Signed): Promise<CosignatureFinding> {
  try {
    const key = await importMlDsa(publicKey);
    const holds = await globalThis.crypto.subtle.verify(
      { name: ML_DSA_44 },
      key,
      about.signature,
      about.message,
    );
    return holds ? 'good' : 'wrong';
  } catch {
    return 'unchecked';
  }
}

/** Source: W3C WICG “Modern Algorithms in the Web Cryptography API”, whose key format TypeScript does not know yet. */
function importMlDsa(publicKey: Bytes): Promise<CryptoKey> {
  const { subtle } = globalThis.crypto;
  const format = 'raw-public' as 'raw';
  return subtle.importKey(format, publicKey, { name: ML_DSA_44 }, false, ['verify']);
}

function uint64(value: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}
