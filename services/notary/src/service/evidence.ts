import { claimedPayload } from '@praya/kernel/jws';
import { ok, type Result, refuse } from '@praya/kernel/result';
import { transparentStatement } from '@praya/scitt/statement';
import { decodeBase64 } from '@praya/tlog/base64';
import { formatTlogProof } from '@praya/tlog/tlog-proof';
import type { Actor, NotarisationReceipt, Notary, NotaryRefusal } from '../contract.ts';
import type { RecordId } from '../records/contract.ts';
import type { RecordRow } from '../store/store.ts';
import { concerns } from './change.ts';
import type { Place, Room } from './room.ts';
import { madeOf } from './views.ts';

type Kept = { readonly revision: number; readonly statement: Uint8Array; readonly place: Place };
type About = { id: RecordId; revision?: number };

/** Everything that a stranger needs to check a record offline. */
export async function receipt(
  room: Room,
  ...[actor, id]: Parameters<Notary['receipt']>
): ReturnType<Notary['receipt']> {
  const row = await room.store.find(id);
  if (row === undefined || !concerns(row, actor)) return refuse('notary.record-unknown');
  return receiptOf(room, row);
}

/** The receipt of a record as it is now. */
export async function receiptOf(
  room: Room,
  row: RecordRow,
): Promise<Result<NotarisationReceipt, NotaryRefusal>> {
  if (row.erasedAt !== null) return refuse('notary.record-erased');
  const kept = await keptOf(room, row);
  const proofs = await Promise.all(kept.map(({ place }) => proofText(room, place)));
  const statements: NotarisationReceipt['statements'] = [];
  for (const [at, proof] of proofs.entries()) {
    if (!proof.ok) return proof;
    const statement = Buffer.from(kept[at]?.statement ?? []).toString('base64url');
    statements.push({ statement, proof: proof.value });
  }
  const trust = await room.directory.trustList();
  // A log that was just opened is not yet on the list that everybody has.
  if (kept.some(({ place }) => !isTrusted(trust, place.origin))) return refuse('notary.proof-pending');
  return ok({ type: 'praya.notarisation-receipt.v1', record: row.id, statements, trust });
}

function isTrusted(trust: string, origin: string): boolean {
  const { logs } = (claimedPayload(trust) ?? {}) as { logs?: readonly { readonly origin: string }[] };
  return logs?.some((log) => log.origin === origin) ?? false;
}

/** A SCITT transparent statement: what was signed, with the log's receipt in it. */
export async function statement(
  room: Room,
  ...[actor, about]: Parameters<Notary['statement']>
): ReturnType<Notary['statement']> {
  const found = await oneOf(room, actor, about);
  if (!found.ok) return found;
  const receipt = await room.ledger.coseReceipt(found.value.place);
  if (!receipt.ok) return refuse('notary.proof-pending', { detail: receipt.refusal.code });
  return ok(transparentStatement(found.value.statement, [receipt.value]));
}

/** C2SP tlog-proof of one statement's entry. */
export async function proof(
  room: Room,
  ...[actor, about]: Parameters<Notary['proof']>
): ReturnType<Notary['proof']> {
  const found = await oneOf(room, actor, about);
  return found.ok ? proofText(room, found.value.place) : found;
}

async function oneOf(
  room: Room,
  actor: Actor,
  { id, revision }: About,
): Promise<Result<Kept, NotaryRefusal>> {
  const row = await room.store.find(id);
  if (row === undefined || !concerns(row, actor)) return refuse('notary.record-unknown');
  if (row.erasedAt !== null) return refuse('notary.record-erased');
  const kept = await keptOf(room, row);
  const found = revision === undefined ? kept.at(-1) : kept.find((one) => one.revision === revision);
  return found === undefined ? refuse('notary.revision-unknown') : ok(found);
}

async function keptOf(room: Room, { id }: RecordRow): Promise<Kept[]> {
  const statements = await room.store.statementsOf([id]);
  return madeOf(statements, id).flatMap(({ revision, statement, place }) =>
    statement === null ? [] : [{ revision, statement, place }],
  );
}

async function proofText(room: Room, place: Place): Promise<Result<string, NotaryRefusal>> {
  const found = await room.ledger.proofOf(place);
  if (!found.ok) return refuse('notary.proof-pending', { detail: found.refusal.code });
  const { index, checkpoint, proof: path } = found.value;
  const hashes = path.map((hash) => decodeBase64(hash) ?? new Uint8Array());
  return ok(formatTlogProof({ index, proof: hashes, checkpoint }));
}
