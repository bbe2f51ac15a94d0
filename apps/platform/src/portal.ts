import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { everyone } from '@praya/kernel/http/policy';
import type { Server } from '@praya/kernel/http/server';

const DIST = resolve(import.meta.dirname, '..', '..', 'portal', 'dist');

/** The pages of the portal; the browser's router decides which of them to show. */
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
  '/docs/api',
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
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/assets/')) route.config = { ...route.config, ...config, foreign: true };
  });
  await app.register(fastifyStatic, {
    root: resolve(DIST, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
    decorateReply: true,
  });
  for (const page of PAGES) {
    app.get(page, { config, schema: { hide: true } }, (_request, reply) =>
      reply.sendFile('index.html', DIST, { maxAge: 0, immutable: false }),
    );
  }
}
