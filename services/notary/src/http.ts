import type { Server } from '@praya/kernel/http/server';
import type { Notary } from './contract.ts';
import { bulkRoutes } from './http/bulk.ts';
import { evidenceRoutes } from './http/evidence.ts';
import { ownLogRoute } from './http/own-log.ts';
import { checkRoutes } from './http/public.ts';
import { recordRoutes } from './http/records.ts';

/** The routes of this room. */
export function notaryRoutes(
  app: Server,
  needs: { readonly notary: Notary; readonly checksPerMinute?: number },
): void {
  recordRoutes(app, needs.notary);
  evidenceRoutes(app, needs.notary);
  bulkRoutes(app, needs.notary);
  ownLogRoute(app, needs.notary);
  checkRoutes(app, needs);
}
