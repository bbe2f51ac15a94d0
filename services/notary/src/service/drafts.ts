import { digest } from '@praya/kernel/canonical';
import { newId } from '@praya/kernel/id';
import { signerOf } from '@praya/scitt/signer';
import { type Actor, NOTARY_TENANT } from '../contract.ts';
import type { StatedState } from '../records/contract.ts';
import { codeOf } from '../rules/code.ts';
import type { Draft } from '../rules/new-record.ts';
import { newSalt, signed } from '../rules/statement.ts';
import type { NewRow, RecordRow, StatementRow } from '../store/store.ts';
import type { Room } from './room.ts';

const CODE_BYTES = 16;

/** Signs in the name of organisations, and knows to which log their statements go. */
export type Desk = {
  readonly tenant: string;
  readonly sign: (content: Parameters<typeof signed>[0]) => ReturnType<typeof signed>;
};

/** The desk of the organisation whose records these are. */
export async function openDesk(room: Room, organisation: string): Promise<Desk> {
  const [own, key] = await Promise.all([room.store.ownLog(organisation), room.signer.signingKey()]);
  const signer = signerOf(key);
  return { tenant: own?.tenant ?? NOTARY_TENANT, sign: (content) => signed(content, signer) };
}

/** A record and its first statement, not yet kept. */
export function draw(
  desk: Desk,
  about: { readonly actor: Actor; readonly draft: Draft; readonly at: Date },
): { record: NewRow; statement: StatementRow } {
  const { actor, draft, at } = about;
  const id = newId('ntr', at);
  const content = draft.digest === null ? contentOf(draft, { id, organisation: actor.organisation }) : null;
  const record: NewRow = {
    ...draft,
    id,
    code: codeOf(crypto.getRandomValues(new Uint8Array(CODE_BYTES))),
    organisation: actor.organisation,
    content,
    digest: draft.digest ?? digest(content),
    files: draft.manifest?.length ?? 0,
    revision: 0,
    createdAt: at,
    erasedAt: null,
  };
  const state = draft.kind === 'approval' ? 'pending' : 'active';
  const first = {
    issuer: actor.organisation,
    previous: null,
    state,
    reason: null,
    at,
    effectiveFrom: null,
  } as const;
  return { record, statement: stateOf(desk, record, first) };
}

/** The next statement of a record. */
export function stateOf(
  desk: Desk,
  record: Pick<RecordRow, 'id' | 'kind' | 'digest' | 'revision' | 'validFrom' | 'validUntil'>,
  about: {
    readonly issuer: string;
    readonly previous: string | null;
    readonly state: StatedState;
    readonly reason: string | null;
    readonly at: Date;
    readonly effectiveFrom: Date | null;
  },
): StatementRow {
  const revision = record.revision + 1;
  const made = desk.sign({
    type: 'praya.notarisation.v1',
    ...about,
    record: record.id,
    revision,
    kind: record.kind,
    digest: record.digest ?? '',
    at: about.at.toISOString(),
    effectiveFrom: about.effectiveFrom?.toISOString() ?? null,
    ...validityOf(record),
    salt: newSalt(),
  });
  return { ...about, ...made, record: record.id, revision, tenant: desk.tenant, place: null };
}

// So that whoever checks offline knows until when; left out where there is no end.
function validityOf({ validFrom, validUntil }: Pick<RecordRow, 'validFrom' | 'validUntil'>) {
  return {
    ...(validFrom === null ? {} : { validFrom: validFrom.toISOString() }),
    ...(validUntil === null ? {} : { validUntil: validUntil.toISOString() }),
  };
}

// The salt keeps a holder's name from being guessed out of the digest.
function contentOf(draft: Draft, about: { id: string; organisation: string }): Record<string, unknown> {
  return {
    type: `praya.${draft.kind}.v1`,
    record: about.id,
    organisation: about.organisation,
    title: draft.title,
    reference: draft.reference,
    holder: draft.holder,
    validFrom: draft.validFrom?.toISOString() ?? null,
    validUntil: draft.validUntil?.toISOString() ?? null,
    steps: draft.steps,
    salt: newSalt(),
  };
}
