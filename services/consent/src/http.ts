import { everyone, person, personOf } from '@praya/kernel/http/policy';
import { answer } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import type { Id } from '@praya/kernel/id';
import { idSchema } from '@praya/kernel/id';
import { ok } from '@praya/kernel/result';
import { Type } from 'typebox';
import { type Consents, ConsentView, DeliveryView } from './contract.ts';

const byId = Type.Object({ id: idSchema('con') });
const page = Type.Object({
  after: Type.Optional(idSchema('con')),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
});
const Page = Type.Object({
  items: Type.Array(ConsentView),
  next: Type.Union([idSchema('con'), Type.Null()]),
});
const Wish = Type.Object(
  { to: Type.Union([Type.Literal('active'), Type.Literal('paused'), Type.Literal('revoked')]) },
  { additionalProperties: false },
);
const Withdrawal = Type.Object(
  { withdrawal: Type.String({ minLength: 20, maxLength: 4000 }) },
  { additionalProperties: false },
);
const Withdrawn = Type.Object({ id: idSchema('con'), state: Type.Literal('revoked') });

/** The routes of this room. */
export function consentRoutes(app: Server, { consents }: { consents: Consents }): void {
  residentRoutes(app, consents);
  recipientRoutes(app, consents);
}

function residentRoutes(app: Server, consents: Consents): void {
  const config = { policy: person };
  const tags = ['consent'];
  app.get(
    '/api/consents',
    {
      config,
      schema: { tags, summary: 'My consents, the newest first', querystring: page, response: { 200: Page } },
    },
    async (request, reply) => {
      const { limit, after } = request.query;
      const personId = personOf(request).personId as Id<'per'>;
      const items = await consents.ofPerson({ personId, limit, ...(after === undefined ? {} : { after }) });
      return answer(reply, ok({ items, next: items.length === limit ? items.at(-1)?.id : null }));
    },
  );
  app.get(
    '/api/consents/:id',
    {
      config,
      schema: { tags, summary: 'One consent of mine', params: byId, response: { 200: ConsentView } },
    },
    async (request, reply) => {
      const personId = personOf(request).personId as Id<'per'>;
      return answer(reply, await consents.view({ id: request.params.id, personId }));
    },
  );
  app.post(
    '/api/consents/:id/state',
    {
      config,
      schema: {
        tags,
        summary: 'Pause, resume or revoke a consent of mine',
        params: byId,
        body: Wish,
        response: { 200: ConsentView },
      },
    },
    async (request, reply) => {
      const by = { personId: personOf(request).personId as Id<'per'> };
      return answer(reply, await consents.change({ id: request.params.id, by, to: request.body.to }));
    },
  );
  app.get(
    '/api/consents/:id/deliveries',
    {
      config,
      schema: {
        tags,
        summary: 'Who has been told of each change, and who has not answered yet',
        params: byId,
        response: { 200: Type.Object({ items: Type.Array(DeliveryView) }) },
      },
    },
    async (request, reply) => {
      const personId = personOf(request).personId as Id<'per'>;
      const told = await consents.deliveries({ id: request.params.id, personId });
      return answer(reply, told.ok ? ok({ items: told.value }) : told);
    },
  );
}

// No token: the statement is signed by the recipient's key, which the directory knows.
function recipientRoutes(app: Server, consents: Consents): void {
  app.post(
    '/consent/v1/withdrawals',
    {
      config: { policy: everyone },
      schema: {
        tags: ['consent'],
        summary: 'The recipient gives a consent back (JWS praya-withdrawal+jws)',
        body: Withdrawal,
        response: { 200: Withdrawn },
      },
    },
    async (request, reply) => {
      const withdrawn = await consents.withdraw(request.body.withdrawal);
      if (!withdrawn.ok) return answer(reply, withdrawn);
      return answer(reply, ok({ id: withdrawn.value.id, state: 'revoked' }));
    },
  );
}
