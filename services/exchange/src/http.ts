import { client, clientOf, everyone, person, personOf } from '@praya/kernel/http/policy';
import { answer } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { type Id, idSchema } from '@praya/kernel/id';
import { ok } from '@praya/kernel/result';
import { Type } from 'typebox';
import { ActView, DataAnswer, DataRequest, DataService, type Exchange, Receipt } from './contract.ts';

/** What the routes of this room need. */
export type ExchangeHttp = {
  readonly exchange: Exchange;
  /** The consents that the access token of this request stands for. */
  consentIdsOf(request: Parameters<typeof clientOf>[0]): readonly string[];
};

const limit = Type.Integer({ minimum: 1, maximum: 100, default: 20 });
const byAct = Type.Object({ id: idSchema('act') });
const Page = (item: typeof ActView | typeof DataService) =>
  Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) });
const actPage = Type.Object({ after: Type.Optional(idSchema('act')), limit });
const tags = ['exchange'];

/** The routes of this room. */
export function exchangeRoutes(app: Server, http: ExchangeHttp): void {
  residentRoutes(app, http.exchange);
  clientRoutes(app, http);
  catalogueRoutes(app, http.exchange);
}

function residentRoutes(app: Server, exchange: Exchange): void {
  const config = { policy: person };
  const response = { 200: Page(ActView) };
  app.get(
    '/api/acts',
    { config, schema: { tags, summary: 'What was done under my consents', querystring: actPage, response } },
    async (request, reply) => {
      const personId = personOf(request).personId as Id<'per'>;
      const acts = await exchange.actsOf({ personId, ...request.query });
      return answer(reply, ok(pageOf(acts, request.query.limit)));
    },
  );
  app.get(
    '/api/consents/:id/acts',
    {
      config,
      schema: {
        tags,
        summary: 'What was done under one consent of mine',
        params: Type.Object({ id: idSchema('con') }),
        querystring: actPage,
        response,
      },
    },
    async (request, reply) => {
      const personId = personOf(request).personId as Id<'per'>;
      const acts = await exchange.actsOf({ personId, consentId: request.params.id, ...request.query });
      return answer(reply, ok(pageOf(acts, request.query.limit)));
    },
  );
  app.get(
    '/api/acts/:id/receipt',
    {
      config,
      schema: { tags, summary: 'The receipt of an act of mine', params: byAct, response: { 200: Receipt } },
    },
    async (request, reply) => {
      const personId = personOf(request).personId as Id<'per'>;
      return answer(reply, await exchange.receipt({ actId: request.params.id, personId }));
    },
  );
}

function clientRoutes(app: Server, { exchange, consentIdsOf }: ExchangeHttp): void {
  const config = { policy: client };
  app.post(
    '/exchange/v1/requests',
    {
      config,
      schema: {
        tags,
        summary: 'Ask for the data of one service under one consent',
        body: DataRequest,
        response: { 200: DataAnswer },
      },
    },
    async (request, reply) => {
      const { clientId } = clientOf(request);
      const consentIds = consentIdsOf(request);
      return answer(reply, await exchange.request({ clientId, consentIds, request: request.body.request }));
    },
  );
  app.get(
    '/exchange/v1/acts/:id/receipt',
    {
      config,
      schema: {
        tags,
        summary: 'The receipt of a request of ours',
        params: byAct,
        response: { 200: Receipt },
      },
    },
    async (request, reply) => {
      const { clientId } = clientOf(request);
      return answer(reply, await exchange.receipt({ actId: request.params.id, clientId }));
    },
  );
}

function catalogueRoutes(app: Server, exchange: Exchange): void {
  const config = { policy: everyone };
  const querystring = Type.Object({
    search: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    provider: Type.Optional(idSchema('org')),
    after: Type.Optional(Type.String({ maxLength: 100 })),
    limit,
  });
  app.get(
    '/exchange/v1/services',
    {
      config,
      schema: {
        tags,
        summary: 'The data services on offer',
        querystring,
        response: { 200: Page(DataService) },
      },
    },
    async (request, reply) => {
      const services = await exchange.services(request.query);
      return answer(reply, ok(pageOf(services, request.query.limit)));
    },
  );
  app.get(
    '/exchange/v1/services/:id',
    {
      config,
      schema: {
        tags,
        summary: 'One data service and its fields',
        params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
        response: { 200: DataService },
      },
    },
    async (request, reply) => answer(reply, await exchange.service(request.params.id)),
  );
  app.post(
    '/exchange/v1/declarations',
    {
      config,
      schema: {
        tags,
        summary: 'A department declares its services (JWS praya-declaration+jws)',
        consumes: ['application/jose'],
        body: Type.String({ minLength: 20, maxLength: 200_000 }),
        response: { 200: Type.Object({ items: Type.Array(DataService) }) },
      },
    },
    async (request, reply) => {
      const declared = await exchange.declare(request.body);
      return answer(reply, declared.ok ? ok({ items: declared.value }) : declared);
    },
  );
}

function pageOf<T extends { id: string }>(items: readonly T[], size: number) {
  return { items, next: items.length === size ? (items.at(-1)?.id ?? null) : null };
}
