import { problem } from './city.ts';
import { good, type Handler, page } from './handler.ts';
import { consentView, VALUES } from './records.ts';

const text = (en: string, hant: string, hans: string) => ({ en, 'zh-Hant': hant, 'zh-Hans': hans });

function schemaOf(value: unknown): object {
  if (typeof value === 'number') return { type: 'integer', minimum: 0 };
  if (typeof value === 'object')
    return { type: 'object', properties: { en: { type: 'string' }, 'zh-Hant': { type: 'string' } } };
  return { type: 'string', maxLength: 120 };
}

const SERVICES = consentView(9, 'requested').services.map((service) => ({
  id: service.id,
  provider: service.provider.id,
  title: service.title,
  description: text(
    'What this register holds of one resident.',
    '此登記冊所載的居民資料。',
    '此登记册所载的居民资料。',
  ),
  fields: service.fields.map(({ name, title }) => ({
    name,
    title,
    schema: schemaOf(VALUES[service.id]?.[name]),
  })),
  schema: {},
  schemaDigest: 'C1T0zNNAHxpPCJp1RPqzpVmWsVuRK1ECmTpq5C2dGVY',
  declaredAt: '2026-01-02T03:00:00Z',
}));

const OPENAPI = {
  openapi: '3.1.0',
  info: { title: 'Praya', version: '1' },
  paths: {
    '/api/consents': {
      get: {
        tags: ['consent'],
        summary: 'My consents, the newest first',
        parameters: [{ name: 'limit', in: 'query', required: false, schema: { type: 'integer' } }],
        responses: {
          200: {
            description: 'Default Response',
            content: { 'application/json': { schema: { type: 'object' } } },
          },
        },
      },
    },
    '/api/consents/{id}/state': {
      post: {
        tags: ['consent'],
        summary: 'Pause, resume or revoke',
        parameters: [
          {
            name: 'id',
            in: 'path',
            required: true,
            schema: { type: 'string', pattern: '^con_[0-9a-f-]{36}$' },
          },
        ],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['to'],
                properties: { to: { enum: ['active', 'paused', 'revoked'] } },
              },
            },
          },
        },
        responses: { 200: { description: 'Default Response' }, 409: { description: 'Refused' } },
      },
    },
    '/exchange/v1/requests': {
      post: {
        tags: ['exchange'],
        summary: 'Ask for data under a consent',
        responses: { 200: { description: 'Sealed data and its receipt' } },
      },
    },
  },
};

/** What everybody may read. */
export const OPEN: Readonly<Record<string, Handler>> = {
  'GET /exchange/v1/services': (_city, { query }) => {
    const search = (query.get('search') ?? '').toLowerCase();
    return page(SERVICES.filter((service) => JSON.stringify(service).toLowerCase().includes(search)));
  },
  'GET /exchange/v1/services/*': (_city, { parts }) => {
    const service = SERVICES.find(({ id }) => id === parts[0]);
    return service === undefined ? problem(404, 'exchange.service-unknown') : good(service);
  },
  'GET /openapi.json': () => good(OPENAPI),
};
