import { everyone } from '@praya/kernel/http/policy';
import type { Server } from '@praya/kernel/http/server';
import { verifyEvent } from '@praya/relying-party/event';
import type { TrustListSource } from '@praya/relying-party/trust-list';
import type { Customers } from './customers.ts';

/** What receiving events needs. */
export type Webhook = {
  readonly customers: Customers;
  readonly trustList: TrustListSource;
  readonly clientId: string;
};

/** Our problem → the word of RFC 8935 §2.4. */
const ERROR_OF_PROBLEM: Readonly<Record<string, string>> = {
  'relying-party.event-malformed': 'invalid_request',
  'relying-party.event-signature': 'authentication_failed',
  'relying-party.event-issuer': 'invalid_issuer',
  'relying-party.event-audience': 'invalid_audience',
};

/**
 * Where Praya tells the bank what became of a consent. What was told is on the disk before it is acknowledged.
 *
 * Source  RFC 8417, RFC 8935 §2
 */
export function webhookRoute(app: Server, { customers, trustList, clientId }: Webhook): void {
  app.post(
    '/praya/events',
    { config: { policy: everyone }, bodyLimit: 20_000, schema: { hide: true } },
    async (request, reply) => {
      const trust = await trustList();
      // We cannot say now whether this is true; whoever sent it comes again.
      if (!trust.ok) return reply.code(503).send();
      const event = await verifyEvent({
        token: request.body,
        trust: trust.value,
        audience: clientId,
        seen: customers.hasSeen,
      });
      if (event.ok) {
        await customers.record(event.value);
        return reply.code(202).send();
      }
      const { code, title, detail } = event.problem;
      if (code === 'relying-party.event-replayed') return reply.code(202).send();
      request.log.info({ code, detail }, 'event refused');
      return reply.code(400).send({ err: ERROR_OF_PROBLEM[code] ?? 'invalid_request', description: title });
    },
  );
}
