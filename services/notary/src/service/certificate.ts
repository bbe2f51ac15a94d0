import { ok, refuse } from '@praya/kernel/result';
import { contentOf } from '../certificate/content.ts';
import { drawCertificate } from '../certificate/draw.ts';
import type { Notary } from '../contract.ts';
import { concerns } from './change.ts';
import type { Room } from './room.ts';
import { namesOf, viewOf } from './views.ts';

/** A certificate of the record as it is now. */
export async function certificate(
  room: Room,
  ...[actor, { id, language }]: Parameters<Notary['certificate']>
): ReturnType<Notary['certificate']> {
  const row = await room.store.find(id);
  if (row === undefined || !concerns(row, actor) || row.revision === 0)
    return refuse('notary.record-unknown');
  if (row.erasedAt !== null) return refuse('notary.record-erased');
  const [record, names] = await Promise.all([viewOf(room, row), namesOf(room, [row.organisation])]);
  const issuer = names.get(row.organisation) ?? { en: '', 'zh-Hant': '', 'zh-Hans': '' };
  const at = room.now();
  return ok(await drawCertificate(contentOf({ record, issuer, language, at }), { language, at }));
}
