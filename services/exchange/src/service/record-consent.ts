import { randomBytes } from 'node:crypto';
import { newId } from '@praya/kernel/id';
import { expectValue } from '@praya/kernel/result';
import type { Exchange } from '../contract.ts';
import type { Room } from './room.ts';
import { settle } from './settle.ts';

/**
 * Puts an agreement on the ledger, once however often it is asked: the salt is kept before the commitment goes out,
 * so a second attempt makes the same commitment and the ledger gives it the same place.
 */
export async function recordConsent(
  room: Room,
  about: Parameters<Exchange['recordConsent']>[0],
): Promise<void> {
  const { consentId, consentDigest, personId } = about;
  const at = new Date(about.at);
  await room.store.beginAgreement({
    id: newId('act', at),
    kind: 'consent',
    personId,
    clientId: null,
    consentId,
    service: null,
    at,
    consentDigest,
    requestDigest: null,
    requestJws: null,
    salt: randomBytes(32),
  });
  const act = await room.store.findAgreement({ consentId, consentDigest });
  if (act === undefined) throw new Error('An agreement that was begun is there');
  if (act.outcome === 'done') return;
  const evidence = expectValue(await room.consents.evidence(consentId));
  const { token: consent } = evidence;
  const settled = await settle(room, act, { consent, states: [], response: null });
  // Somebody else settled it meanwhile: then it is done as well.
  if (!settled.ok && settled.refusal.code !== 'exchange.abandoned') expectValue(settled);
}
