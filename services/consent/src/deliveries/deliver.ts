import type { Organisation } from '@praya/directory/contract';
import { signJws } from '@praya/kernel/jws';
import { ok } from '@praya/kernel/result';
import type { Consents } from '../contract.ts';
import { ownedBy, type Room, type Signer } from '../service/room.ts';
import { organisationNames } from '../service/view.ts';
import type { DeliveryRow } from '../store.ts';

const TIMEOUT_MS = 10_000;

/** What telling others needs beside the room: the key of our event tokens and the network. */
export type Messenger = Pick<Room, 'store' | 'now' | 'directory' | 'issuer'> & {
  readonly events: Signer;
  readonly fetch: typeof fetch;
};

/**
 * Tells one party of one change; a throw means that the job comes again.
 *
 * Source  RFC 8417 (the token), RFC 8935 §2 (its delivery; 202 is the acknowledgement)
 */
export async function deliver(messenger: Messenger, deliveryId: string): Promise<void> {
  const { store, directory, now } = messenger;
  const delivery = await store.findDelivery(deliveryId);
  if (delivery === undefined || delivery.acknowledgedAt !== null) return;
  const organisation = await directory.organisation(delivery.organisationId);
  const address = organisation.ok ? addressOf(delivery, organisation.value) : null;
  // Who registered no address is not told; the resident sees that it has not acknowledged.
  if (address === null) return;
  const token = await tokenOf(messenger, delivery);
  const told = await push(messenger, { address, token });
  await store.countAttempt(deliveryId, told ? now() : null);
  if (!told) throw new Error(`${delivery.audience} did not acknowledge ${deliveryId}`);
}

/** Who has been told of each change of a person's consent. */
export async function deliveriesOf(
  room: Pick<Room, 'store' | 'directory'>,
  about: Parameters<Consents['deliveries']>[0],
): ReturnType<Consents['deliveries']> {
  const own = ownedBy(await room.store.find(about.id), about.personId);
  if (!own.ok) return own;
  const names = organisationNames(room);
  const rows = await room.store.deliveriesOf(about.id);
  return ok(
    await Promise.all(
      rows.map(async ({ organisationId, event, at, acknowledgedAt, attempts }) => ({
        organisation: { id: organisationId, name: await names(organisationId) },
        event,
        at: at.toISOString(),
        acknowledgedAt: acknowledgedAt?.toISOString() ?? null,
        attempts,
      })),
    ),
  );
}

function addressOf(delivery: DeliveryRow, organisation: Organisation): string | null {
  if (delivery.channel === 'connector') {
    return organisation.connector === null ? null : `${organisation.connector.url}/praya/v1/events`;
  }
  return organisation.clients.find(({ clientId }) => clientId === delivery.audience)?.eventsUri ?? null;
}

// The delivery's own id is the token's, so that a receiver knows a second attempt from a second event.
async function tokenOf({ events, issuer, now }: Messenger, delivery: DeliveryRow): Promise<string> {
  const uri = `https://praya.example/events/consent-${delivery.event}`;
  return signJws(await events.signingKey(), {
    typ: 'secevent+jwt',
    payload: {
      iss: issuer,
      aud: delivery.audience,
      jti: delivery.id,
      iat: Math.floor(now().getTime() / 1000),
      events: { [uri]: { consent_id: delivery.consentId, at: delivery.at.toISOString() } },
    },
  });
}

async function push(messenger: Messenger, about: { address: string; token: string }): Promise<boolean> {
  try {
    const response = await messenger.fetch(about.address, {
      method: 'POST',
      headers: { 'content-type': 'application/secevent+jwt', accept: 'application/json' },
      body: about.token,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status === 202;
  } catch {
    return false;
  }
}
