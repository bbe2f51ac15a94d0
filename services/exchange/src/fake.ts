import { systemClock } from '@praya/kernel/clock';
import { fakeKeyring } from '@praya/kernel/keyring/fake';
import type { Exchange } from './contract.ts';
import { memoryStore } from './memory-store.ts';
import { type Room, usualLimits } from './service/room.ts';
import { exchangeOf } from './service.ts';

/** The room in memory: the same checks and the same evidence, nothing outlives it. */
export function createFakeExchange(
  needs: Pick<Room, 'directory' | 'consents' | 'ledger'> &
    Partial<Pick<Room, 'now' | 'issuer' | 'signer' | 'fetch' | 'limits'>>,
): Exchange {
  const now = needs.now ?? systemClock;
  const usual = {
    issuer: 'http://localhost:8080',
    fetch,
    limits: usualLimits,
    signer: fakeKeyring({ now, kid: 'fake-gateway-key' }),
  };
  return exchangeOf({ ...usual, ...needs, now, store: memoryStore() });
}
