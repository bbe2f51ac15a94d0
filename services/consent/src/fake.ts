import { systemClock } from '@praya/kernel/clock';
import { fakeKeyring } from '@praya/kernel/keyring/fake';
import type { Consents } from './contract.ts';
import { memoryStore, type Outbox } from './memory-store.ts';
import type { Room } from './service/room.ts';
import { consentsOf } from './service.ts';

export type FakeConsents = Consents & {
  readonly outbox: Outbox;
  readonly signer: Room['signer'];
  /** what telling others and a test's look behind the door work with */
  readonly room: Room;
};

/** The room in memory: the same rules and signatures, nothing outlives it. */
export function createFakeConsents(
  needs: Pick<Room, 'directory' | 'surroundings'> & Partial<Pick<Room, 'now' | 'issuer' | 'signer'>>,
): FakeConsents {
  const now = needs.now ?? systemClock;
  const outbox: Outbox = { events: [], jobs: [] };
  const signer = needs.signer ?? fakeKeyring({ now, kid: 'fake-consent-key' });
  const issuer = needs.issuer ?? 'http://localhost:8080';
  const room = { ...needs, now, signer, issuer, store: memoryStore(outbox) };
  return { ...consentsOf(room), outbox, signer, room };
}
