import { Buffer } from 'node:buffer';
import type { Receipt } from '@praya/exchange/contract';
import { EVIDENCE, type LogProof } from '@praya/ledger/contract';
import { decodeEntries } from '@praya/tlog/entry-bundle';
import { canonicalJson } from '@praya/verifier/canonical-json';
import { sha256 } from '@praya/verifier/digest';
import { leafHash, verifyConsistency, verifyInclusion } from '@praya/verifier/merkle';
import { type Checkpoint, readCheckpoint, verifyNote } from '@praya/verifier/signed-note';
import { verifyTrustList } from '@praya/verifier/trust-list';
import type { Scene } from './scene.ts';

const BUNDLE = 256;

/** What a monitor of the log does: reads it anew and holds it against what it saw before. */
export type Monitor = {
  newest(): Promise<Checkpoint>;
  /** The checkpoint of a receipt, its signature checked. */
  seenIn(receipt: Receipt): Promise<Checkpoint>;
  entries(size: number): Promise<readonly Uint8Array[]>;
  includes(checkpoint: Checkpoint, entry: { index: number; commitment: Uint8Array }): Promise<boolean>;
  extends(earlier: Checkpoint, later: Checkpoint): Promise<boolean>;
};

/** A monitor that knows the log by the trust list of now. */
export async function monitorOf(scene: Scene): Promise<Monitor> {
  const { origin, anchor } = scene;
  const list = await verifyTrustList(await textAt(`${origin}/directory/v1/trust-list`), anchor);
  if (!list.ok) throw new Error(list.refusal.code);
  const log = list.value.logs.find((one) => one.origin.includes(`/log/${EVIDENCE}/`));
  if (log === undefined) throw new Error('The trust list names no log of evidence');
  const { vkey } = log;
  const path = log.origin.slice(log.origin.indexOf('/'));
  const files = `${origin}${path}`;
  const proofs = `${origin}/ledger/v1${path.replace('/log/', '/logs/')}`;
  return {
    newest: async () => opened(await textAt(`${files}/checkpoint`), vkey),
    seenIn: (receipt) => opened(receipt.log.checkpoint, vkey),
    entries: async (size) => {
      const bundles = Array.from({ length: Math.ceil(size / BUNDLE) }, (_, n) => n);
      const read = await Promise.all(bundles.map((n) => bundleAt(files, { n, size })));
      return read.flat();
    },
    includes: async ({ size, root }, { index, commitment }) => {
      const text = await textAt(`${proofs}/proofs/${index}?size=${size}`);
      const { proof }: LogProof = JSON.parse(text);
      const claim = { index, size, root, proof: proof.map(bytesOf), leafHash: await leafHash(commitment) };
      return (await verifyInclusion(claim)).ok;
    },
    extends: async (earlier, later) => {
      const text = await textAt(`${proofs}/consistency?from=${earlier.size}&to=${later.size}`);
      const { proof }: { proof: string[] } = JSON.parse(text);
      const sizes = { from: earlier.size, to: later.size };
      const roots = { fromRoot: earlier.root, toRoot: later.root };
      return (await verifyConsistency({ ...sizes, ...roots, proof: proof.map(bytesOf) })).ok;
    },
  };
}

/** What the log must hold for a receipt, computed from its act and salt. */
export async function commitmentOf({ act, salt }: Receipt): Promise<Uint8Array> {
  const record = new TextEncoder().encode(canonicalJson(act));
  return sha256(Uint8Array.from([...Buffer.from(salt, 'base64url'), ...record]));
}

async function opened(note: string, vkey: string): Promise<Checkpoint> {
  const text = await verifyNote(note, vkey);
  const checkpoint = text.ok ? readCheckpoint(text.value) : text;
  if (!checkpoint.ok) throw new Error(checkpoint.refusal.code);
  return checkpoint.value;
}

async function bundleAt(files: string, { n, size }: { n: number; size: number }): Promise<Uint8Array[]> {
  const width = Math.min(BUNDLE, size - n * BUNDLE);
  const part = width === BUNDLE ? '' : `.p/${width}`;
  const response = await fetch(`${files}/tile/entries/${String(n).padStart(3, '0')}${part}`);
  const entries = decodeEntries(new Uint8Array(await response.arrayBuffer()));
  if (!response.ok || !entries.ok) throw new Error(`No bundle ${n} of ${width}`);
  return [...entries.value];
}

async function textAt(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}
