import { systemClock } from '@praya/kernel/clock';
import { fakeKeyring } from '@praya/kernel/keyring/fake';
import type { Notary } from './contract.ts';
import { workThrough } from './service/bulk.ts';
import type { Room } from './service/room.ts';
import { notaryOf } from './service.ts';
import { memoryStore } from './store/memory-store.ts';

/** The room in memory: the same checks and the same evidence, nothing outlives it. A bulk is worked through at once. */
export function createFakeNotary(
  needs: Pick<Room, 'directory' | 'ledger'> & Partial<Pick<Room, 'now' | 'origin' | 'signer'>>,
): Notary {
  const now = needs.now ?? systemClock;
  const usual = {
    origin: 'http://localhost:8080',
    signer: fakeKeyring({ now, kid: 'fake-notary-key' }),
    faults: () => {},
  };
  const working: Promise<void>[] = [];
  const store = memoryStore({
    onBulk: (id) => void working.push(Promise.resolve().then(() => workThrough(room, id))),
  });
  const room: Room = { ...usual, ...needs, now, store };
  const notary = notaryOf(room);
  return {
    ...notary,
    bulkView: async (actor, id) => {
      await Promise.all(working);
      return notary.bulkView(actor, id);
    },
    bulkResults: async (actor, id) => {
      await Promise.all(working);
      return notary.bulkResults(actor, id);
    },
  };
}
