import { everyone } from './policy.ts';
import type { Server } from './server.ts';

/** `/openapi.json`: every route of this server that is not hidden, as OpenAPI 3.1. */
export function registerOpenApi(app: Pick<Server, 'get' | 'swagger'>): void {
  const config = { policy: everyone };
  app.get('/openapi.json', { config, schema: { hide: true } }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=60').send(app.swagger()),
  );
}
