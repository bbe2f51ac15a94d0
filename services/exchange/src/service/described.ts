import type { Result } from '@praya/kernel/result';
import type { ExchangeRefusal } from '../contract.ts';
import { checkResponse, type Expected } from '../rules.ts';
import type { Room } from './room.ts';

/** The digest of a service's schema in the catalogue as it is now. */
export async function schemaDigestOf(
  room: Pick<Room, 'store'>,
  service: string,
): Promise<string | undefined> {
  const [found] = await room.store.servicesById([service]);
  return found?.schemaDigest;
}

/** Every binding of a response; its schema may be the one from before the call, or one declared during it. */
export async function checkDescribed(
  room: Pick<Room, 'store'>,
  payload: unknown,
  expected: Expected,
): Promise<Result<true, ExchangeRefusal>> {
  const checked = checkResponse(payload, expected);
  if (checked.ok || checked.refusal.code !== 'exchange.response-schema') return checked;
  const schemaDigest = await schemaDigestOf(room, expected.service);
  return checkResponse(payload, { ...expected, schemaDigest });
}
