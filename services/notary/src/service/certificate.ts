import { refuse } from '@praya/kernel/result';
import type { Notary } from '../contract.ts';
import type { Room } from './room.ts';

export async function certificate(
  _room: Room,
  ...[_actor, _about]: Parameters<Notary['certificate']>
): ReturnType<Notary['certificate']> {
  return refuse('notary.record-unknown');
}
