import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { everyone } from '@praya/kernel/http/policy';
import { sendRefusal } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';

const DIST = resolve(import.meta.dirname, '..', '..', 'portal', 'dist');

/** The pages of the portal; the browser's router decides what each shows. */
const PAGES = [
  '/',
  '/interaction/:uid',
  '/data',
  '/data/:consentId',
  '/activity',
  '/devices',
  '/verify',
  '/catalogue',
  '/catalogue/:service',
  '/check',
  '/check/:code',
  '/explorer',
  '/explorer/:tenant/:shard',
  '/explorer/:tenant/:shard/proof/:index',
  '/docs/api',
  '/notary',
  '/notary/new',
  '/notary/inbox',
  '/notary/bulk',
  '/notary/bulk/:id',
  '/notary/records/:id',
  '/counter',
  '/directory',
  '/directory/changes',
  '/directory/organisations/:id',
  '/error',
] as const;

/** Serves the built portal: hashed files for ever, the page itself never from a cache. */
export async function portalRoutes(app: Server): Promise<void> {
  if (!existsSync(DIST))
    throw new Error('The portal is not built: run `npm start`, or `npx vite build` in apps/portal');
  const config = { policy: everyone, rateLimit: false } as const;
  const schema = { hide: true };
  await app.register(fastifyStatic, { root: DIST, serve: false });
  app.get('/assets/*', { config, schema }, (request, reply) =>
    reply.sendFile(request.url.split('?')[0] ?? '', { immutable: true, maxAge: '365d' }),
  );
  for (const page of PAGES)
    app.get(page, { config, schema }, (_request, reply) => reply.sendFile('index.html', { maxAge: 0 }));
  // A person who mistypes an address reads a page that says so; a program reads a problem.
  app.get('/*', { config: { policy: everyone }, schema }, (request, reply) =>
    request.headers.accept?.includes('text/html') === true
      ? reply.code(404).sendFile('index.html', { maxAge: 0 })
      : sendRefusal(reply, { code: 'request.not-found' }),
  );
}
