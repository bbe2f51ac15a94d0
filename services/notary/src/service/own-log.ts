import type { OrganisationId } from '@praya/directory/contract';
import { ok, refuse } from '@praya/kernel/result';
import { NOTARY_TENANT, type Notary } from '../contract.ts';
import { actionOf, mayAct } from './actor.ts';
import type { Room } from './room.ts';

const TENANT_LETTERS = 40;
const TAKEN = [NOTARY_TENANT, 'evidence'];

/** Opens a log for the organisation alone; what it states from here on goes there. */
export async function openLog(
  room: Room,
  ...[actor]: Parameters<Notary['openLog']>
): ReturnType<Notary['openLog']> {
  const may = await mayAct(room, actor);
  if (!may.ok) return may;
  const there = await room.store.ownLog(actor.organisation);
  if (there !== undefined) return ok(view(there));
  const found = await room.directory.organisation(actor.organisation as OrganisationId);
  if (!found.ok) return refuse('notary.not-your-organisation');
  const { slug } = found.value;
  const tenant = (TAKEN.includes(slug) ? `${slug}-log` : slug).slice(0, TENANT_LETTERS);
  const opened = await room.ledger.open(tenant, actor.organisation);
  if (!opened.ok) return refuse('notary.evidence-unavailable', { detail: opened.refusal.code });
  const at = room.now();
  await room.store.transaction(async (store) => {
    const { origin } = opened.value;
    await store.keepOwnLog({ organisation: actor.organisation, tenant, origin, openedAt: at });
    await store.act([actionOf(actor, { action: 'open-log', subject: tenant, at })]);
  });
  const kept = await room.store.ownLog(actor.organisation);
  return kept === undefined ? refuse('notary.evidence-unavailable') : ok(view(kept));
}

function view(log: { tenant: string; origin: string; openedAt: Date }) {
  return { ...log, openedAt: log.openedAt.toISOString() };
}
