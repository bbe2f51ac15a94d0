import { newId } from '@praya/kernel/id';
import type { ConsentDocument, ConsentEvent } from '../contract.ts';
import type { ConsentRow, ConsentStore } from '../store.ts';

/** Tells a change, in its own transaction: the event to our own rooms, a notice to the recipient and each provider. */
export async function notify(
  store: ConsentStore,
  about: { row: ConsentRow; document: ConsentDocument; event: ConsentEvent; name: string; at: Date },
): Promise<void> {
  const { row, document, event, name, at } = about;
  await store.tell({ name, at, consentId: row.id, clientId: row.clientId });
  const { organisation, client } = document.recipient;
  const providers = [...new Set(document.services.map(({ provider }) => provider))];
  const audiences = [
    { organisationId: organisation, audience: client, channel: 'client' as const },
    ...providers.map((provider) => ({
      organisationId: provider,
      audience: provider,
      channel: 'connector' as const,
    })),
  ];
  for (const audience of audiences) {
    const id = newId('dlv', at);
    await store.addDelivery({ ...audience, id, consentId: row.id, event, at });
    await store.enqueue({ job: 'consent.deliver', payload: { deliveryId: id }, key: id });
  }
}
