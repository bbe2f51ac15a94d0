import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { openCheckpoint } from '@praya/tlog/checkpoint';
import { verifyConsistency } from '@praya/tlog/consistency-proof';
import {
  type CosignatureAlgorithm,
  type CosignerKey,
  cosign,
  cosignerKeyOf,
  formatCosignerKey,
} from '@praya/tlog/cosignature';
import { sameBytes } from '@praya/tlog/merkle-hash';
import { type Ed25519Verify, parseNote, type VerifierKey } from '@praya/tlog/note';
import { formatCosignatures, formatTreeSize, parseAddCheckpoint } from '@praya/tlog/witness-request';
import { sha256 } from '../sha256.ts';

export type DoubleAnswer = { readonly status: number; readonly body: string; readonly type?: string };

/** A witness in memory that follows C2SP tlog-witness, for tests of those who ask it. */
export type WitnessDouble = {
  readonly name: string;
  readonly keys: readonly CosignerKey[];
  readonly vkeys: readonly string[];
  /** the trees that it has cosigned last, by origin */
  readonly seen: Map<string, { readonly size: number; readonly root: Uint8Array }>;
  /** the logs that it knows, by origin */
  readonly logs: Map<string, VerifierKey>;
  addCheckpoint(body: string): DoubleAnswer;
  /** cosigns whatever it is asked to, as a witness never would */
  cosignAnything(checkpoint: string, timestamp: number): DoubleAnswer;
  /** how often it was asked */
  asked: number;
  /** Units: seconds since 1970 */
  now: () => number;
};

export function createWitnessDouble(
  name: string,
  logs: readonly VerifierKey[],
  algorithms: readonly CosignatureAlgorithm[] = ['Ed25519'],
): WitnessDouble {
  const pairs = algorithms.map((algorithm) => keyPairOf(name, algorithm));
  const double: WitnessDouble = {
    name,
    keys: pairs.map(({ key }) => key),
    vkeys: pairs.map(({ key }) => formatCosignerKey(key)),
    seen: new Map(),
    logs: new Map(logs.map((key) => [key.name, key])),
    asked: 0,
    now: () => Math.floor(Date.now() / 1000),
    addCheckpoint: (body) => {
      double.asked += 1;
      const refusal = refusalOf(double, body);
      if (refusal !== null) return refusal;
      const request = parseAddCheckpoint(body);
      return request.ok
        ? double.cosignAnything(request.value.checkpoint, double.now())
        : { status: 400, body: '' };
    },
    cosignAnything: (checkpoint, timestamp) => {
      const note = parseNote(checkpoint);
      if (!note.ok) return { status: 400, body: '' };
      const { text } = note.value;
      const lines = pairs.map(({ key, privateKey }) =>
        cosign({ key, timestamp, text, sign: (message) => sign(null, message, privateKey) }),
      );
      return { status: 200, body: formatCosignatures(lines) };
    },
  };
  return double;
}

/** Null when it has taken the checkpoint down and may cosign it. */
function refusalOf(witness: WitnessDouble, body: string): DoubleAnswer | null {
  const request = parseAddCheckpoint(body);
  if (!request.ok) return { status: 400, body: '' };
  const { old, proof, checkpoint } = request.value;
  const origin = checkpoint.slice(0, checkpoint.indexOf('\n'));
  const key = witness.logs.get(origin);
  if (key === undefined) return { status: 404, body: '' };
  const opened = openCheckpoint(checkpoint, { origin, keys: [key], verify: verifyEd25519 });
  if (!opened.ok) return { status: 403, body: '' };
  const { size, root } = opened.value;
  if (old > size) return { status: 400, body: '' };
  const seen = witness.seen.get(origin);
  const conflict = { status: 409, body: formatTreeSize(seen?.size ?? 0), type: 'text/x.tlog.size' };
  if (old !== (seen?.size ?? 0)) return conflict;
  if (seen !== undefined && seen.size === size && !sameBytes(seen.root, root)) {
    return { status: 409, body: 'Another tree of this size\n' };
  }
  if (old === 0 ? proof.length > 0 : !proves(seen, { from: old, to: size, toRoot: root, proof })) {
    return { status: 422, body: '' };
  }
  witness.seen.set(origin, { size, root });
  return null;
}

function proves(
  seen: { readonly root: Uint8Array } | undefined,
  claim: { from: number; to: number; toRoot: Uint8Array; proof: readonly Uint8Array[] },
): boolean {
  return seen !== undefined && verifyConsistency(sha256, { ...claim, fromRoot: seen.root }).ok;
}

function keyPairOf(
  name: string,
  algorithm: CosignatureAlgorithm,
): { key: CosignerKey; privateKey: KeyObject } {
  const pair = algorithm === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44');
  const jwk = pair.publicKey.export({ format: 'jwk' }) as { x?: string; pub?: string };
  const publicKey = Uint8Array.from(Buffer.from(jwk.x ?? jwk.pub ?? '', 'base64url'));
  return { key: cosignerKeyOf(sha256, { name, algorithm, publicKey }), privateKey: pair.privateKey };
}

const verifyEd25519: Ed25519Verify = ({ publicKey, message, signature }) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};
