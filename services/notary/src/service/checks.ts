import type { OrganisationId } from '@praya/directory/contract';
import { ok, refuse } from '@praya/kernel/result';
import type { Notary, PublicCheck } from '../contract.ts';
import { readCode } from '../rules/code.ts';
import { stateAt } from '../rules/states.ts';
import type { RecordRow } from '../store/store.ts';
import { receiptOf } from './evidence.ts';
import type { Room } from './room.ts';
import { madeOf, type Names, namesOf, stepsOf } from './views.ts';

const CHECKS_OF_A_DIGEST = 10;

/** What anybody sees who has the code. A code that is none and one that nobody has are answered alike. */
export async function check(room: Room, typed: string): ReturnType<Notary['check']> {
  const code = readCode(typed);
  const row = code === undefined ? undefined : await room.store.findByCode(code);
  if (row === undefined || row.revision === 0) return refuse('notary.check-unknown');
  return ok(await publicCheck(room, row));
}

/** What anybody sees who has the file, whose digest nobody guesses. */
export async function checksOf(room: Room, digest: string): ReturnType<Notary['checksOf']> {
  const rows = await room.store.findByDigest(digest, CHECKS_OF_A_DIGEST);
  return Promise.all(rows.map((row) => publicCheck(room, row)));
}

async function publicCheck(room: Room, row: RecordRow): Promise<PublicCheck> {
  const [statements, receipt] = await Promise.all([room.store.statementsOf([row.id]), receiptOf(room, row)]);
  const made = row.erasedAt === null ? madeOf(statements, row.id) : [];
  const names = await namesOf(room, [
    row.organisation,
    ...(row.steps ?? []),
    ...made.map(({ issuer }) => issuer),
  ]);
  const now = room.now();
  return {
    code: row.code,
    kind: row.kind,
    issuer: nameOf(names, row.organisation),
    state: stateAt(row, made, now),
    title: row.disclose === 'title' ? row.title : null,
    digest: row.digest,
    validFrom: row.validFrom?.toISOString() ?? null,
    validUntil: row.validUntil?.toISOString() ?? null,
    steps: row.erasedAt === null ? stepsOf(row, made, names) : null,
    history: made.map(({ revision, issuer, state, reason, at, effectiveFrom }) => ({
      revision,
      issuer: nameOf(names, issuer),
      state,
      reason,
      at: at.toISOString(),
      effectiveFrom: effectiveFrom?.toISOString() ?? null,
    })),
    checkedAt: now.toISOString(),
    erasedAt: row.erasedAt?.toISOString() ?? null,
    receipt: receipt.ok ? receipt.value : null,
  };
}

function nameOf(names: Names, id: string) {
  return { id: id as OrganisationId, name: names.get(id) ?? { en: id, 'zh-Hant': id, 'zh-Hans': id } };
}
