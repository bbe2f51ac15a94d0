import { decodeBase64, encodeBase64 } from './base64.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { HASH_BYTES, type Hasher } from './merkle-hash.ts';
import { isKeyName, type NoteSignature, parseNote, typedKeyId } from './note.ts';
import { found, refused, type TlogResult } from './result.ts';
import { isCount } from './tree-range.ts';

/** The two ways to cosign. */
export type CosignatureAlgorithm = 'Ed25519' | 'ML-DSA-44';

/** A key by which cosignatures are checked. */
export type CosignerKey = {
  readonly name: string;
  readonly keyId: number;
  readonly algorithm: CosignatureAlgorithm;
  readonly publicKey: Uint8Array;
};

/** Ed25519 (RFC 8032) and ML-DSA-44 (FIPS 204, no context), passed in by the caller. */
export type CosignatureVerify = (about: {
  readonly algorithm: CosignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}) => boolean;

/** A cosignature that holds. Units: `timestamp` in seconds since 1970. */
export type Cosignature = { readonly key: CosignerKey; readonly timestamp: number };

/** Signature type byte, public key and signature bytes. Source: C2SP tlog-cosignature, “Format”. */
const ALGORITHMS = {
  Ed25519: { type: 0x04, keyBytes: 32, signatureBytes: 64 },
  'ML-DSA-44': { type: 0x06, keyBytes: 1312, signatureBytes: 2420 },
} as const;

const TIMESTAMP_BYTES = 8;
const SUBTREE_LABEL = 'subtree/v1\n\0';
const NAME_MAX_BYTES = 255;

/**
 * The key by which others check a cosigner.
 *
 * Errors  throws on a name or key that cannot cosign
 */
export function cosignerKeyOf(
  hasher: Hasher,
  about: {
    readonly name: string;
    readonly algorithm: CosignatureAlgorithm;
    readonly publicKey: Uint8Array;
  },
): CosignerKey {
  const { name, algorithm, publicKey } = about;
  const { type, keyBytes } = ALGORITHMS[algorithm];
  if (!isCosignerName(name) || publicKey.length !== keyBytes) {
    throw new RangeError(`Not a cosigner's key: ${name}`);
  }
  return { name, keyId: typedKeyId(hasher, { name, type, publicKey }), algorithm, publicKey };
}

/**
 * The text form of a cosigner's key.
 *
 * Shape   `<name>+<key id, 8 hexadecimal digits>+<base64(0x04 or 0x06 ‖ public key)>`
 * Source  C2SP signed-note, “Verifier keys”; tlog-cosignature, “Format”
 */
export function formatCosignerKey(key: CosignerKey): string {
  const bytes = new Uint8Array([ALGORITHMS[key.algorithm].type, ...key.publicKey]);
  return `${key.name}+${key.keyId.toString(16).padStart(8, '0')}+${encodeBase64(bytes)}`;
}

/**
 * Reads a cosigner's key and checks that its id is the hash of its name, type and key.
 *
 * Errors  tlog.key-malformed (also a key of another signature type), tlog.key-id-mismatch
 */
export function parseCosignerKey(hasher: Hasher, vkey: string): TlogResult<CosignerKey> {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,2000})$/.exec(vkey);
  const [, name, id, encoded] = parts ?? [];
  if (name === undefined || id === undefined || encoded === undefined) return refused('tlog.key-malformed');
  const bytes = decodeBase64(encoded);
  const algorithm = bytes === null ? undefined : algorithmOf(bytes);
  if (!isCosignerName(name) || bytes === null || algorithm === undefined)
    return refused('tlog.key-malformed');
  const key = cosignerKeyOf(hasher, { name, algorithm, publicKey: bytes.subarray(1) });
  return key.keyId === Number.parseInt(id, 16) ? found(key) : refused('tlog.key-id-mismatch');
}

/**
 * What a cosigner signs about a checkpoint.
 *
 * Shape   Ed25519: `cosignature/v1`, `time <seconds>` and the whole text; ML-DSA-44: the message of the subtree 0 … size
 * Errors  throws on what is no checkpoint or no time
 * Source  C2SP tlog-cosignature, “Ed25519 signed message”, “ML-DSA-44 signed message”
 */
export function cosignedMessage(key: CosignerKey, timestamp: number, checkpointText: string): Uint8Array {
  const read = parseCheckpoint(checkpointText);
  if (!read.ok || !isCount(timestamp) || !isOrigin(key.algorithm, read.value)) {
    throw new RangeError('This cannot be cosigned');
  }
  if (key.algorithm === 'Ed25519') {
    return new TextEncoder().encode(`cosignature/v1\ntime ${timestamp}\n${checkpointText}`);
  }
  const { origin, size, root } = read.value;
  return subtreeMessage({ cosigner: key.name, timestamp, origin, start: 0, end: size, hash: root });
}

/**
 * What an ML-DSA-44 cosigner signs about a subtree, the leaves `start` … `end` − 1.
 *
 * Shape   label ‖ name behind its length ‖ timestamp ‖ origin behind its length ‖ start ‖ end ‖ hash; integers of 8 bytes, big-endian
 * Errors  throws on a name or origin that is not 1 … 255 bytes, a timestamp with a start that is not 0
 * Source  C2SP tlog-cosignature, “ML-DSA-44 signed message”
 */
export function subtreeMessage(about: {
  readonly cosigner: string;
  readonly timestamp: number;
  readonly origin: string;
  readonly start: number;
  readonly end: number;
  readonly hash: Uint8Array;
}): Uint8Array {
  const { timestamp, start, end, hash } = about;
  const counts = [timestamp, start, end].every(isCount) && start <= end && (start === 0 || timestamp === 0);
  if (!counts || hash.length !== HASH_BYTES) throw new RangeError('This cannot be cosigned');
  return Uint8Array.from([
    ...new TextEncoder().encode(SUBTREE_LABEL),
    ...behindLength(about.cosigner),
    ...uint64(timestamp),
    ...behindLength(about.origin),
    ...uint64(start),
    ...uint64(end),
    ...hash,
  ]);
}

/**
 * Cosigns the text of a checkpoint.
 *
 * Shape   the signature is the timestamp, big-endian uint64, then what `sign` answers
 * Errors  throws on what cannot be cosigned and on a signature of another length
 */
export function cosign(by: {
  readonly key: CosignerKey;
  readonly timestamp: number;
  readonly text: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}): NoteSignature {
  const { key, timestamp, text } = by;
  const signed = by.sign(cosignedMessage(key, timestamp, text));
  if (signed.length !== ALGORITHMS[key.algorithm].signatureBytes) {
    throw new RangeError(`An ${key.algorithm} signature does not have ${signed.length} bytes`);
  }
  const signature = Uint8Array.from([...uint64(timestamp), ...signed]);
  return { name: key.name, keyId: key.keyId, signature };
}

/**
 * Checks one signature line over the text of a checkpoint.
 *
 * Errors  tlog.signature-missing: of none of these keys; tlog.cosignature-malformed: another length, a time past 2^53 − 1; tlog.signature-wrong; tlog.checkpoint-malformed
 */
export function verifyCosignature(
  about: { readonly text: string; readonly line: NoteSignature },
  keys: readonly CosignerKey[],
  verify: CosignatureVerify,
): TlogResult<Cosignature> {
  const { text, line } = about;
  const key = keys.find(({ name, keyId }) => name === line.name && keyId === line.keyId);
  if (key === undefined) return refused('tlog.signature-missing');
  const timestamp = timestampOf(key.algorithm, line.signature);
  if (timestamp === null) return refused('tlog.cosignature-malformed');
  const checkpoint = parseCheckpoint(text);
  if (!checkpoint.ok || !isOrigin(key.algorithm, checkpoint.value)) {
    return refused('tlog.checkpoint-malformed');
  }
  const holds = verify({
    algorithm: key.algorithm,
    publicKey: key.publicKey,
    message: cosignedMessage(key, timestamp, text),
    signature: line.signature.subarray(TIMESTAMP_BYTES),
  });
  return holds ? found({ key, timestamp }) : refused('tlog.signature-wrong');
}

/**
 * Checks the cosignatures of a checkpoint by the keys that the caller trusts; other lines, the log's own too, are passed over.
 *
 * Shape   no cosignature at all is an empty list: whether that is enough is for a policy to say
 * Errors  those of parseNote; tlog.checkpoint-malformed; a known key's line that does not hold: tlog.cosignature-malformed, tlog.signature-wrong
 * Source  C2SP signed-note, “Signatures”
 */
export function verifyCosignatures(
  note: string,
  keys: readonly CosignerKey[],
  verify: CosignatureVerify,
): TlogResult<{ readonly text: string; readonly cosignatures: readonly Cosignature[] }> {
  const parsed = parseNote(note);
  if (!parsed.ok) return parsed;
  const { text, signatures } = parsed.value;
  const checkpoint = parseCheckpoint(text);
  if (!checkpoint.ok) return checkpoint;
  const cosignatures: Cosignature[] = [];
  for (const line of signatures) {
    const answer = verifyCosignature({ text, line }, keys, verify);
    if (answer.ok) cosignatures.push(answer.value);
    else if (answer.refusal.code !== 'tlog.signature-missing') return answer;
  }
  return found({ text, cosignatures });
}

function algorithmOf(typedKey: Uint8Array): CosignatureAlgorithm | undefined {
  return (['Ed25519', 'ML-DSA-44'] as const).find((algorithm) => {
    const { type, keyBytes } = ALGORITHMS[algorithm];
    return typedKey[0] === type && typedKey.length === 1 + keyBytes;
  });
}

function timestampOf(algorithm: CosignatureAlgorithm, signature: Uint8Array): number | null {
  if (signature.length !== TIMESTAMP_BYTES + ALGORITHMS[algorithm].signatureBytes) return null;
  const seconds = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  return seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : null;
}

/** Only the message of ML-DSA-44 has a place of limited length for the origin. */
function isOrigin(algorithm: CosignatureAlgorithm, { origin }: Checkpoint): boolean {
  return algorithm === 'Ed25519' || new TextEncoder().encode(origin).length <= NAME_MAX_BYTES;
}

function isCosignerName(name: string): boolean {
  return isKeyName(name) && new TextEncoder().encode(name).length <= NAME_MAX_BYTES;
}

function behindLength(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length < 1 || bytes.length > NAME_MAX_BYTES) {
    throw new RangeError(`A name of ${bytes.length} bytes cannot be cosigned`);
  }
  return Uint8Array.of(bytes.length, ...bytes);
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}
