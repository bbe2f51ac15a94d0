import type { OrganisationId } from '@praya/directory/contract';
import type { LocalisedText } from '@praya/kernel/language';
import type { NotaryRecord, StatementView, StepView } from '../records/contract.ts';
import { stateAt } from '../rules/states.ts';
import type { RecordRow, StatementRow } from '../store/store.ts';
import type { Room } from './room.ts';

type Placed = StatementRow & { readonly place: NonNullable<StatementRow['place']> };
export type Names = ReadonlyMap<string, LocalisedText>;

/** The statements of one record that have been made. */
export function madeOf(statements: readonly StatementRow[], id: string): readonly Placed[] {
  return statements.filter((one): one is Placed => one.record === id && one.place !== null);
}

/** The names of organisations; one that the directory does not know is called by its id. */
export async function namesOf(room: Room, ids: readonly string[]): Promise<Names> {
  const pairs = [...new Set(ids)].map(async (id): Promise<[string, LocalisedText]> => {
    const found = await room.directory.organisation(id as OrganisationId);
    return [id, found.ok ? found.value.name : { en: id, 'zh-Hant': id, 'zh-Hans': id }];
  });
  return new Map(await Promise.all(pairs));
}

/** One record in full. */
export async function viewOf(room: Room, row: RecordRow): Promise<NotaryRecord> {
  const [statements, manifest, names] = await Promise.all([
    room.store.statementsOf([row.id]),
    row.kind === 'folder' ? room.store.manifestOf(row.id) : null,
    namesOf(room, row.steps ?? []),
  ]);
  const made = madeOf(statements, row.id);
  const view = recordView(room, { row, made, names });
  return { ...view, manifest: manifest === null ? null : [...manifest] };
}

/** Records as a list shows them: without manifests, with their newest statement only. */
export async function viewsOf(room: Room, rows: readonly RecordRow[]): Promise<NotaryRecord[]> {
  const [statements, names] = await Promise.all([
    room.store.statementsOf(rows.map(({ id }) => id)),
    namesOf(
      room,
      rows.flatMap(({ steps }) => steps ?? []),
    ),
  ]);
  const byRecord = Map.groupBy(statements, ({ record }) => record);
  return rows.map((row) => {
    const made = madeOf(byRecord.get(row.id) ?? [], row.id);
    const view = recordView(room, { row, made, names });
    return { ...view, history: view.history.slice(-1) };
  });
}

function recordView(
  room: Room,
  about: { readonly row: RecordRow; readonly made: readonly Placed[]; readonly names: Names },
): NotaryRecord {
  const { row, made, names } = about;
  return {
    id: row.id,
    code: row.code,
    checkUrl: `${room.origin}/check/${row.code}`,
    organisation: row.organisation as OrganisationId,
    kind: row.kind,
    title: row.title,
    reference: row.reference,
    digest: row.digest,
    content: row.content === null ? null : { ...row.content },
    manifest: null,
    files: row.files,
    holder: row.holder,
    validFrom: row.validFrom?.toISOString() ?? null,
    validUntil: row.validUntil?.toISOString() ?? null,
    disclose: row.disclose,
    state: stateAt(row, made, room.now()),
    revision: made.length,
    steps: stepsOf(row, made, names),
    history: row.erasedAt === null ? made.flatMap(statementView) : [],
    createdAt: row.createdAt.toISOString(),
    erasedAt: row.erasedAt?.toISOString() ?? null,
  };
}

/** The steps of a chain and what was decided: the statement after the first decides the first step, and so on. */
export function stepsOf(row: RecordRow, made: readonly StatementRow[], names: Names): StepView[] | null {
  if (row.steps === null) return null;
  const decisions = made
    .slice(1)
    .filter(({ state }, at, all) => decides(all.slice(0, at)) && state !== 'revoked');
  return row.steps.map((id, at) => {
    const decided = decisions[at];
    return {
      organisation: id as OrganisationId,
      name: names.get(id) ?? { en: id, 'zh-Hant': id, 'zh-Hans': id },
      decision: decided === undefined ? null : decided.state === 'rejected' ? 'reject' : 'approve',
      decidedAt: decided?.at.toISOString() ?? null,
    };
  });
}

// While every statement before leaves the chain pending, the next one is a decision or a withdrawal.
function decides(before: readonly StatementRow[]): boolean {
  return before.every(({ state }) => state === 'pending');
}

function statementView(one: Placed): StatementView[] {
  if (one.digest === null) return [];
  return [
    {
      revision: one.revision,
      issuer: one.issuer as OrganisationId,
      state: one.state,
      reason: one.reason,
      at: one.at.toISOString(),
      effectiveFrom: one.effectiveFrom?.toISOString() ?? null,
      digest: one.digest,
      previous: one.previous,
      place: { ...one.place },
    },
  ];
}
